"""A bench that counts wrong is worse than none: its own clients and sums."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager

import pytest

from bench.client import Connection, Unexpected, request
from bench.measure import Round, percentile, summary
from bench.run import judged
from bench.sockets import Tally, connect

Address = tuple[str, int]
Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
UPGRADE = b"HTTP/1.1 101 Switching Protocols\r\n\r\n"
READY = b'{"t":"READY"}'
TOLD = b'{"t":"MESSAGE_CREATE"}'


@asynccontextmanager
async def answering(answer: Answer) -> AsyncIterator[Address]:
    """A server that calls `answer` for each header that comes in, until the client is gone."""
    visits: list[asyncio.Task[None]] = []

    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while not writer.is_closing():
                await reader.readuntil(b"\r\n\r\n")
                await answer(reader, writer)
        except asyncio.IncompleteReadError:
            writer.close()
        await writer.wait_closed()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visits.append(asyncio.create_task(visit(reader, writer)))

    async with await asyncio.start_server(connected, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()
        await asyncio.gather(*visits)


async def say(writer: asyncio.StreamWriter, pieces: Iterable[bytes]) -> None:
    for piece in pieces:
        writer.write(piece)
        await asyncio.sleep(0)  # a write of its own


def frame(payload: bytes, opcode: int = 1) -> bytes:
    size = len(payload)
    length = bytes([size]) if size < 126 else b"\x7e" + size.to_bytes(2, "big")
    return bytes([0x80 | opcode]) + length + payload


async def test_an_answer_in_pieces_is_read_whole() -> None:
    pieces = (b"HTTP/1.1 200 OK\r\nContent-", b"Length: 6\r\n", b"\r\nso", b"up", b"\r\n")
    async with answering(lambda _, writer: say(writer, pieces)) as address:
        line = Connection(address)
        for _ in range(2):
            assert await line.expect(request("GET", "/")) == b"soup\r\n"
        line.close()


async def test_a_closed_connection_is_opened_again_for_the_next_request() -> None:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    async with answering(answer) as address:
        line = Connection(address)
        for _ in range(3):
            assert await line.expect(request("GET", "/")) == b""


async def test_another_status_than_expected_is_told_with_its_body() -> None:
    refusal = (b"HTTP/1.1 429 Slow\r\nContent-Length: 4\r\n\r\nwait",)
    async with answering(lambda _, writer: say(writer, refusal)) as address:
        line = Connection(address)
        with pytest.raises(Unexpected, match="429 instead of 200: wait"):
            await line.expect(request("GET", "/"))
        line.close()


@pytest.mark.parametrize("size", [1, 7, 1000])
async def test_every_delivery_is_counted_however_the_frames_are_cut(size: int) -> None:
    stream = frame(TOLD) * 2 + frame(b"", 9) + frame(b"other") + frame(TOLD + b" " * 200)
    expected = asyncio.Event()

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(UPGRADE + frame(READY))
        await expected.wait()
        await say(writer, (stream[at : at + size] for at in range(0, len(stream), size)))

    async with answering(answer) as address:
        tally = Tally(TOLD)
        (socket,) = await connect(address, ["token"], tally)
        tally.expect(3)
        expected.set()
        await tally.heard_by_all()
        socket.close()


async def test_a_socket_that_the_server_closes_fails_the_round_and_the_next() -> None:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(UPGRADE + frame((4008).to_bytes(2, "big") + b"too slow", 8))

    async with answering(answer) as address:
        tally = Tally(TOLD)
        for _ in range(2):
            with pytest.raises(Unexpected, match="4008 too slow"):
                await connect(address, ["token"], tally)


def test_a_percentile_is_a_value_that_was_measured() -> None:
    times = [float(number) for number in range(1, 101)]
    assert [percentile(times, percent) for percent in (1, 50, 99, 100)] == [1, 50, 99, 100]
    assert percentile([3.0], 50) == percentile([3.0], 99) == 3


def test_one_odd_round_does_not_move_the_figures() -> None:
    usual = Round(operations=10, seconds=2, cpu_seconds=0.01, latencies=[0.004] * 10)
    odd = Round(operations=1, seconds=9, cpu_seconds=5, latencies=[9.0])
    found = summary([usual, odd, usual])
    assert found.per_second == 5
    assert found.cpu_us == pytest.approx(1000)
    assert found.p50_ms == found.p99_ms == pytest.approx(4)


@pytest.mark.parametrize(("kept", "holds"), [(0.49, False), (0.5, True)])
def test_a_line_says_whether_its_target_holds(kept: float, holds: bool) -> None:
    line = judged("me_during_login", {"times_floor": kept})
    assert line == {
        "scenario": "me_during_login",
        "times_floor": kept,
        "at_least": {"times_floor": 0.5},
        "holds": holds,
    }
