"""Direct messages and notes: listing and opening them (contract group channels and DMs)."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from plexichat.api.shapes import DMChannel, DMOpened, Notes
from plexichat.core import channels
from plexichat.web.bodies import snowflake
from plexichat.web.requests import act, house, me, see
from plexichat.web.routes import Routes

routes = Routes("Channels")


class Recipient(Struct):
    phrases: ClassVar = {"recipient_id": "Invalid recipient ID"}
    missing: ClassVar = {"recipient_id": "recipient_id required"}
    recipient_id: Annotated[str, Meta(min_length=1)] | int


@routes.get("/users/@me/channels")
async def list_dms() -> list[DMChannel]:
    """One's direct messages, the one with the latest activity first."""
    shapes = house().shapes
    return [shapes.conversation(seen) for seen in await see(channels.conversations, me().id)]


@routes.get("/users/@me/notes")
async def notes() -> Notes:
    """Where one writes to oneself, begun at the first call."""
    mine = await see(channels.notes, me().id)
    if mine is None:
        mine = await act(channels.open_notes, me().id)
    return house().shapes.notes(mine)


@routes.post(
    "/users/@me/channels",
    errors=(
        "400 recipient_id required", "400 Invalid recipient ID", "403 Cannot message",
        "404 User not found",
    ),
)  # fmt: skip
async def open_dm(body: Recipient) -> DMOpened:
    """The direct messages with one person, begun at the first call."""
    recipient_id = snowflake(body.recipient_id, "recipient")
    return house().shapes.opened(await act(channels.open_dm, me().id, recipient_id))
