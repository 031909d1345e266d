"""A socket of the Wryft dialect, as its client holds it."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import quote

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from plexichat.wryft.dialect import uuid
from tests.cast import Person
from tests.town import Town


def general(street: Town) -> str:
    return f"{uuid(street.number)}-general"


def address(ws: str, place: str, person: Person | None = None, user: str = "marta") -> str:
    token = "" if person is None else f"&token={person.token}"
    return f"{ws}?channel={quote(place)}&user={user}{token}"


@asynccontextmanager
async def at(ws: str, place: str, person: Person) -> AsyncIterator[ClientConnection]:
    """A socket that is in its place: it has heard its own coming."""
    async with connect(address(ws, place, person)) as socket:
        assert await hear(socket) == {"type": "user_joined", "user": person.username}
        yield socket


async def hear(socket: ClientConnection, kind: str | None = None) -> dict[str, Any]:
    """The next frame of a kind, or the next but for news of who is here."""
    while True:
        told: dict[str, Any] = json.loads(await socket.recv())
        if told["type"] == kind or (kind is None and told["type"] != "presence_update"):
            return told


async def heard(socket: ClientConnection, ws: str, place: str, person: Person) -> list[Any]:
    """What else was said until somebody comes in, which everybody on the channel is told."""
    told = []
    async with connect(address(ws, place, person)):
        while (frame := json.loads(await socket.recv()))["type"] != "user_joined":
            told.append(frame)
    return told


async def closing(socket: ClientConnection) -> int | None:
    """Listen until the server closes; return its code."""
    with suppress(ConnectionClosed):
        while True:
            await socket.recv()
    return socket.close_code
