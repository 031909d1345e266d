import asyncio
import base64
import contextlib
import json
import logging
import os
import socket
import zlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from plexichat.config import Gateway
from tests.gateway.radio import Station, closing, on_air, read

ANN, BOB = 1, 2
LONG = "x" * 50_000


@contextlib.asynccontextmanager
async def deaf(station: Station, *said: object) -> AsyncIterator[socket.socket]:
    """A client that speaks and then reads nothing, with the smallest buffer it can have."""
    loop = asyncio.get_running_loop()
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.setblocking(False)
        await loop.sock_connect(client, ("127.0.0.1", station.port))
        key = base64.b64encode(os.urandom(16)).decode()
        lines = (
            f"GET {station.path} HTTP/1.1",
            "Host: localhost",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
        )
        await loop.sock_sendall(client, "\r\n".join((*lines, "", "")).encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += await loop.sock_recv(client, 1)
        for each in said:
            await loop.sock_sendall(client, masked(json.dumps(each).encode()))
        yield client


def masked(payload: bytes) -> bytes:
    """A client's text frame; a mask of zeros changes nothing."""
    assert len(payload) < 126
    return bytes((0x81, 0x80 | len(payload))) + bytes(4) + payload


async def heard_everything(station: Station) -> None:
    """Wait until the hub has no socket left."""
    while station.hub._sockets:
        station.left.clear()
        await station.left.wait()


async def test_a_client_that_does_not_read_is_closed_and_nobody_else_notices(
    station: Station,
) -> None:
    async with deaf(station, {"user": ANN}), station.listener(BOB) as bob:
        while not station.hub.connected(ANN):
            await asyncio.sleep(0)
        (slow,) = (each for each in station.sessions if each.user_id == ANN)
        sent = 0
        while slow.socket is not None and not slow.socket.closing:
            station.tell(LONG, ANN, BOB)
            sent += 1
            assert (await read(bob))["s"] == sent + 1
        assert slow.socket is not None
        assert not slow.socket._queue
        station.tell("still here", BOB)
        assert (await read(bob))["d"] == "still here"
        assert station.hub.connected(BOB)
        await station.left.wait()
        assert not station.hub.connected(ANN)
        assert slow.reaches(1)
        async with connect(station.url) as ann:
            await ann.send(json.dumps({"user": ANN, "resume": slow.id, "seq": 1}))
            assert (await read(ann))["t"] == "RESUMED"
            assert [(await read(ann))["s"] for _ in range(sent)] == list(range(2, sent + 2))


async def test_a_slow_client_that_reads_at_last_gets_the_close_code(station: Station) -> None:
    async with connect(station.url, max_queue=1, compression=None) as ann:
        await ann.send(json.dumps({"user": ANN}))
        await read(ann)
        (session,) = station.sessions
        assert session.socket is not None
        while not session.socket.closing:
            station.tell(LONG, ANN)
            await asyncio.sleep(0)
        assert await closing(ann) == (4008, "slow")


async def test_what_was_said_before_a_close_arrives_before_it(station: Station) -> None:
    async with connect(station.url) as ann:
        await ann.send(json.dumps({"close": 4001}))
        assert await read(ann) == "last words"
        assert await closing(ann) == (4001, "as you wish")


async def test_a_long_burst_is_not_held_against_the_client(station: Station) -> None:
    async with station.listener(ANN):
        pass
    await station.left.wait()
    for _ in range(100):
        station.tell(LONG, ANN)
    async with connect(station.url, max_queue=1, compression=None) as ann:
        session = station.sessions[0]
        await ann.send(json.dumps({"user": ANN, "resume": session.id, "seq": 1}))
        assert (await read(ann))["t"] == "RESUMED"
        assert [(await read(ann))["s"] for _ in range(100)] == list(range(2, 102))


async def test_a_frame_that_is_too_large_closes_the_socket(station: Station) -> None:
    async with connect(station.url) as ann:
        fits = json.dumps({"echo": "x" * 65_000})
        await ann.send(fits + " " * (65_536 - len(fits)))
        assert await read(ann) == "x" * 65_000
        await ann.send(fits + " " * (65_537 - len(fits)))
        assert await closing(ann) == (4002, "oversized")


async def test_size_is_counted_in_bytes_and_not_in_characters(station: Station) -> None:
    async with connect(station.url) as ann:
        await ann.send('{"echo":"' + "ü" * 32_762 + '"}')
        assert await read(ann) == "ü" * 32_762
        await ann.send('{"echo":"' + "ü" * 32_763 + '"}')
        assert await closing(ann) == (4002, "oversized")


async def test_a_fault_in_a_conversation_ends_it_and_is_logged(
    station: Station, caplog: pytest.LogCaptureFixture
) -> None:
    async with connect(station.url) as ann, station.listener(BOB) as bob:
        with caplog.at_level(logging.ERROR, "plexichat.gateway.socket"):
            await ann.send("not what this station speaks")
            assert await read(ann) == {"t": "RECONNECT"}
            assert await closing(ann) == (4000, "broken")
        assert "JSONDecodeError" in caplog.text
        station.tell("unmoved", BOB)
        assert (await read(bob))["d"] == "unmoved"


async def test_a_compressed_socket_is_one_zlib_stream_of_flushed_messages(
    station: Station,
) -> None:
    async with connect(station.url) as ann:
        await ann.send(json.dumps({"echo": "plain"}))
        assert await read(ann) == "plain"
        await ann.send(json.dumps({"user": ANN, "compress": True}))
        station_told = False
        inflate = zlib.decompressobj()
        texts: list[dict[str, Any]] = []
        while len(texts) < 3:
            message = await ann.recv()
            assert isinstance(message, bytes)
            assert message.endswith(b"\x00\x00\xff\xff")
            texts.append(json.loads(inflate.decompress(message)))
            if not station_told:
                station_told = True
                station.tell("one", ANN)
                station.tell("two", ANN)
        assert [each["s"] for each in texts] == [1, 2, 3]
        session_id = texts[0]["d"]
    async with connect(station.url) as ann:
        await ann.send(json.dumps({"user": ANN, "resume": session_id, "seq": 2}))
        inflate = zlib.decompressobj()
        said = [json.loads(inflate.decompress(await ann.recv(decode=False))) for _ in range(2)]
        assert [each["t"] for each in said] == ["RESUMED", "TOLD"]


async def test_a_client_that_never_answers_a_close_is_cut(station: Station) -> None:
    async with deaf(station, {"user": ANN}, {"close": 4001}) as client:
        await heard_everything(station)
        if station.path == "/radio":
            loop = asyncio.get_running_loop()
            with contextlib.suppress(ConnectionResetError):
                while await loop.sock_recv(client, 65_536):
                    pass


async def test_a_client_that_floods_a_closing_socket_does_not_keep_it_open() -> None:
    async with (
        on_air(Station(Gateway())) as station,
        deaf(station, {"user": ANN}, {"close": 4001}) as client,
    ):
        flood = asyncio.create_task(pour(client, masked(b'{"echo":"more"}') * 500))
        await heard_everything(station)
        await flood


async def pour(client: socket.socket, data: bytes) -> None:
    with contextlib.suppress(ConnectionError):
        while True:
            await asyncio.get_running_loop().sock_sendall(client, data)


async def test_two_hundred_sockets_shut_down_though_twenty_never_read(station: Station) -> None:
    async with contextlib.AsyncExitStack() as open_sockets:
        for number in range(20):
            await open_sockets.enter_async_context(deaf(station, {"user": number}))
        readers = [
            await open_sockets.enter_async_context(station.listener(number))
            for number in range(100, 280)
        ]
        while len(station.sessions) < 200:
            await asyncio.sleep(0)
        station.tell(LONG, *range(20))
        down = asyncio.create_task(station.hub.shutdown())
        said = await asyncio.gather(*(to_the_end(each) for each in readers))
        assert said == [(["WARNING"], 4017)] * 180
        await down
        assert not station.hub._sockets


async def to_the_end(client: object) -> tuple[list[str], int | None]:
    said = []
    try:
        async for message in client:  # type: ignore[attr-defined]
            said.append(json.loads(message)["t"])
    except ConnectionClosed:
        pass
    return said, client.close_code  # type: ignore[attr-defined]
