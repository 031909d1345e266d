"""Presence and typing (contract group presence)."""

from typing import ClassVar, Final

from msgspec import UNSET, Struct, UnsetType

from plexichat.api.shapes import SUCCESS, PresenceShape, Success
from plexichat.core import presence, typing
from plexichat.core.errors import Invalid
from plexichat.core.presence import Wanted
from plexichat.web.bodies import snowflake
from plexichat.web.requests import house, me, see
from plexichat.web.routes import Routes

routes = Routes("Presence")

STATUSES: Final = ("online", "idle", "dnd", "invisible", "offline")


class NewPresence(Struct):
    phrases: ClassVar = {"status": "Invalid status"}
    status: str | None = None
    custom_status: str | UnsetType | None = UNSET
    custom_emoji: str | UnsetType | None = UNSET


def wanted(said: NewPresence, status: str) -> Wanted:
    """What somebody says they want to be seen as, in one of this wire's words for it."""
    if status not in STATUSES:
        raise Invalid("invalid_status", f"Invalid status: must be one of {', '.join(STATUSES)}")
    return Wanted(status, said.custom_status, said.custom_emoji)


@routes.put("/users/@me/presence", errors=("400 Invalid status", "400 Invalid input"))
async def put(body: NewPresence) -> PresenceShape:
    """Choose how to be seen. An absent text or emoji stays; `null` or an empty one goes."""
    if body.status is None:
        raise Invalid("invalid_status", "Invalid status: missing")
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
