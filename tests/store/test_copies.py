"""Copies of the living database."""

import asyncio
from pathlib import Path

import pytest

from plexichat.store.db import Database
from tests.store.notes import Heard, authors, write


async def test_a_copy_is_made_while_writing_goes_on(
    db: Database, data: Path, tmp_path: Path, heard: Heard
) -> None:
    for _ in range(200):
        await db.write(write, "ann", bytes(10_000))
    (tmp_path / "copy").mkdir()
    copying = asyncio.create_task(db.vacuum_into(tmp_path / "copy" / "plexichat.db"))
    meanwhile = 0
    while not copying.done():
        await db.write(write, "bob")
        meanwhile += 1
    await copying
    assert meanwhile > 0
    copy = await Database.open(tmp_path / "copy", heard)
    found = await copy.read(authors)
    integrity = await copy.read(lambda snap: snap.execute("PRAGMA integrity_check").fetchall())
    await copy.close()
    assert found[:200] == ["ann"] * 200
    assert integrity == [("ok",)]


async def test_a_copy_never_overwrites(db: Database, tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine")
    with pytest.raises(FileExistsError):
        await db.vacuum_into(tmp_path / "precious")
    assert (tmp_path / "precious").read_text() == "mine"


async def test_a_copy_that_is_cancelled_leaves_no_file(db: Database, tmp_path: Path) -> None:
    await db.write(write, "ann", bytes(50_000_000))
    copying = asyncio.create_task(db.vacuum_into(tmp_path / "copy.db"))
    copy = tmp_path / "copy.db"
    while not (copy.exists() and copy.stat().st_size):
        await asyncio.sleep(0.001)
    copying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await copying
    assert not (tmp_path / "copy.db").exists()
    assert await db.read(authors) == ["ann"]
