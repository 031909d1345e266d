"""What the house knows of its backups."""

import asyncio
from pathlib import Path

import pytest

from plexichat.app import House
from plexichat.config import Backup, Config
from plexichat.core.backups import kept
from plexichat.core.backups.meter import Meter
from plexichat.core.backups.meter import unheard as unmeasured
from plexichat.core.errors import Conflict, Invalid
from plexichat.safekeeping import Last, unheard
from tests.cast import quick

HOUR_MS = 3_600_000


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return quick(tmp_path / "data", backup=Backup(schedule="every 6h"))


async def test_the_newest_backup_is_known_and_whether_it_is_whole(house: House) -> None:
    assert house.backups.last == Last()
    made = await house.backups.create(None, unheard)
    assert house.backups.last == Last(made.path, made.path.stat().st_size, made.made_at)
    await asyncio.to_thread(kept.verify, made.path, Meter(unmeasured))
    async with house.backups.by_the_clock():  # as when a server starts
        last = house.backups.last
    assert (last.path, last.made_at, last.error) == (made.path, made.made_at, "")
    assert last.verified_at is not None
    assert last.verified_at >= made.made_at


async def test_a_backup_that_is_found_damaged_is_an_error(house: House) -> None:
    made = await house.backups.create(None, unheard)
    with open(made.path, "r+b") as file:
        file.seek(100_000)
        file.write(b"rust")
    with pytest.raises(Invalid):
        await asyncio.to_thread(kept.verify, made.path, Meter(unmeasured))
    async with house.backups.by_the_clock():
        last = house.backups.last
    assert last.verified_at is None
    assert "is damaged" in last.error


async def test_the_next_one_is_due_after_the_last(house: House) -> None:
    made = await house.backups.create(None, unheard)
    async with house.backups.by_the_clock():
        while house.backups.next_at is None:
            await asyncio.sleep(0)
    assert house.backups.next_at == made.made_at + 6 * HOUR_MS


async def test_a_backup_elsewhere_is_not_one_of_ours(house: House, tmp_path: Path) -> None:
    await house.backups.create(tmp_path / "usb.tar", unheard)
    assert house.backups.last == Last()


async def test_there_is_one_at_a_time_and_whoever_is_cancelled_leaves_nothing(
    house: House, tmp_path: Path
) -> None:
    first = asyncio.create_task(house.backups.create(tmp_path / "one.tar", unheard))
    making = house.directory / "backups" / ".making"
    while not making.exists():
        await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert list(making.iterdir()) == []
    await house.backups.create(tmp_path / "two.tar", unheard)
    with pytest.raises(Conflict):
        await house.backups.create(tmp_path / "two.tar", unheard)
    assert {path.name for path in tmp_path.iterdir()} == {"data", "two.tar"}
