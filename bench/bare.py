"""The floors that need a process of their own: what the machine and the stack cost without us.

`python -m bench.bare http` is a bare ASGI app on Hypercorn: `/N` answers N ready bytes, and a
WebSocket is accepted and left alone. `python -m bench.bare echo` writes whatever any connection
sends it, as it is, to all of them, and a byte to each newcomer.
"""

import asyncio
import socket
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, cast

from hypercorn.asyncio import serve
from hypercorn.config import Config
from hypercorn.typing import Scope

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await answer(scope["path"], receive, send)
    elif scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": '{"t":"READY"}'})
        while (await receive())["type"] != "websocket.disconnect":
            pass
    else:
        while (event := await receive())["type"] != "lifespan.shutdown":
            await send({"type": f"{event['type']}.complete"})
        await send({"type": "lifespan.shutdown.complete"})


async def answer(path: str, receive: Receive, send: Send) -> None:
    while (await receive()).get("more_body"):
        pass
    body = b"x" * int(path[1:])
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class Crowd(asyncio.Protocol):
    """Everybody connected hears what anybody says."""

    def __init__(self, everybody: set[asyncio.Transport]) -> None:
        self._everybody = everybody

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._everybody.add(self._transport)
        self._transport.write(b".")  # heard: you are one of them

    def data_received(self, data: bytes) -> None:
        for transport in self._everybody:
            transport.write(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._everybody.discard(self._transport)


async def main(which: str) -> None:
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    print("http://{}:{}".format(*listener.getsockname()), flush=True)
    if which == "http":
        config = Config()
        config.bind = [f"fd://{listener.detach()}"]
        await serve(app, config)
    else:
        crowd = partial(Crowd, set())
        echo = await asyncio.get_running_loop().create_server(crowd, sock=listener)
        await echo.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
