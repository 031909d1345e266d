"""Making a backup while everything goes on: the database is copied first, then what it names.

What was still being uploaded stays out, rows and all. An upload that is not on the disk any more,
or not what it was, does not keep the rest from being saved: the backup lists it as lost.
"""

import asyncio
import contextlib
import datetime as dt
import fcntl
import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from plexichat.core import versions
from plexichat.core.backups.archive import (
    DATABASE,
    FORMAT,
    HEAD,
    LOST,
    PROGRAM,
    Head,
    Writer,
    place,
)
from plexichat.core.backups.meter import TELL_SECONDS, Meter, Tell
from plexichat.core.errors import Conflict, Refusal
from plexichat.store import copies
from plexichat.store.copies import Copy
from plexichat.store.db import BACKUPS, Database
from plexichat.store.files import private, sync_folder

SPARE_BYTES: Final = 16 << 20  # what is left free beside a backup, at least

T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that lies safe on the disk; so many uploads are in it, and so many were lost."""

    path: Path
    bytes: int
    made_at: int
    uploads: int
    lost: int


async def create(db: Database, data: Path, path: Path, tell: Tell, aside: Executor) -> Backup:
    """Make a backup while everything goes on; `path` is a new file, or a folder for one.

    `tell` hears, on the event loop, what is being done, how many bytes of it are, and of how many.
    The slow work is done in a thread of `aside`. Whoever calls keeps all files where they are.
    """
    try:
        target, made_at = destination(path), time.time_ns() // 1_000_000
        with workshop(data) as bench:
            await copy_database(db, data, bench / DATABASE, tell)
            spare = max(SPARE_BYTES, db.room.reserve if on_one_disk(data, target.parent) else 0)
            packing = partial(write, bench, data, target, made_at, spare)
            return await apart(aside, "writing the backup", tell, packing)
    except OSError as error:
        where = error.filename or path
        raise Refusal("no_backup", f"no backup was made: {where}: {error.strerror}") from error


def fresh_name() -> str:
    """What a backup is called that nobody names."""
    return f"plexichat-{dt.datetime.now(dt.UTC):%Y%m%d-%H%M%S}.tar"


def destination(path: Path) -> Path:
    """The file that the backup becomes; one that is there already is never written over."""
    if path.is_dir():
        path /= fresh_name()
    if path.exists():
        raise Conflict("backup_exists", f"{path} exists already")
    return path


@contextlib.contextmanager
def workshop(data: Path) -> Iterator[Path]:
    """A folder for one backup at a time; what a killed one left there is thrown out."""
    bench = data / BACKUPS / ".making"
    bench.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = os.open(bench, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict("backup_running", "another backup is being made") from None
        try:
            sweep(bench)
            yield bench
        finally:
            sweep(bench)
    finally:
        os.close(folder)


def sweep(bench: Path) -> None:
    for left in bench.iterdir():
        left.unlink()


async def copy_database(db: Database, data: Path, copy: Path, tell: Tell) -> None:
    total = (data / DATABASE).stat().st_size
    refuse_without_room(copy.parent, total, max(SPARE_BYTES, db.room.reserve))
    copying = asyncio.create_task(db.vacuum_into(copy))
    try:
        while not (await asyncio.wait((copying,), timeout=TELL_SECONDS))[0]:
            tell("copying the database", copy.stat().st_size if copy.exists() else 0, total)
    finally:
        copying.cancel()
        await asyncio.wait((copying,))
    copying.result()


async def apart(aside: Executor, what: str, tell: Tell, work: Callable[[Meter], T]) -> T:
    """Do `work` in a thread of `aside`; it stops at its next chunk when this call is cancelled."""
    loop = asyncio.get_running_loop()
    meter = Meter(lambda *at: loop.call_soon_threadsafe(tell, what, *at))
    working = loop.run_in_executor(aside, work, meter)
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        meter.stop()
        await asyncio.gather(working, return_exceptions=True)
        raise


def write(bench: Path, data: Path, target: Path, made_at: int, spare: int, meter: Meter) -> Backup:
    """The whole file under a temporary name, safe on the disk, then its name."""
    with copies.opened(bench / DATABASE, meter.stopped) as copy:
        copy.forget_unfinished()
    part = target.with_name(f".{target.name}.part")
    throw_out_parts(target.parent)
    try:
        with (
            copies.opened(bench / DATABASE, meter.stopped) as copy,
            open(part, "wb", opener=private) as file,
            contextlib.closing(Writer(file, bench, meter)) as archive,
        ):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            head = survey(copy, bench / DATABASE, data, made_at)
            meter.total = head.bytes
            refuse_without_room(target.parent, head.bytes, spare)
            lost = fill(archive, head, copy, bench, data)
            archive.finish()
        size = part.stat().st_size
        part.rename(target)
        sync_folder(target.parent)
    finally:
        part.unlink(missing_ok=True)
    return Backup(target, size, head.made_at, head.uploads, lost)


def throw_out_parts(folder: Path) -> None:
    """Remove what a backup that was killed left here; whoever still writes has it locked."""
    for part in folder.glob(".plexichat-*.tar.part"):
        with contextlib.suppress(BlockingIOError), open(part, "rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            part.unlink()


def fill(archive: Writer, head: Head, copy: Copy, bench: Path, data: Path) -> int:
    """Add everything but the manifest; return how many uploads were lost."""
    (bench / HEAD).write_bytes(msgspec.json.format(msgspec.json.encode(head)) + b"\n")
    archive.add(HEAD, bench / HEAD)
    archive.add(DATABASE, bench / DATABASE)
    lost = 0
    with open(bench / LOST, "x", encoding="utf-8") as list_of_lost:
        for name in copy.files():
            path, member = data / place(name), place(name)
            fault = "missing"
            if there(path):
                sha256, facts = archive.add(member, path), copy.facts(name)
                fault = "altered" if facts and facts.sha256 != sha256 else ""
            if fault:
                log.warning("an upload is %s: %s", fault, path)
                list_of_lost.write(f"{fault} {name}\n")
                lost += 1
    archive.add(LOST, bench / LOST)
    return lost


def survey(copy: Copy, database: Path, data: Path, made_at: int) -> Head:
    """What the backup will be, found before the first byte of it is written."""
    number, size = 0, database.stat().st_size
    for name in copy.files():
        path = data / place(name)
        if there(path):
            number += 1
            size += path.stat().st_size
    return Head(PROGRAM, FORMAT, str(versions.SERVER), copy.version, made_at, number, size)


def there(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def on_one_disk(one: Path, other: Path) -> bool:
    return one.stat().st_dev == other.stat().st_dev


def refuse_without_room(folder: Path, size: int, spare: int = SPARE_BYTES) -> None:
    free = shutil.disk_usage(folder).free
    if free < size + spare:
        raise Refusal("disk_full", f"{folder} has {free} bytes free, and {size + spare} are needed")
