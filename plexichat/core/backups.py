"""Backups: the database and the uploads as they are at one moment, in one file.

The file is a plain tar: pictures do not shrink, and the processor belongs to the people chatting.
Its last member is `manifest.sha256`, which `sha256sum --check` understands; without it the file is
not whole. First the database is copied, then whatever it may name. Memory does not grow with size.
"""

import asyncio
import contextlib
import datetime as dt
import errno
import fcntl
import hashlib
import os
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from plexichat.core.errors import Conflict, Refusal
from plexichat.store.db import BACKUPS, Database
from plexichat.store.db import NAME as DATABASE
from plexichat.store.files import INCOMING, private, sync_folder

UPLOADS = "uploads"
MANIFEST = "manifest.sha256"
CHUNK_BYTES = 1 << 20
SYNC_BYTES = 16 << 20
TELL_SECONDS = 0.25

Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that lies safe on the disk."""

    path: Path
    bytes: int
    uploads: int


async def create(db: Database, data: Path, path: Path | None, tell: Tell) -> Backup:
    """Make a backup while everything goes on; `path` is a new file, or a folder for one.

    `tell` hears, on the event loop, what is being done, how many bytes of it are, and of how many.
    """
    try:
        target = destination(data, path)
        with workshop(data) as bench:
            await copy_database(db, data, bench / DATABASE, tell)
            return await pack(bench, data / UPLOADS, target, tell)
    except OSError as error:
        where = error.filename or path or data / BACKUPS
        raise Refusal("no_backup", f"no backup was made: {where}: {error.strerror}") from error


def destination(data: Path, path: Path | None) -> Path:
    """The file that the backup becomes; one that is there already is never written over."""
    path = path or data / BACKUPS
    if path.is_dir() or path == data / BACKUPS:
        path /= f"plexichat-{dt.datetime.now(dt.UTC):%Y%m%d-%H%M%S}.tar"
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
    copying = asyncio.create_task(db.vacuum_into(copy))
    try:
        while not (await asyncio.wait((copying,), timeout=TELL_SECONDS))[0]:
            tell("copying the database", copy.stat().st_size if copy.exists() else 0, total)
    finally:
        copying.cancel()
        await asyncio.wait((copying,))
    copying.result()


async def pack(bench: Path, uploads: Path, target: Path, tell: Tell) -> Backup:
    """Write the archive in a thread; it stops at its next chunk when this call is cancelled."""
    loop = asyncio.get_running_loop()
    meter = Meter(lambda *at: loop.call_soon_threadsafe(tell, "writing the backup", *at))
    writing = loop.run_in_executor(None, write, bench, uploads, target, meter)
    try:
        return await asyncio.shield(writing)
    except asyncio.CancelledError:
        meter.stop()
        await asyncio.gather(writing, return_exceptions=True)
        raise


class Stopped(Exception):
    """Nobody waits for this backup any more."""


class Meter:
    """How many bytes are written, of how many."""

    def __init__(self, tell: Callable[[int, int], object]) -> None:
        self.total = 0
        self._done = 0
        self._told_at = time.monotonic()
        self._tell = tell
        self._stopped = threading.Event()

    def stop(self) -> None:
        self._stopped.set()

    def add(self, count: int) -> None:
        if self._stopped.is_set():
            raise Stopped
        self._done += count
        if time.monotonic() - self._told_at > TELL_SECONDS:
            self._told_at = time.monotonic()
            self._tell(self._done, self.total)


class Archive:
    """The file on its way to the disk. One great sync at its end would hold up every commit."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._unsynced = 0

    def write(self, data: bytes) -> None:
        self._file.write(data)
        self._unsynced += len(data)
        if self._unsynced >= SYNC_BYTES:
            self.sync()

    def sync(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._unsynced = 0


def write(bench: Path, uploads: Path, target: Path, meter: Meter) -> Backup:
    """The whole file under a temporary name, safe on the disk, then its name."""
    part = target.with_name(f".{target.name}.part")
    try:
        with open(part, "wb", opener=private) as file:
            archive = Archive(file)
            uploads_in_it = fill(archive, bench, uploads, meter)
            archive.sync()
        size = part.stat().st_size
        part.rename(target)
        sync_folder(target.parent)
    finally:
        part.unlink(missing_ok=True)
    return Backup(target, size, uploads_in_it)


def fill(archive: Archive, bench: Path, uploads: Path, meter: Meter) -> int:
    """Write all members and return the number of uploads among them."""
    database = bench / DATABASE
    meter.total = sum(path.stat().st_size for path in (database, *files_in(uploads)))
    number = 0
    with open(bench / MANIFEST, "w", encoding="utf-8") as manifest:
        manifest.write(f"{add(archive, database, DATABASE, meter)}  {DATABASE}\n")
        for path in files_in(uploads):
            name = f"{UPLOADS}/{path.relative_to(uploads)}"
            manifest.write(f"{add(archive, path, name, meter)}  {name}\n")
            number += 1
    add(archive, bench / MANIFEST, MANIFEST, meter)
    archive.write(bytes(2 * tarfile.BLOCKSIZE))
    return number


def add(archive: Archive, path: Path, name: str, meter: Meter) -> str:
    """Add one member and return its SHA-256. TarFile would remember every member to the end."""
    digest = hashlib.sha256()
    with open(path, "rb") as source:
        found = os.fstat(source.fileno())
        member = tarfile.TarInfo(name)
        member.size, member.mtime, member.mode = found.st_size, int(found.st_mtime), 0o600
        archive.write(member.tobuf())
        left = member.size
        while chunk := source.read(min(left, CHUNK_BYTES)):
            digest.update(chunk)
            archive.write(chunk)
            meter.add(len(chunk))
            left -= len(chunk)
    if left:
        raise OSError(errno.EIO, "shrank while it was read", str(path))
    archive.write(bytes(-member.size % tarfile.BLOCKSIZE))
    return digest.hexdigest()


def files_in(uploads: Path) -> Iterator[Path]:
    """Every upload that has arrived."""
    for directory, folders, names in os.walk(uploads):
        if INCOMING in folders:
            folders.remove(INCOMING)
        for name in sorted(names):
            path = Path(directory, name)
            if path.is_file() and not path.is_symlink():
                yield path
