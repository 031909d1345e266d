"""The files of a house: when they go, and when they must not."""

import asyncio
import logging
import os
import tarfile
import time
from pathlib import Path

import pytest

from plexichat.admin.backups import CreateBackup
from plexichat.app import House
from plexichat.config import Config
from plexichat.core import uploads
from plexichat.store.db import Tx
from tests.api.test_thumbnails import developed
from tests.api.test_upload_sessions import begin, send
from tests.cast import Person
from tests.giving import attach, bare, give, link, stored
from tests.pictures import picture
from tests.town import found

DAY = 86_400


def age(house: House, seconds: float) -> None:
    """Let every file be older."""
    then = time.time() - seconds
    for path in (house.directory / "uploads").rglob("*.*"):
        os.utime(path, (then, then))


def age_uploads(tx: Tx, seconds: int) -> None:
    tx.execute("UPDATE upload SET created_at = created_at - ?", (seconds * 1000,))


def forget_uploads(tx: Tx) -> None:
    tx.execute("DELETE FROM upload")


async def test_a_day_removes_what_nobody_sent_and_what_nothing_names(
    ann: Person, bob: Person, house: House
) -> None:
    dm = await ann.dm(bob)
    unsent, sent = await attach(ann, dm, b"unsent"), await attach(ann, dm, b"sent")
    await ann.say(dm, "look", attachments=[sent])
    await give(ann, "/users/@me/avatar", picture("PNG"), "me.png")
    nameless = house.shelf.files.keep(house.shelf.files.begin(), ".bin")
    kept = [name for name in stored(house) if nameless not in name]
    await house.shelf.tidy(house.db)
    assert len(stored(house)) == 4

    await house.db.write(age_uploads, DAY + 1)
    age(house, DAY + 1)
    await house.shelf.tidy(house.db)
    assert len(stored(house)) == 4, "once a day is enough"

    again = type(house.shelf)(house.directory / "uploads", house.db.room)
    await again.tidy(house.db)
    await house.shelf.settled()
    assert stored(house) == [name for name in kept if bare(unsent)[-36:] not in name]
    assert len(stored(house)) == 2
    assert (await bob.get(link(sent))).content == b"sent"
    assert (await ann.get(bare(unsent))).status_code == 404
    await again.close()


async def test_an_upload_waits_a_day_for_its_message(
    ann: Person, bob: Person, house: House
) -> None:
    dm = await ann.dm(bob)
    given = await attach(ann, dm, b"later")
    await house.db.write(age_uploads, DAY - 60)
    assert await house.db.write(uploads.forget_unsent) == 0
    assert (await ann.say(dm, "now", attachments=[given]))["attachments"] == [given]
    await house.db.write(age_uploads, DAY)
    assert await house.db.write(uploads.forget_unsent) == 0


async def test_young_files_without_a_row_may_just_have_arrived(
    ann: Person, bob: Person, house: House
) -> None:
    await attach(ann, await ann.dm(bob), b"in a moment")
    await house.db.write(forget_uploads)
    age(house, DAY - 60)
    await house.shelf.tidy(house.db)
    assert len(stored(house)) == 1


async def test_no_file_goes_while_a_backup_reads(
    ann: Person, bob: Person, house: House, tmp_path: Path
) -> None:
    dm = await ann.dm(bob)
    said = await ann.say(dm, "look", attachments=[await attach(ann, dm, b"soup")])
    (file,) = stored(house)
    async with house.shelf.keeping:
        backing_up = asyncio.create_task(
            CreateBackup(str(tmp_path / "backup.tar")).perform(house, lambda *_: None)
        )
        await ann.delete(f"/channels/{dm}/messages/{said['id']}")
        assert stored(house) == [file]
    await backing_up
    await house.shelf.settled()
    assert stored(house) == []


async def test_a_backup_holds_files_and_not_what_is_still_arriving(
    ann: Person, bob: Person, house: House, tmp_path: Path
) -> None:
    await attach(ann, await ann.dm(bob), b"soup")
    (file,) = stored(house)
    arriving = house.shelf.files.begin()
    target = tmp_path / "backup.tar"
    made = await CreateBackup(str(target)).perform(house, lambda *_: None)
    arriving.discard()
    assert made.uploads == 1
    with tarfile.open(target) as backup:
        assert [name for name in backup.getnames() if name.startswith("uploads")] == [
            f"uploads/{file}"
        ]


async def test_what_cannot_be_removed_is_said_and_harms_nobody(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    name = house.shelf.files.keep(house.shelf.files.begin(), "")
    path = house.shelf.files.path(name)
    path.unlink()
    path.mkdir()
    with caplog.at_level(logging.WARNING):
        house.shelf.forget((name,))
        await house.shelf.settled()
    assert "could not be removed" in caplog.text


async def test_no_tidying_takes_what_anything_shows(
    ann: Person, bob: Person, house: House
) -> None:
    town = await found(ann)
    for path in ("/users/@me/avatar", f"{town.path}/icon"):
        await give(ann, path, picture("PNG"), "me.png")
    image = {"image": ("soup.png", picture("PNG"), "image/png")}
    await ann.ask("POST", f"{town.path}/emojis", data={"name": "soup"}, files=image)
    dm = await ann.dm(bob)
    street = await attach(ann, dm, picture("PNG", 300, 300), "street.png")
    await developed(house)
    await ann.say(dm, "look", attachments=[street])
    session = await begin(ann, b"12")
    await send(ann, session, 0, b"12")
    kept = stored(house)
    assert len(kept) == 3 + 4 + 1
    nameless = house.shelf.files.keep(house.shelf.files.begin(), ".bin")
    age(house, DAY + 1)
    await house.shelf.tidy(house.db)
    assert stored(house) == kept, f"without {nameless}"


async def test_a_restart_throws_out_what_was_still_arriving(config: Config) -> None:
    house = await House.open(config)
    arriving = house.shelf.files.begin()
    await house.close()
    again = await House.open(config)
    assert stored(again) == []
    arriving.discard()
    await again.close()


async def test_whoever_is_cancelled_leaves_no_file_behind(house: House) -> None:
    async def bring() -> None:
        async with house.shelf.incoming() as file:
            await house.shelf.run(file.write, [bytes(1 << 20)])

    for turns in range(4):
        bringing = asyncio.create_task(bring())
        for _ in range(turns + 1):
            await asyncio.sleep(0)
        bringing.cancel()
        await asyncio.wait([bringing])
        assert bringing.cancelled()
        assert not list((house.directory / "uploads" / ".incoming").glob("*"))
