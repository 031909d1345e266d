"""Voice channels: coming, staying and going (contract 11)."""

import time
from typing import Final

from msgspec import Struct

from plexichat.core import voice
from plexichat.web.requests import bearer, current, house, me, see
from plexichat.web.routes import Routes
from plexichat.wryft.dialect import uuid

routes = Routes("Voice")

LEFT_TO_CLIENTS: Final = ("mute", "unmute", "deafen", "undeafen")


class Beacon(Struct):
    """What a page sends when it is closed, since it cannot send a header then."""

    token: str = ""


class Talker(Struct):
    id: str
    username: str


class Talking(Struct):
    channel_id: str
    users: list[Talker]


@routes.get("/guilds/<guild_id>/voice")
async def present(guild_id: int) -> list[Talking]:
    """Who is in the voice channels of a guild; those with nobody are left out."""
    there = house().voice.everybody(_now())
    return [
        Talking(uuid(each.channel_id), [Talker(uuid(id), name) for id, name in each.people])
        for each in await see(voice.present, me().id, guild_id, there)
    ]


@routes.post("/voice/<channel_id>/join")
async def join(channel_id: int) -> None:
    """Come into a voice channel; one may be in several."""
    await see(voice.check, me().id, channel_id)
    house().voice.join(channel_id, me().id, _now())


@routes.post("/voice/<channel_id>/heartbeat")
async def heartbeat(channel_id: int) -> None:
    """Stay in a voice channel for another half a minute."""
    await see(voice.check, me().id, channel_id)
    house().voice.heartbeat(channel_id, me().id, _now())


@routes.post("/voice/<channel_id>/leave", public=True, status=204, takes="*/*")
async def leave(channel_id: int, body: Beacon) -> None:
    """Go from a voice channel, whether one is there or not; the token may be in the body."""
    told = current().header(b"authorization") is None and body.token
    live = house().live
    leaving = live.find(body.token if told else bearer(current()), _now())
    house().voice.leave(channel_id, leaving.id)


async def silence(channel_id: int) -> None:
    """Mute or deafen oneself: clients do it among themselves, so nothing is kept here."""
    await see(voice.check, me().id, channel_id)


for word in LEFT_TO_CLIENTS:
    routes.post(f"/voice/<channel_id>/{word}", status=204)(silence)


def _now() -> int:
    return int(time.time() * 1000)
