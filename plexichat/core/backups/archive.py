"""The file that a backup is: a plain tar, for pictures do not shrink, and a narrow kind of it.

`backup.json` says who made it and when; then the database, the uploads in the order of their
names, `lost.txt`, and last `manifest.sha256`, which `sha256sum --check` understands. A reader
takes this order and these names only, each header as we write it, and the manifest to the letter:
so nothing in a file leads out of the folder it is unpacked in, and memory does not grow with size.
"""

import errno
import hashlib
import os
import stat
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import msgspec

from plexichat.core.backups.meter import Meter
from plexichat.core.errors import Invalid
from plexichat.store import files
from plexichat.store.db import NAME
from plexichat.store.files import UPLOADS

FORMAT: Final = 1
PROGRAM: Final = "plexichat"
DATABASE: Final = NAME
HEAD: Final = "backup.json"
LOST: Final = "lost.txt"
MANIFEST: Final = "manifest.sha256"
CHUNK_BYTES: Final = 1 << 20
HEAD_BYTES: Final = 1 << 16
END: Final = bytes(2 * tarfile.BLOCKSIZE)


class Head(msgspec.Struct, frozen=True):
    """`bytes` is of the database and the uploads together; `made_at` in Unix milliseconds."""

    program: str
    format: int
    version: str
    schema: int
    made_at: int
    uploads: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive: its name, its size, and its bytes, to be read before the next one."""

    name: str
    size: int
    chunks: Iterator[bytes]

    @property
    def upload(self) -> str | None:
        """The name of the upload that this is."""
        return self.name.rpartition("/")[2] if self.name.startswith(UPLOADS) else None


def place(upload: str) -> str:
    """The member that an upload is."""
    return f"{UPLOADS}/{upload[:2]}/{upload[2:4]}/{upload}"


class Writer:
    """An archive on its way to the disk. One great sync at its end would hold up every commit."""

    def __init__(self, file: IO[bytes], bench: Path, meter: Meter) -> None:
        self._file = file
        self._manifest = open(bench / MANIFEST, "x+", encoding="utf-8")  # noqa: SIM115
        self._meter = meter
        self._unsynced = 0

    def add(self, name: str, path: Path) -> str:
        """Add one member and return its SHA-256. TarFile would remember every member to the end."""
        digest = hashlib.sha256()
        with open(path, "rb") as source:
            found = os.fstat(source.fileno())
            self._write(header(name, found.st_size, int(found.st_mtime)))
            left = found.st_size
            while chunk := source.read(min(left, CHUNK_BYTES)):
                digest.update(chunk)
                self._write(chunk)
                self._meter.add(len(chunk))
                left -= len(chunk)
        if left:
            raise OSError(errno.EIO, "shrank while it was read", str(path))
        self._write(bytes(-found.st_size % tarfile.BLOCKSIZE))
        self._manifest.write(line(digest.hexdigest(), name))
        return digest.hexdigest()

    def finish(self) -> None:
        """Add the manifest, without which the file is not whole, and make it all safe."""
        self._manifest.flush()
        self.add(MANIFEST, Path(self._manifest.name))
        self._write(END)
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        self._manifest.close()

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._unsynced += len(data)
        if self._unsynced >= files.GENTLE_BYTES:
            self._file.flush()
            files.sync_gently(self._file.fileno())
            self._unsynced = 0


class Reader:
    """An archive that somebody brings. Whatever is odd in it raises Invalid."""

    def __init__(self, path: Path, meter: Meter) -> None:
        """Raises OSError when there is no such file."""
        self.path = path
        self._meter = meter
        self._file = open(path, "rb", opener=unhindered)  # noqa: SIM115
        found = os.fstat(self._file.fileno())
        self.size = meter.total = found.st_size
        self._manifest = tempfile.TemporaryFile("w+b")  # noqa: SIM115
        try:
            if not stat.S_ISREG(found.st_mode):
                raise self.foreign()
            self.head = self._head()
        except BaseException:
            self.close()
            raise

    def members(self) -> Iterator[Member]:
        """All members from the database to the list of what was lost; then the end is checked."""
        yield self._expected(DATABASE)
        before = ""
        while True:
            member = self._next()
            if member.upload is None:
                break
            if member.name <= before or not plain(member):  # in order, so none comes twice
                raise self.foreign()
            before = member.name
            yield self._listed(member)
        if member.name != LOST:
            raise self.foreign()
        yield self._listed(member)
        self._finish()

    def close(self) -> None:
        self._file.close()
        self._manifest.close()

    def foreign(self) -> Invalid:
        return Invalid("foreign_backup", f"{self.path} is no backup that Plexichat made")

    def damaged(self, why: str) -> Invalid:
        return Invalid("damaged_backup", f"{self.path} is damaged: {why}")

    def _head(self) -> Head:
        try:
            member = self._next()
        except Invalid:
            raise self.foreign() from None
        if member.name != HEAD or member.size > HEAD_BYTES:
            raise self.foreign()
        text = b"".join(self._listed(member).chunks)
        try:
            marked = msgspec.json.decode(text, type=Marks)
            if marked.program == PROGRAM and marked.format > FORMAT:
                raise Invalid(
                    "newer_backup",
                    f"{self.path} was made by a newer Plexichat, {marked.version}; use that one",
                )
            head = msgspec.json.decode(text, type=Head)
        except msgspec.MsgspecError:
            raise self.foreign() from None
        if (head.program, head.format) != (PROGRAM, FORMAT):
            raise self.foreign()
        return head

    def _expected(self, name: str) -> Member:
        member = self._next()
        if member.name != name:
            raise self.foreign()
        return self._listed(member)

    def _next(self) -> Member:
        block = self._read(tarfile.BLOCKSIZE)
        try:
            info = tarfile.TarInfo.frombuf(block, "utf-8", "strict")
            as_we_write_it = header(info.name, info.size, int(info.mtime)) == block
        except tarfile.HeaderError:
            raise self.damaged("the beginning of a file in it cannot be read") from None
        except (ValueError, OverflowError):
            raise self.foreign() from None
        if not as_we_write_it or info.size < 0:
            raise self.foreign()
        if info.size > self.size - self._file.tell():
            raise self.damaged("its end is missing")
        return Member(info.name, info.size, self._chunks(info.size))

    def _listed(self, member: Member) -> Member:
        """The same, and its line is in the manifest once it has been read."""

        def chunks() -> Iterator[bytes]:
            digest = hashlib.sha256()
            for chunk in member.chunks:
                digest.update(chunk)
                yield chunk
            self._manifest.write(line(digest.hexdigest(), member.name).encode())

        return Member(member.name, member.size, chunks())

    def _chunks(self, size: int) -> Iterator[bytes]:
        left = size
        while left:
            chunk = self._read(min(left, CHUNK_BYTES))
            left -= len(chunk)
            self._meter.add(len(chunk))
            yield chunk
        if any(self._read(-size % tarfile.BLOCKSIZE)):
            raise self.foreign()

    def _read(self, count: int) -> bytes:
        data = self._file.read(count)
        if len(data) < count:
            raise self.damaged("its end is missing")
        return data

    def _finish(self) -> None:
        member = self._next()
        if member.name != MANIFEST:
            raise self.foreign()
        self._manifest.seek(0)
        for chunk in member.chunks:
            if self._manifest.read(len(chunk)) != chunk:
                raise self.damaged("what is in it is not what its manifest says")
        if self._manifest.read(1):
            raise self.damaged("its manifest lists less than is in it")
        if self._read(len(END)) != END or self._file.read(1):
            raise self.foreign()


class Marks(msgspec.Struct, frozen=True):
    """What the heads of all formats say."""

    program: str
    format: int
    version: str


def header(name: str, size: int, mtime: int) -> bytes:
    member = tarfile.TarInfo(name)
    member.size, member.mtime, member.mode = size, mtime, 0o600
    return member.tobuf(tarfile.GNU_FORMAT)


def line(digest: str, name: str) -> str:
    return f"{digest}  {name}\n"


def plain(member: Member) -> bool:
    """Whether an upload lies where uploads lie."""
    name = member.upload or ""
    return bool(files.NAME.fullmatch(name)) and member.name == place(name)


def unhindered(path: str, flags: int) -> int:
    """Open without waiting for whoever might write into a pipe of this name."""
    return os.open(path, flags | os.O_NONBLOCK)
