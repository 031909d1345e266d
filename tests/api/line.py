"""A line to the gateway, as a client holds it."""

import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from quart import Quart
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from plexichat.serving import Listener
from tests.cast import Person


class Line:
    """One connection; `ready` is the picture it began with, once it has identified itself."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.ready: dict[str, Any] = {}

    async def hear(self) -> Any:
        return json.loads(await self.socket.recv())

    async def say(self, op: int, **d: Any) -> None:
        await self.socket.send(json.dumps({"op": op, "d": d}))

    async def identify(self, person: Person, **wishes: Any) -> None:
        await self.say(2, token=person.token, **wishes)
        answer = await self.hear()
        assert (answer["op"], answer["t"], answer["s"]) == (0, "READY", 1)
        self.ready = answer["d"]

    async def resume(self, person: Person, session_id: str, seq: int) -> Any:
        await self.say(6, token=person.token, session_id=session_id, seq=seq)
        return await self.hear()

    async def beat(self) -> list[Any]:
        """Everything that was said before the answer to a heartbeat."""
        await self.socket.send('{"op":1,"d":null}')
        said = []
        while (frame := await self.hear()) != {"op": 11}:
            said.append(frame)
        return said

    async def hangup(self) -> tuple[int | None, str | None]:
        """Listen until the server closes; return its code and reason."""
        with suppress(ConnectionClosed):
            while True:
                await self.socket.recv()
        return self.socket.close_code, self.socket.close_reason


@asynccontextmanager
async def served(app: Quart) -> AsyncIterator[str]:
    """The gateway of an app on a real socket."""
    listener = Listener(app)
    # Of a socket that does not say it is TCP asyncio does not ask that small frames go at once.
    with socket.socket(proto=socket.IPPROTO_TCP) as sock:
        sock.bind(("127.0.0.1", 0))
        await listener.open([sock])
        yield f"ws://127.0.0.1:{sock.getsockname()[1]}/gateway"
        await listener.close(0)


@asynccontextmanager
async def dial(url: str, **options: Any) -> AsyncIterator[Line]:
    async with connect(url, **options) as socket:
        line = Line(socket)
        assert (await line.hear())["op"] == 10
        yield line


@asynccontextmanager
async def listening(url: str, person: Person, **wishes: Any) -> AsyncIterator[Line]:
    """A line on which somebody has had their READY."""
    async with dial(url) as line:
        await line.identify(person, **wishes)
        yield line
