"""The room that is left on the disk: what is refused when it is low, and what is set aside."""

import logging
from pathlib import Path

import pytest

from plexichat.store.db import Database, Tx
from plexichat.store.errors import Full
from plexichat.store.room import HELD, NAME, Room
from tests.store.notes import Heard, begin, write

MB = 1 << 20


def claim(tx: Tx, author: str) -> int:
    tx.claim()
    return write(tx, author)


def test_an_eighth_of_the_reserve_is_set_aside_and_found_again(tmp_path: Path) -> None:
    room = Room(tmp_path, 8 * MB)
    assert not room.look()
    assert (tmp_path / NAME).stat().st_blocks * 512 == MB == 8 * MB // HELD
    free = room.free()
    again = Room(tmp_path, 8 * MB)
    again.look()
    assert again.free() == pytest.approx(free, abs=MB // 2)


def test_without_a_reserve_nothing_is_set_aside_nor_refused(tmp_path: Path) -> None:
    Room(tmp_path, 8 * MB).look()
    room = Room(tmp_path, 0)
    assert not room.look()
    room.claim(1 << 60)
    assert not (tmp_path / NAME).exists()


def test_a_file_that_would_reach_into_the_reserve_is_refused(tmp_path: Path) -> None:
    room = Room(tmp_path, 8 * MB)
    room.claim()
    with pytest.raises(Full):
        room.claim(room.free())


async def test_below_the_reserve_nothing_is_added_and_the_rest_goes_on(
    data: Path, heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "plexichat")
    db = await Database.open(data, heard)
    await db.write(begin)
    await db.write(claim, "ann")
    db.room.reserve = db.room.free() * 2
    for _ in range(2):
        with pytest.raises(Full):
            await db.write(claim, "bob")
    await db.write(write, "cem")
    db.room.reserve = 1
    await db.write(claim, "dee")
    await db.close()
    assert heard.authors() == ["ann", "cem", "dee"]
    told = [record.levelname for record in caplog.records if "disk" in record.message]
    assert told == ["ERROR", "INFO"]
