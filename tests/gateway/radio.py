"""A small dialect to try the hub with, spoken on real sockets by a real Hypercorn."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import hypercorn
from hypercorn.app_wrappers import ASGIWrapper
from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.asyncio.worker_context import WorkerContext
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from plexichat.config import Gateway
from plexichat.gateway.hub import Hub
from plexichat.gateway.session import Session
from plexichat.gateway.sink import Message, Receive, Send
from plexichat.gateway.socket import Socket
from plexichat.gateway.wire import Closing, Payload, Wire


@dataclass(frozen=True)
class Told:
    audience: frozenset[int]
    text: str
    intent: int = 0
    topic: str | None = None


def encode(event: object) -> tuple[Payload, ...]:
    match event:
        case Told(text="unspeakable"):
            raise ValueError("this cannot be said")
        case Told(text="unspoken"):
            return ()
        case Told(text=text, intent=intent):
            return (say("TOLD", text, intent),)
    raise TypeError(event)


def say(name: str, what: object, intent: int = 0) -> Payload:
    tail = b',"t":"%b","d":%b}' % (name.encode(), json.dumps(what).encode())
    return Payload(b'{"s":', tail, intent)


def encode_plainly(event: object) -> tuple[Payload, ...]:
    assert isinstance(event, Told)
    text = json.dumps(event.text).encode()
    return (Payload(text, intent=event.intent, topic=event.topic),)


RADIO = Wire(
    encode=encode,
    resumable=True,
    broken=Closing(4000, "broken"),
    oversized=Closing(4002, "oversized"),
    slow=Closing(4008, "slow"),
    crowded=Closing(4008, "crowded"),
    sockets_per_user=5,
    replaced=Closing(4000, "replaced"),
    shutdown=Closing(4017, "shutdown"),
    warning=lambda seconds: b'{"t":"WARNING","d":%d}' % seconds,
    reconnect=b'{"t":"RECONNECT"}',
)
PLAIN = replace(
    RADIO,
    encode=encode_plainly,
    resumable=False,
    warning=lambda seconds: None,
    reconnect=None,
)


class Station:
    """A server that speaks RADIO at /radio and PLAIN at /plain; `?asgi` takes the fallback."""

    def __init__(self, limits: Gateway, path: str = "/radio") -> None:
        self.hub = Hub(limits)
        self.radio = replace(RADIO, sockets_per_user=limits.max_sockets_per_user)
        self.path = path
        self.port = 0
        self.sessions: list[Session] = []
        self.left = asyncio.Event()

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if b"asgi" in scope["query_string"]:
            send = wrapped(send)
        socket = await self.hub.open(PLAIN if scope["path"] == "/plain" else self.radio, send)
        try:
            await socket.listen(receive, lambda said: self.hear(socket, said))
        finally:
            self.hub.leave(socket)
            self.left.set()

    async def hear(self, socket: Socket, said: str | bytes) -> None:
        match json.loads(said):
            case {"user": user_id, "resume": session_id, "seq": seq}:
                login_id = user_id * 10
                opening = say("RESUMED", {})
                if not self.hub.resume(socket, session_id, user_id, login_id, seq, opening):
                    socket.send(b'{"t":"LOST"}')
            case {"user": user_id} as wishes:
                session = self.hub.attach(
                    socket,
                    user_id,
                    user_id * 10,
                    wishes.get("intents", -1),
                    wishes.get("compress", False),
                    wishes.get("topic"),
                )
                self.sessions.append(session)
                if wishes.get("begin", True):
                    session.begin(say("PICTURE", session.id), 0)
            case {"echo": text}:
                socket.send(json.dumps(text).encode())
            case {"burst": count}:
                for number in range(count):
                    socket.send(str(number).encode())
            case {"deadline": seconds}:
                socket.expect(seconds, Closing(4009, "overdue"))
            case {"close": code}:
                socket.send(b'"last words"')
                socket.close(Closing(code, "as you wish"))

    def tell(
        self,
        text: str,
        *user_ids: int,
        commit: int | None = 1,
        intent: int = 0,
        topic: str | None = None,
    ) -> None:
        self.hub.publish(Told(frozenset(user_ids), text, intent, topic), commit)

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}{self.path}"

    @asynccontextmanager
    async def listener(self, user_id: int, **wishes: Any) -> AsyncIterator[ClientConnection]:
        """A connection that has said who it is and read its picture."""
        async with connect(self.url) as socket:
            await socket.send(json.dumps({"user": user_id, **wishes}))
            assert json.loads(await socket.recv())["t"] == "PICTURE"
            yield socket


async def read(socket: ClientConnection) -> Any:
    return json.loads(await socket.recv())


async def closing(socket: ClientConnection) -> tuple[int, str]:
    """Read until the server closes; return its code and reason."""
    with contextlib.suppress(ConnectionClosed):
        while True:
            await socket.recv()
    assert socket.close_code is not None
    return socket.close_code, socket.close_reason or ""


def wrapped(send: Send) -> Send:
    async def other(message: Message) -> None:
        await send(message)

    return other


@asynccontextmanager
async def on_air(station: Station) -> AsyncIterator[Station]:
    config = hypercorn.Config()
    config.websocket_max_message_size = 262_144
    context = WorkerContext(None)
    loop = asyncio.get_running_loop()
    connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections[task] = writer
        try:
            app = ASGIWrapper(station)  # type: ignore[arg-type]
            await TCPServer(app, loop, config, context, {}, reader, writer)
        finally:
            del connections[task]

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    station.port = server.sockets[0].getsockname()[1]
    try:
        yield station
    finally:
        server.close()
        for writer in connections.values():
            writer.transport.abort()
        await asyncio.gather(*connections)
