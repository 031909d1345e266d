"""The short way of plain requests: what a client sees of it, on a real socket."""

import asyncio
import contextlib
import re
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from plexichat.serving import Listener
from plexichat.web import http1

HOST = b"Host: here\r\n"
GET = b"GET /a HTTP/1.1\r\n" + HOST + b"\r\n"
LAST_GET = b"GET /a HTTP/1.1\r\n" + HOST + b"Connection: Close\r\n\r\n"
SECONDS = 5


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Tell the method, the path, and the body; in pieces under /pieces."""
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        body, more = body + message["body"], message["more_body"]
    told = b"%b %b %b" % (scope["method"].encode(), scope["path"].encode(), body)
    if scope["path"] == "/pieces":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for piece in (told, b"", b"more"):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
        return
    headers = [(b"content-length", b"%d" % len(told))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": told})


def answers(status: int, headers: http1.Headers, *bodies: bytes) -> Any:
    """An application that always says this."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status, "headers": headers})
        for body in bodies:
            await send({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    return app


class Caller:
    """A client that says bytes and hears bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def say(self, data: bytes) -> None:
        self.writer.write(data)

    async def hear(self, end: bytes) -> bytes:
        """Everything up to these bytes."""
        async with asyncio.timeout(SECONDS):
            return await self.reader.readuntil(end)

    async def rest(self) -> bytes:
        """Everything until the server closes."""
        async with asyncio.timeout(SECONDS):
            return await self.reader.read()


@asynccontextmanager
async def called(app: Any = echo) -> AsyncIterator[Caller]:
    listener = Listener(app)
    with socket.create_server(("127.0.0.1", 0)) as sock:
        await listener.open([sock])
        reader, writer = await asyncio.open_connection(*sock.getsockname())
        try:
            yield Caller(reader, writer)
        finally:
            writer.close()
            await listener.close(SECONDS)
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


async def test_requests_are_answered_one_after_the_other_on_one_connection() -> None:
    async with called() as client:
        client.say(GET + b"POST /b HTTP/1.1\r\n" + HOST + b"Content-Length: 3\r\n\r\nsou" + GET)
        heard = await client.hear(b"POST /b sou")
        assert heard.count(b"HTTP/1.1 200 OK\r\n") == 2
        assert b"content-length: 7\r\n\r\nGET /a HTTP/1.1" in heard
        assert b"connection" not in heard
        assert (await client.hear(b"GET /a ")).startswith(b"HTTP/1.1 200 OK\r\n")


async def test_a_body_that_comes_late_belongs_to_its_request() -> None:
    async with called() as client:
        client.say(b"POST /b HTTP/1.1\r\n" + HOST + b"Content-Length: 6\r\n\r\nso")
        client.say(b"u")
        client.say(b"psy" + GET)
        assert b"POST /b soupsy" in await client.hear(b"GET /a ")


@pytest.mark.parametrize(
    ("head", "told"),
    [
        (b"GET http://here/a?b HTTP/1.1\r\nHost: here\r\n\r\n", b"GET "),
        (b"GET /%C3%BC HTTP/1.1\r\nHOST:here\r\nX-A:\t b \r\nX-A: c\r\n\r\n", b"GET /\xc3\xbc "),
        (b"GET /a HTTP/1.0\r\n\r\n", b"GET /a "),
        (b"BREW /a HTTP/1.1\r\nHost: here\r\n\r\n", b"BREW /a "),
        (b"GET /a HTTP/1.1\nHost: here\n\n", b"GET /a "),
        (
            b"POST /a HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"3\r\nsou\r\n1\r\np\r\n0\r\n\r\n",
            b"POST /a soup",
        ),
        (
            b"POST /a HTTP/1.1\r\nHost: here\r\nExpect: 100-continue\r\n"
            b"Content-Length: 4\r\n\r\nsoup",
            b"POST /a soup",
        ),
    ],
    ids=["absolute", "escaped", "1.0", "unknown", "bare newlines", "chunks", "expecting"],
)
async def test_whatever_is_well_formed_is_answered(head: bytes, told: bytes) -> None:
    async with called() as client:
        client.say(head)
        assert b" 200 " in await client.hear(told)


@pytest.mark.parametrize("ends", [False, True])
async def test_what_is_said_ahead_goes_along_when_a_connection_is_handed_over(ends: bool) -> None:
    go_on = asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await go_on.wait()
        await echo(scope, receive, send)

    size = 100_000  # more than is read ahead
    async with called(app) as client:
        client.say(GET + b"POST /b HTTP/1.1\r\n" + HOST + b"Content-Length: %d\r\n\r\n" % size)
        client.say(b"x" * size + b"POST /c HTTP/1.1\r\n" + HOST)
        client.say(b"Transfer-Encoding: chunked\r\n\r\n3\r\nsou\r\n0\r\n\r\n")
        client.say(LAST_GET)
        if ends:
            client.writer.write_eof()
        await asyncio.sleep(0.05)
        go_on.set()
        told = re.findall(rb"(?:GET|POST) /[abc]", await client.rest())
        assert told == [b"GET /a", b"POST /b", b"POST /c", b"GET /a"]


async def test_a_head_in_two_pieces_is_one_head() -> None:
    async with called() as client:
        client.say(GET[:9])
        await client.writer.drain()
        await asyncio.sleep(0)
        client.say(GET[9:] + GET)
        assert (await client.hear(b"GET /a ")).startswith(b"HTTP/1.1 200")
        assert (await client.hear(b"GET /a ")).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET /a HTTP/1.1\r\n\r\n", 400),
        (b"GET /a HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        (b"GET /a HTTP/1.1\r\nHost : a\r\n\r\n", 400),
        (b"GET /a HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", 400),
        (b"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
        (
            b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + GET,
            400,
        ),
        (
            b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + GET,
            400,
        ),
        (
            b"BREW /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + GET,
            400,
        ),
        (b"GET /a HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 16_400 + b"\r\n\r\n", 431),
        (b"GET /a HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 20_000, 431),
    ],
    ids=[
        "no host", "two hosts", "space before colon", "NUL", "space in target", "negative",
        "two lengths", "two framings", "two framings, one of them twice",
        "two framings of an unknown method", "long", "long and without end",
    ],
)  # fmt: skip
async def test_what_is_no_request_is_refused_and_the_connection_closed(
    head: bytes, status: int
) -> None:
    async with called() as client:
        client.say(head)
        heard = await client.rest()
        assert heard.startswith(b"HTTP/1.1 %d " % status)
        assert heard.count(b"HTTP/1.1") == 1


async def test_an_answer_of_unknown_length_is_sent_in_chunks() -> None:
    async with called() as client:
        client.say(GET.replace(b"/a", b"/pieces") + GET)
        heard = await client.hear(b"GET /a ")
        chunks = b"c\r\nGET /pieces \r\n4\r\nmore\r\n0\r\n\r\n"
        assert b"\r\ntransfer-encoding: chunked\r\n\r\n" + chunks + b"HTTP/1.1 200" in heard


@pytest.mark.parametrize("method", [b"HEAD", b"GET"])
async def test_an_answer_without_a_body_has_none(method: bytes) -> None:
    app = answers(200 if method == b"HEAD" else 304, [(b"content-length", b"4")], b"soup")
    async with called(app) as client:
        client.say(GET.replace(b"GET", method) + LAST_GET)
        heard = await client.rest()
        assert heard.count(b"HTTP/1.1") == 2
        assert b"\r\n\r\nHTTP/1.1" in heard


async def test_a_client_that_says_so_is_let_go_after_its_answer() -> None:
    async with called() as client:
        client.say(LAST_GET + GET)
        heard = await client.rest()
        assert heard.count(b"HTTP/1.1 200") == 1
        assert b"\r\nconnection: close\r\n" in heard


@pytest.mark.parametrize(
    ("head", "status"),
    [(HOST, 413), (HOST + b"X: " + b"x" * http1.HEAD_BYTES + b"\r\n", 431)],
    ids=["by the application", "before it"],
)
async def test_a_refusal_is_heard_though_the_client_goes_on_speaking(
    head: bytes, status: int
) -> None:
    size = 4 << 20
    async with called(answers(413, [(b"connection", b"close")], b"too much")) as client:
        client.say(b"POST /b HTTP/1.1\r\n" + head + b"Content-Length: %d\r\n\r\n" % size)
        async with asyncio.timeout(SECONDS):
            for _ in range(size >> 16):
                client.say(b"x" * 65_536)
                await client.writer.drain()
        assert (await client.rest()).startswith(b"HTTP/1.1 %d " % status)


async def test_a_client_that_cuts_the_connection_within_an_answer_is_no_fault_of_ours(
    caplog: pytest.LogCaptureFixture,
) -> None:
    done = asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"", "more_body": True})
        client.writer.transport.abort()
        await asyncio.sleep(0)
        await send({"type": "http.response.body", "body": b""})
        done.set()

    async with called(app) as client:
        linger = struct.pack("ii", 1, 0)  # so that the end is a reset
        caller = client.writer.get_extra_info("socket")
        caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        client.say(LAST_GET.replace(b"GET", b"HEAD") + GET)
        await asyncio.wait_for(done.wait(), SECONDS)
    assert caplog.text == ""


async def test_whoever_speaks_on_for_ever_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http1, "KEEP_ALIVE_SECONDS", 0.1)
    async with called() as client:
        client.say(LAST_GET + GET)
        await client.rest()
        async with asyncio.timeout(SECONDS):
            while not client.writer.transport.is_closing():
                client.say(GET)
                await asyncio.sleep(0.01)


async def test_an_answer_that_is_the_last_says_so_once() -> None:
    async with called(answers(408, [(b"connection", b"close"), (b"x", b"y")])) as client:
        client.say(GET + GET)
        heard = await client.rest()
        assert heard.count(b"HTTP/1.1") == heard.count(b"connection: close\r\n") == 1


async def test_a_request_that_is_given_up_within_ends_its_connection() -> None:
    async def cancelled(scope: Any, receive: Any, send: Any) -> None:
        raise asyncio.CancelledError

    async with called(cancelled) as client:
        client.say(GET)
        assert (await client.rest()).startswith(b"HTTP/1.1 500 ")


async def test_what_is_said_after_an_answer_is_not_sent() -> None:
    async def talkative(scope: Any, receive: Any, send: Any) -> None:
        await echo(scope, receive, send)
        await asyncio.sleep(0)
        await send({"type": "http.response.body", "body": b"and more"})

    async with called(talkative) as client:
        client.say(GET.replace(b"/a", b"/pieces") + LAST_GET)
        heard = await client.rest()
        assert heard.count(b"HTTP/1.1 200") == 2
        assert b"and more" not in heard


async def test_a_connection_ends_after_its_thousandth_answer() -> None:
    async with called() as client:
        client.say(GET * (http1.KEEP_ALIVE_REQUESTS + 2))
        heard = await client.rest()
        assert heard.count(b"HTTP/1.1 200") == http1.KEEP_ALIVE_REQUESTS + 1
        assert heard.count(b"connection: close") == 1


async def test_whoever_has_said_all_is_answered_all_the_same() -> None:
    async with called() as client:
        client.say(GET * 3)
        client.writer.write_eof()
        assert (await client.rest()).count(b"HTTP/1.1 200") == 3


async def test_a_body_that_never_ends_comes_to_nothing() -> None:
    gone = asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        gone.set()

    async with called(app) as client:
        client.say(b"POST /b HTTP/1.1\r\n" + HOST + b"Content-Length: 6\r\n\r\nso")
        client.writer.write_eof()
        assert await client.rest() == b""
        await asyncio.wait_for(gone.wait(), SECONDS)


async def test_a_client_that_does_not_read_is_waited_for() -> None:
    sent = 0

    async def flood(scope: Any, receive: Any, send: Any) -> None:
        nonlocal sent
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(1000):
            await send({"type": "http.response.body", "body": b"x" * 65_536, "more_body": True})
            sent += 1
        await send({"type": "http.response.body", "body": b""})

    async with called(flood) as client:
        client.say(GET + GET)
        await client.hear(b"\r\n\r\n")
        before = -1
        while sent > before:  # until it gets no further
            before = sent
            await asyncio.sleep(0.05)
        assert 0 < sent < 1000
        total = 0
        while total < 1000 * 65_536:
            total += len(await client.reader.read(1 << 20))
        assert sent >= 1000


async def test_a_client_that_writes_is_held_back_while_nobody_reads() -> None:
    go_on = asyncio.Event()

    async def count(scope: Any, receive: Any, send: Any) -> None:
        await go_on.wait()
        size, more = 0, True
        while more:
            message = await receive()
            size, more = size + len(message["body"]), message["more_body"]
        await answers(200, [], b"%d bytes" % size)(scope, receive, send)

    size = 32 << 20
    async with called(count) as client:
        client.say(b"POST /b HTTP/1.1\r\n" + HOST + b"Content-Length: %d\r\n\r\n" % size)
        client.say(b"x" * size)
        before, waiting = 0, client.writer.transport.get_write_buffer_size
        while waiting() != before:  # until it gets rid of no more
            before = waiting()
            await asyncio.sleep(0.05)
        assert before > size // 3
        go_on.set()
        await client.hear(b"%d bytes" % size)


@pytest.mark.parametrize(
    ("app", "heard"),
    [
        (answers(200, [(b"x", b"a\r\nx: b")]), b"HTTP/1.1 500 "),
        (answers(200, [(b"content-length", b"3")], b"soup"), b"HTTP/1.1 500 "),
        (answers(200, [(b"content-length", b"5")], b"soup"), b"soup"),
    ],
    ids=["two lines in one", "too long", "too short"],
)
async def test_an_answer_that_would_mislead_is_not_sent(
    app: Any, heard: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with called(app) as client:
        client.say(GET + GET)
        told = b""
        try:
            while data := await client.reader.read(1000):
                told += data
        except ConnectionResetError:
            pass
        assert told.count(b"HTTP/1.1") == 1
        assert heard in told
    assert "Traceback" in caplog.text


async def test_whoever_asks_nothing_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http1, "KEEP_ALIVE_SECONDS", 0.05)
    async with called() as client:
        assert await client.rest() == b""
    async with called() as client:
        client.say(GET)
        assert (await client.rest()).count(b"HTTP/1.1 200") == 1
