"""One's own messaging settings (contract group users)."""

from msgspec import Struct

from plexichat.api.shapes import MessagingSettings, Senders
from plexichat.core import settings, users
from plexichat.web.requests import act, house, me, see
from plexichat.web.routes import Routes

routes = Routes("Users")


class Changes(Struct):
    read_receipts_enabled: bool | None = None
    typing_indicators_enabled: bool | None = None
    compact_messages_enabled: bool | None = None
    allow_dms_from: Senders | None = None
    auto_create_dms: bool | None = None


@routes.get("/users/@me/messaging-settings")
async def show() -> MessagingSettings:
    """How one wants to be written to, and what others may notice."""
    return house().shapes.messaging_settings(await see(users.get, me().id))


@routes.patch("/users/@me/messaging-settings", errors=("400 Invalid input",))
async def update(body: Changes) -> MessagingSettings:
    """Change how one wants to be written to, and what others may notice."""
    wanted = settings.Changes(
        body.read_receipts_enabled, body.typing_indicators_enabled,
        body.compact_messages_enabled, body.allow_dms_from, body.auto_create_dms,
    )  # fmt: skip
    return house().shapes.messaging_settings(await act(settings.update, me().id, wanted))
