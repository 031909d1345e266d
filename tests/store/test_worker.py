"""The threads: borrowed from aiosqlite, and all of them ended at the end."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import aiosqlite
import pytest

from plexichat.store.db import Database
from plexichat.store.errors import StoreError
from plexichat.store.worker import Worker
from tests.store.notes import Heard, Refused, authors, begin, write


def ended(threads: set[threading.Thread]) -> set[threading.Thread]:
    """Those that have ended, or do so in a moment."""
    for thread in threads - {threading.main_thread()}:
        thread.join(1)
    return {thread for thread in threads if not thread.is_alive()}


async def test_a_closed_database_refuses(db: Database, data: Path) -> None:
    before = set(threading.enumerate())
    await asyncio.gather(db.close(), db.close())
    for call in (db.write(write, "ann"), db.read(authors), db.vacuum_into(data / "copy.db")):
        with pytest.raises(StoreError, match="closed"):
            await call
    assert len(before & ended(before)) == 3
    assert not list(data.glob("plexichat.db-*")), "the log is emptied and gone"


def test_a_loop_that_ends_without_closing_ends_the_threads(data: Path, heard: Heard) -> None:
    async def forget() -> None:
        db = await Database.open(data, heard)
        await db.write(begin)

    before = set(threading.enumerate())
    asyncio.run(forget())
    started = set(threading.enumerate()) - before
    assert ended(started) == started


async def test_another_aiosqlite_is_refused_in_a_sentence(
    data: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def here(connection: object, fn: Callable[[], object]) -> object:
        return fn()

    before = set(threading.enumerate())
    monkeypatch.setattr(aiosqlite.Connection, "_execute", here)
    with pytest.raises(StoreError, match=r"aiosqlite .* on the caller's thread"):
        await Database.open(data, heard)
    monkeypatch.delattr(aiosqlite.Connection, "_execute")
    with pytest.raises(StoreError, match=r"aiosqlite .* no attribute '_execute'"):
        await Database.open(data, heard)
    started = set(threading.enumerate()) - before
    assert ended(started) == started


async def test_a_thread_that_ends_by_a_fault_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise Refused("no more")

    worker = Worker(tmp_path / "plexichat.db", readonly=False)
    await worker.start()
    worker.serve(fail, lambda: None)
    with pytest.raises(Refused):
        await worker.finish()
    await worker.close()
    assert "nobody serves its calls" in caplog.text
