"""The log is copied back into the database often enough, and never in anybody's way."""

import asyncio
import contextlib
import time
from pathlib import Path

from plexichat.store import driver
from plexichat.store.checkpoint import LIMIT_BYTES, WORTHWHILE_BYTES, Checkpoints, Gate
from plexichat.store.db import Database, Snapshot
from tests.store.notes import authors, write

NOTE = bytes(100_000)


def log_length(data: Path) -> int:
    return (data / "plexichat.db-wal").stat().st_size


def read_slowly(snap: Snapshot) -> int:
    """A read long enough to overlap the next one on the other reader."""
    found = authors(snap)
    time.sleep(0.005)
    return len(found)


async def test_the_log_stays_bounded_while_reads_never_pause(db: Database, data: Path) -> None:
    reading = True

    async def read_on() -> int:
        reads = 0
        while reading:
            await db.read(read_slowly)
            reads += 1
        return reads

    readers = [asyncio.create_task(read_on()) for _ in range(6)]
    written = longest = 0
    while written < 4 * LIMIT_BYTES:
        await asyncio.gather(*(db.write(write, "ann", NOTE) for _ in range(8)))
        written += 8 * len(NOTE)
        longest = max(longest, log_length(data))
    reading = False
    assert min(await asyncio.gather(*readers)) > 0
    assert longest < LIMIT_BYTES + WORTHWHILE_BYTES + 2 * 8 * len(NOTE)
    assert await db.read(authors) == ["ann"] * (written // len(NOTE))


async def test_the_log_is_copied_back_when_nobody_waits(db: Database, data: Path) -> None:
    written = longest = 0
    while written < 10 * WORTHWHILE_BYTES:
        await db.write(write, "ann", NOTE)
        written += len(NOTE)
        longest = max(longest, log_length(data))
    assert longest < 2 * WORTHWHILE_BYTES
    assert (data / "plexichat.db").stat().st_size > written - 2 * WORTHWHILE_BYTES


async def test_small_writes_leave_the_database_file_alone(db: Database, data: Path) -> None:
    """So that a write costs one sync, that of the log, and no more."""
    before = (data / "plexichat.db").stat()
    for _ in range(100):
        await db.write(write, "ann")
    assert (data / "plexichat.db").stat() == before


def test_the_log_waits_while_a_backup_reads(tmp_path: Path) -> None:
    database = tmp_path / "plexichat.db"
    gate = Gate(readers=0)
    with contextlib.closing(driver.connect(database, readonly=False)) as connection:
        checkpoints = Checkpoints(connection, database, gate)
        connection.execute("CREATE TABLE note (text BLOB) STRICT")
        connection.execute("INSERT INTO note VALUES (?)", (bytes(2 * WORTHWHILE_BYTES),))
        with gate.backup:
            checkpoints.consider(idle=True)
            assert database.stat().st_size < WORTHWHILE_BYTES
        checkpoints.consider(idle=False)
        assert database.stat().st_size < WORTHWHILE_BYTES
        checkpoints.consider(idle=True)
        assert database.stat().st_size > WORTHWHILE_BYTES
