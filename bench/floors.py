"""What this machine charges for the least that each scenario cannot do without."""

import asyncio
import queue
import sqlite3
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import bcrypt

from bench import measure
from bench.client import PATIENCE_SECONDS, Connection, request
from bench.process import started
from bench.sockets import Tally, connect

CALLERS = 16
INSERTS = 20_000
SOCKETS = 1_000
BCRYPT_COST = 12
SCHEMA = """
    CREATE TABLE message (
        id INTEGER PRIMARY KEY, channel_id INTEGER NOT NULL, author_id INTEGER NOT NULL,
        created_at INTEGER NOT NULL, content TEXT NOT NULL
    ) STRICT;
    CREATE INDEX message_channel ON message (channel_id, id);
"""
INSERT = "INSERT INTO message VALUES (?, ?, ?, ?, ?)"


class Floors:
    """Measures each floor once, when the first scenario asks for it."""

    def __init__(self, rounds: int, seconds: float) -> None:
        self.figures: dict[str, float] = {}
        self._rounds = rounds
        self._seconds = seconds

    async def answer(self, size: int) -> float:
        """CPU in µs of a bare ASGI app on Hypercorn that answers `size` bytes, in whole KB."""
        kb = -(-size // 1024)
        return await self._once(f"asgi_{kb}_kb_us", lambda: self._answer(kb * 1024))

    async def insert(self) -> float:
        """CPU in µs of one durable INSERT, its commit shared by all callers waiting."""
        return await self._once("insert_us", lambda: asyncio.to_thread(group_commit))

    async def write(self, listeners: int, size: int) -> float:
        """CPU in µs of `size` ready bytes written to one of many transports."""
        name = f"write_{size}_bytes_to_{listeners}_us"
        return await self._once(name, lambda: self._write(listeners, size))

    async def hash(self) -> float:
        """CPU in µs of one bcrypt hash."""
        return await self._once("bcrypt_us", lambda: asyncio.to_thread(one_hash))

    async def socket(self) -> float:
        """Resident KB of a WebSocket that a bare ASGI app on Hypercorn has accepted."""
        return await self._once("socket_kb", self._socket)

    async def _once(self, name: str, find: Callable[[], Awaitable[float]]) -> float:
        if name not in self.figures:
            self.figures[name] = await find()
        return self.figures[name]

    async def _answer(self, size: int) -> float:
        ready = request("GET", f"/{size}")
        with tempfile.TemporaryDirectory() as folder:
            async with started("bench.bare", ["http"], Path(folder)) as child:
                lines = [Connection(child.address) for _ in range(CALLERS)]
                asking = [partial(line.expect, ready) for line in lines]
                found = await measure.figures(child, asking, self._rounds, self._seconds)
                for line in lines:
                    line.close()
        return found.cpu_us

    async def _write(self, listeners: int, size: int) -> float:
        with tempfile.TemporaryDirectory() as folder:
            async with started("bench.bare", ["echo"], Path(folder)) as child:
                crowd = Hearing(size)
                await crowd.gather(child.address, listeners)
                found = await measure.figures(child, [crowd.say], self._rounds, self._seconds)
                crowd.close()
        return found.cpu_us / listeners

    async def _socket(self) -> float:
        with tempfile.TemporaryDirectory() as folder:
            async with started("bench.bare", ["http"], Path(folder)) as child:
                tally = Tally(b"")
                first = await connect(child.address, ["", ""], tally)
                before = child.rss_kb()
                rest = await connect(child.address, [""] * SOCKETS, tally)
                each = (child.rss_kb() - before) / SOCKETS
                for socket in first + rest:
                    socket.close()
        return each


class Hearing:
    """Listeners of the bare echo; a turn is over when each of them has every byte of it."""

    def __init__(self, size: int) -> None:
        self._ready = b"x" * size
        self._ears: list[asyncio.Transport] = []
        self._missing = 0
        self._over: asyncio.Future[None] | None = None

    async def gather(self, address: tuple[str, int], listeners: int) -> None:
        """Connect them all; the echo greets each with a byte once it has accepted it."""
        over = self._expect(listeners)
        loop = asyncio.get_running_loop()
        for _ in range(listeners):
            transport, _ = await loop.create_connection(partial(Ear, self), *address)
            self._ears.append(transport)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await over

    async def say(self) -> None:
        over = self._expect(len(self._ready) * len(self._ears))
        self._ears[0].write(self._ready)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await over

    def hear(self, size: int) -> None:
        self._missing -= size
        if self._missing == 0 and self._over is not None:
            self._over.set_result(None)

    def close(self) -> None:
        for ear in self._ears:
            ear.close()

    def _expect(self, size: int) -> asyncio.Future[None]:
        self._missing = size
        self._over = asyncio.get_running_loop().create_future()
        return self._over


class Ear(asyncio.Protocol):
    def __init__(self, hearing: Hearing) -> None:
        self._hearing = hearing

    def data_received(self, data: bytes) -> None:
        self._hearing.hear(len(data))


def one_hash() -> float:
    started = time.thread_time()
    bcrypt.hashpw(b"a password to hash", bcrypt.gensalt(BCRYPT_COST))
    return (time.thread_time() - started) * 1e6


def group_commit() -> float:
    """CPU in µs of one INSERT, asked for by CALLERS tasks and committed by one thread.

    It runs beside nothing else: the figure is of this whole process, queue and loop included.
    """
    with tempfile.TemporaryDirectory() as folder:
        before = time.process_time()
        asyncio.run(insert_all(Path(folder) / "floor.db"))
        return (time.process_time() - before) / INSERTS * 1e6


async def insert_all(path: Path) -> None:
    waiting: queue.SimpleQueue[asyncio.Future[None] | None] = queue.SimpleQueue()
    loop = asyncio.get_running_loop()
    writer = threading.Thread(target=commit_batches, args=(path, waiting, loop))
    writer.start()

    async def caller() -> None:
        for _ in range(INSERTS // CALLERS):
            durable = loop.create_future()
            waiting.put(durable)
            await durable

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(CALLERS):
                group.create_task(caller())
    finally:
        waiting.put(None)
        await asyncio.to_thread(writer.join)


def commit_batches(
    path: Path,
    waiting: "queue.SimpleQueue[asyncio.Future[None] | None]",
    loop: asyncio.AbstractEventLoop,
) -> None:
    """Serve whoever waits with one transaction, until somebody puts None."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.executescript(SCHEMA)
    number = 0
    while first := waiting.get():
        batch = [first]
        while not waiting.empty() and (more := waiting.get()):
            batch.append(more)
        connection.execute("BEGIN IMMEDIATE")
        for _ in batch:
            number += 1
            connection.execute(
                "INSERT INTO message VALUES (?, ?, ?, ?, ?)",
                (number, 7, 8, number, "soup at seven"),
            )
        connection.execute("COMMIT")
        loop.call_soon_threadsafe(settle, batch)
    connection.close()


def settle(batch: list[asyncio.Future[None]]) -> None:
    for durable in batch:
        durable.set_result(None)
