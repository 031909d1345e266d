"""How people are seen (contract 03)."""

import time
from typing import ClassVar, Final

import msgspec
from msgspec import UNSET, Struct, UnsetType

from plexichat.core import presence
from plexichat.core.errors import Invalid
from plexichat.core.presence import Wanted
from plexichat.core.views import Presence
from plexichat.web.requests import Reply, guest, house, me, see
from plexichat.web.routes import Routes
from plexichat.wryft.dialect import iso, read_id, uuid

routes = Routes("Presence")

AT_ONCE: Final = 100


class NewPresence(Struct):
    phrases: ClassVar = {"status": "Invalid status"}
    status: str
    custom_status: str | UnsetType | None = UNSET


class Seen(Struct):
    user_id: str
    status: str
    last_seen: str


class People(Struct):
    user_ids: list[str]


@routes.post("/presence")
async def put(body: NewPresence) -> Seen:
    """Choose how to be seen. Who leaves is gone only if they are not back in a moment."""
    here, my_id = house(), me().id
    wanted = Wanted(body.status, body.custom_status)
    if body.status == "offline":
        here.attendance.depart(me().session_id, my_id, wanted)
    else:
        await here.attendance.choose(me().session_id, my_id, wanted)
    return Seen(uuid(my_id), body.status, iso(_now()))


@routes.post("/presence/heartbeat")
async def beat() -> Reply:
    """Be here for another minute, as one chose to be seen."""
    await house().attendance.beat(me().id)
    return Reply(status=204)


@routes.get("/presence/<user_id>", public=True)
async def show(user_id: str) -> Seen:
    """How somebody is seen; unknown people are offline."""
    here, viewer, number = house(), guest(), read_id(user_id, "user")
    viewer_id = None if viewer is None else viewer.id
    active_at = here.live.active_at(number) or None
    found = await see(presence.get, viewer_id, number, here.presence.here(), active_at)
    return msgspec.structs.replace(_seen(found), user_id=user_id.lower())


@routes.post("/presence/bulk")
async def several(body: People) -> dict[str, str]:
    """How each of up to a hundred people is seen."""
    if len(body.user_ids) > AT_ONCE:
        raise Invalid("too_many", f"Invalid input: more than {AT_ONCE} user_ids")
    wanted = [read_id(each, "user") for each in body.user_ids]
    found = await see(presence.statuses, me().id, wanted, house().presence.here())
    return dict(zip(body.user_ids, found, strict=True))


@routes.get("/guilds/<guild_id>/presence")
async def in_guild(guild_id: int) -> list[Seen]:
    """How those members of a guild are seen who ever were."""
    here = house()
    found = await see(presence.of_server, me().id, guild_id, dict(here.presence.here()))
    return [_seen(each) for each in found]


def _seen(seen: Presence) -> Seen:
    """Who is here was seen last with their last request, and who was never seen, now."""
    last = seen.last_seen
    if last is None and seen.status != "offline":
        last = house().live.active_at(seen.user_id) or None
    return Seen(uuid(seen.user_id), seen.status, iso(_now() if last is None else last))


def _now() -> int:
    return int(time.time() * 1000)
