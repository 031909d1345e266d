"""Presence and typing (contract group presence)."""

from typing import Annotated, ClassVar

from msgspec import UNSET, Meta, Struct, UnsetType

from plexichat.api.shapes import STATUSES, SUCCESS, PresenceShape, PresenceStatus, Success
from plexichat.core import presence, typing
from plexichat.core.errors import Invalid
from plexichat.core.presence import Wanted
from plexichat.web.bodies import snowflake
from plexichat.web.requests import house, me, see
from plexichat.web.routes import Routes

routes = Routes("Presence")

# Core refuses what is longer; these tell of it.
Text = Annotated[str, Meta(extra_json_schema={"maxLength": presence.CUSTOM_STATUS_LENGTH})]
Emoji = Annotated[str, Meta(extra_json_schema={"maxLength": presence.CUSTOM_EMOJI_LENGTH})]


class Said(Struct):
    custom_status: Text | UnsetType | None = UNSET
    custom_emoji: Emoji | UnsetType | None = UNSET


class NewPresence(Said, kw_only=True):
    phrases: ClassVar = {"status": "Invalid status"}
    missing: ClassVar = {"status": "Invalid status: missing"}
    status: PresenceStatus


class PresenceFrame(Said, kw_only=True):
    """The same over the gateway, where it is enough to say that one is there."""

    status: str | None = None


def wanted(said: Said, status: str) -> Wanted:
    """What somebody says they want to be seen as, in one of this wire's words for it."""
    if status not in STATUSES:
        raise Invalid("invalid_status", f"Invalid status: must be one of {', '.join(STATUSES)}")
    return Wanted(status, said.custom_status, said.custom_emoji)


@routes.put("/users/@me/presence", errors=("400 Invalid status", "400 Invalid input"))
async def put(body: NewPresence) -> PresenceShape:
    """Choose how to be seen. An absent text or emoji stays; `null` or an empty one goes."""
    here = house()
    own = await here.attendance.choose(me().session_id, me().id, wanted(body, body.status))
    return here.shapes.presence(own)


@routes.get("/users/<user_id>/presence", errors=("400 Invalid user ID",))
async def show(user_id: str) -> PresenceShape:
    """How somebody is seen; unknown people and those who hide are offline."""
    here, number = house(), snowflake(user_id, "user")
    active_at = here.live.active_at(number) or None
    seen = await see(presence.get, me().id, number, here.presence.here(), active_at)
    shape = here.shapes.presence(seen)
    shape.user_id = user_id.lstrip("0") or "0"
    return shape


@routes.post(
    "/channels/<channel_id>/typing",
    errors=("400 Invalid channel ID", "403 Access denied", "404 Channel not found"),
)
async def type_(channel_id: int) -> Success:
    """Tell the others in a channel that one is writing."""
    started = await see(typing.start, me().id, channel_id)
    if started is not None:
        house().typing.start(started)
    return SUCCESS
