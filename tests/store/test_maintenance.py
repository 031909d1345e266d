"""Looking after the database as a whole, beside those who use it."""

import asyncio
from pathlib import Path

import pytest

from plexichat.store import maintenance, media
from plexichat.store.db import Database, Tx
from plexichat.store.driver import Connection
from plexichat.store.errors import StoreError
from plexichat.store.uploads import NAMED
from tests.store.notes import Heard, authors, held, write


def in_a_transaction(connection: Connection) -> bool:
    return connection.in_transaction


def fail(connection: Connection) -> None:
    raise StoreError("no")


def forget(tx: Tx) -> None:
    tx.execute("DELETE FROM note")


def spoil(tx: Tx) -> None:
    """Let the search index say what it never was told."""
    tx.execute("UPDATE message_words_data SET block = x'00ff00ff' WHERE id > 10")


def index(tx: Tx) -> None:
    tx.execute("INSERT INTO message_words (rowid, words) VALUES (-1, 'soup'), (-2, 'leek')")


async def test_what_runs_alone_has_its_turn_and_no_transaction(db: Database, heard: Heard) -> None:
    async with held(db):
        calls = [
            asyncio.create_task(call)
            for call in (
                db.write(write, "ann"), db.alone(in_a_transaction), db.write(write, "bob"),
                db.alone(fail), db.write(write, "cem"),
            )
        ]  # fmt: skip
        await asyncio.sleep(0)
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert results[1] is False
    assert isinstance(results[3], StoreError)
    assert await db.read(authors) == heard.authors() == ["ann", "bob", "cem"]


async def test_a_database_closes_with_somebody_alone_in_line(data: Path, heard: Heard) -> None:
    db = await Database.open(data, heard)
    async with held(db):
        alone = asyncio.create_task(db.alone(in_a_transaction))
        await asyncio.sleep(0)
        closing = asyncio.create_task(db.close())
        await asyncio.sleep(0)
    assert await alone is False
    await closing


async def test_a_vacuum_gives_back_what_is_free(db: Database, data: Path) -> None:
    await db.write(write, "ann", bytes(1_000_000))
    await db.write(forget)
    before = await db.read(maintenance.pages)
    assert before.free > 900_000
    await db.alone(maintenance.vacuum)
    after = await db.read(maintenance.pages)
    assert (after.free, after.bytes < before.bytes - 900_000) == (0, True)
    assert db.sizes() == (after.bytes, 0)


async def test_a_damaged_search_index_is_found(db: Database) -> None:
    await db.write(index)
    assert await db.write(maintenance.search_faults) == []
    assert not await db.write(maintenance.merge)
    await db.write(spoil)
    (fault,) = await db.write(maintenance.search_faults)
    assert fault.startswith("the search index is damaged")


@pytest.mark.parametrize("place", NAMED)
def test_every_place_that_names_a_file_is_counted(place: str) -> None:
    _, column, _, table, *_ = place.split()
    assert f"SELECT {column}" in media.OWNERS.replace("f.", "").replace("t.", "")
    assert f"FROM {table}" in media.OWNERS
