"""Who is writing (contracts 07 and 08)."""

from msgspec import Struct

from plexichat.core import channels, typing
from plexichat.core.errors import NotFound
from plexichat.web.requests import Reply, house, me, see
from plexichat.web.routes import Routes
from plexichat.wryft import places
from plexichat.wryft.dialect import uuid

routes = Routes("Typing")


class Typist(Struct):
    user_id: str
    username: str


@routes.post("/channels/<channel>/typing")
async def start(channel: str) -> Reply:
    """Say that one is writing, for ten seconds."""
    return await _start(await _at(channel))


@routes.delete("/channels/<channel>/typing")
async def stop(channel: str) -> Reply:
    """Say that one has stopped."""
    return _stop(await _at(channel))


@routes.get("/channels/<channel>/typing")
async def all(channel: str) -> list[Typist]:
    """Who else is writing."""
    channel_id = await _guess(channel)
    return [] if channel_id is None else _typists(channel_id)


@routes.post("/dms/<dm_id>/typing")
async def start_dm(dm_id: int) -> Reply:
    """Say that one is writing, for ten seconds."""
    return await _start((await see(channels.get, me().id, dm_id)).id)


@routes.delete("/dms/<dm_id>/typing")
async def stop_dm(dm_id: int) -> Reply:
    """Say that one has stopped."""
    return _stop((await see(channels.get, me().id, dm_id)).id)


@routes.get("/dms/<dm_id>/typing")
async def all_dm(dm_id: int) -> list[Typist]:
    """Whether the other is writing."""
    return _typists((await see(channels.get, me().id, dm_id)).id)


async def _guess(place: str) -> int | None:
    last = house().sockets.visits.last(me().id, place)
    found = await see(places.guess, me().id, place, last)
    return None if found is None else found.id


async def _at(place: str) -> int:
    found = await _guess(place)
    if found is None:
        raise NotFound("channel_not_found", "Channel not found")
    return found


async def _start(channel_id: int) -> Reply:
    started = await see(typing.start, me().id, channel_id)
    if started is not None:
        house().typing.start(started)
    return Reply(status=204)


def _stop(channel_id: int) -> Reply:
    house().typing.stop(channel_id, me().id)
    return Reply(status=204)


def _typists(channel_id: int) -> list[Typist]:
    return [
        Typist(uuid(each.user_id), each.username)
        for each in house().typing.within(channel_id)
        if each.user_id != me().id
    ]
