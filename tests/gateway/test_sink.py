import asyncio
import contextlib
import json
from types import SimpleNamespace
from typing import Any

import pytest
from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.protocol.h2 import H2Protocol
from hypercorn.protocol.h11 import H11Protocol
from hypercorn.protocol.ws_stream import WSStream
from websockets.asyncio.client import connect
from wsproto.extensions import PerMessageDeflate
from wsproto.frame_protocol import FrameProtocol, Opcode

from plexichat.config import Gateway
from plexichat.gateway.sink import (
    BINARY,
    TEXT,
    AsgiSink,
    Send,
    TransportSink,
    accept,
    header,
    trace,
)
from tests.gateway.radio import Station, on_air, wrapped


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, 65536, 300_000])
@pytest.mark.parametrize("opcode", [TEXT, BINARY])
def test_a_frame_reads_back_as_one_whole_message(size: int, opcode: int) -> None:
    reader = FrameProtocol(client=True, extensions=[])
    reader.receive_bytes(header(opcode, size) + b"x" * size)
    frames = list(reader.received_frames())
    assert b"".join(_bytes(each.payload) for each in frames) == b"x" * size
    assert frames[0].opcode is (Opcode.TEXT if opcode == TEXT else Opcode.BINARY)
    assert frames[-1].message_finished


async def test_the_way_to_the_transport_is_found_under_hypercorn() -> None:
    found: list[object] = []
    async with on_air(Watched(found)) as station:
        async with station.listener(1):
            pass
        async with connect(station.url + "?asgi"):
            pass
    assert [type(each) for each in found] == [TCPServer, type(None)]


class Watched(Station):
    """Notes what each connection's `send` leads to."""

    def __init__(self, found: list[object]) -> None:
        super().__init__(Gateway())
        self.found = found

    async def __call__(self, scope: Any, receive: Any, send: Send) -> None:
        way = wrapped(send) if b"asgi" in scope["query_string"] else send
        self.found.append(trace(way))
        await super().__call__(scope, receive, send)


def stream_over(protocol: object) -> WSStream:
    """A stream as Hypercorn makes them, on whatever lies under it."""
    stream = WSStream.__new__(WSStream)
    stream.send = protocol.stream_send  # type: ignore[attr-defined]
    return stream


async def test_http_2_and_changed_internals_are_not_taken_for_the_known_way() -> None:
    async def nowhere(event: object) -> None:
        pass

    h2 = H2Protocol.__new__(H2Protocol)
    assert trace(stream_over(h2).app_send) is None  # type: ignore[arg-type]
    h11 = H11Protocol.__new__(H11Protocol)
    h11.send = nowhere
    assert trace(stream_over(h11).app_send) is None  # type: ignore[arg-type]
    server = TCPServer.__new__(TCPServer)
    h11.send = server.protocol_send
    assert trace(stream_over(h11).app_send) is None  # type: ignore[arg-type]


async def test_a_client_that_leaves_during_the_handshake_is_no_fault() -> None:
    server = TCPServer.__new__(TCPServer)
    server.send_lock = asyncio.Lock()
    server.writer = SimpleNamespace(transport=asyncio.Transport())  # type: ignore[assignment]
    h11 = H11Protocol.__new__(H11Protocol)
    h11.send = server.protocol_send
    stream = stream_over(h11)
    stream.closed = True
    send: Send = stream.app_send  # type: ignore[assignment]
    assert trace(send) is server
    assert isinstance(await accept(send, permessage_deflate=True), AsgiSink)


async def test_permessage_deflate_is_refused_unless_it_is_configured() -> None:
    async with on_air(Station(Gateway())) as station, connect(station.url) as ann:
        assert ann.protocol.extensions == []
    configured = Station(Gateway(permessage_deflate=True))
    async with on_air(configured), configured.listener(1) as ann:
        assert [each.name for each in ann.protocol.extensions] == [PerMessageDeflate.name]
        configured.tell("readable all the same", 1)
        assert json.loads(await ann.recv())["d"] == "readable all the same"


async def test_messages_of_one_tick_leave_in_one_write(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written: list[bytes] = []

    async with on_air(Station(Gateway())) as station, station.listener(1) as ann:
        (socket,) = station.hub._sockets
        assert isinstance(socket._sink, TransportSink)
        transport = type(socket._sink._transport)
        write = transport.write

        def counted(self: asyncio.WriteTransport, data: bytes) -> None:
            if b"event" in data:
                written.append(data)
            write(self, data)

        monkeypatch.setattr(transport, "write", counted)
        for number in range(10):
            station.tell(f"event {number}", 1)
        assert [json.loads(await ann.recv())["s"] for _ in range(10)] == list(range(2, 12))
    assert len(written) == 1


async def test_everybody_hears_an_event_under_a_number_of_their_own() -> None:
    numbers = (8, 9, 98, 99, 99_998, 8)
    async with on_air(Station(Gateway())) as station, contextlib.AsyncExitStack() as open_lines:
        lines = [
            await open_lines.enter_async_context(station.listener(user)) for user in range(6)
        ]
        for session, number in zip(station.sessions, numbers, strict=True):
            session.seq = number
        station.tell("soup", *range(6))
        for line, number in zip(lines, numbers, strict=True):
            assert json.loads(await line.recv()) == {"s": number + 1, "t": "TOLD", "d": "soup"}


def _bytes(payload: object) -> bytes:
    return payload.encode() if isinstance(payload, str) else bytes(payload)  # type: ignore[call-overload]
