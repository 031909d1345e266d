"""Whether a backup could be gone back to: it is gone back to, in a folder of its own.

Everything is read and held against the manifest. The database is unpacked, must be sound and ours,
and is brought up to date; each file it names must be there, as it was when it was uploaded.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from plexichat.core.backups.archive import DATABASE, Head, Member, Reader
from plexichat.core.backups.making import refuse_without_room
from plexichat.core.backups.meter import Meter
from plexichat.store import copies
from plexichat.store.copies import Copy, Damaged
from plexichat.store.files import private

PREFIX: Final = ".checking-"
LINE_BYTES: Final = 256


@dataclass(frozen=True, slots=True)
class Checked:
    """A backup that is whole; so many uploads had been lost before it was made."""

    head: Head
    bytes: int
    lost: int


def check(path: Path, meter: Meter) -> Checked:
    """Check a backup, reading each byte of it.

    Raises Invalid when it is none of ours or not whole, Newer, OSError, and Stopped.
    """
    with (
        contextlib.closing(Reader(path, meter)) as reader,
        spare_folder(path.parent) as folder,
    ):
        return unpack(reader, folder, meter, whole=False)


def unpack(reader: Reader, folder: Path, meter: Meter, *, whole: bool) -> Checked:
    """Check an archive while its database goes into `folder`; if `whole`, the uploads too."""
    members, head = reader.members(), reader.head
    database = next(members)
    if database.size > head.bytes:
        raise reader.damaged("it holds more than it says")
    refuse_without_room(folder, head.bytes if whole else database.size)
    put(database, folder / DATABASE)
    try:
        with copies.opened(folder / DATABASE, meter.stopped) as copy:
            if copy.version != head.schema:
                raise Damaged("its database is of another version than it says")
            copy.check()
            lost = compare(members, head, copy, database.size, folder if whole else None)
    except Damaged as damage:
        raise reader.damaged(str(damage)) from damage
    return Checked(head, reader.size, lost)


def compare(
    members: Iterator[Member], head: Head, copy: Copy, size: int, folder: Path | None
) -> int:
    """Hold the uploads against what the database names, in the order of both.

    They go into `folder` if there is one. Returns how many are lost, as the archive must say too.
    """
    needed, uploads = copy.files(), 0
    told: dict[str, int] = {}
    found = {"missing": 0, "altered": 0}
    wanted = next(needed, None)
    for member in members:
        name = member.upload
        if name is None:
            told = read_lost(member)
            continue
        uploads, size = uploads + 1, size + member.size
        if size > head.bytes:
            raise Damaged("it holds more than it says")
        while wanted is not None and wanted < name:
            found["missing"] += 1
            wanted = next(needed, None)
        if wanted != name:
            raise Damaged("it holds an upload that its database does not name")
        wanted = next(needed, None)
        sha256, facts = put(member, folder and folder / member.name), copy.facts(name)
        found["altered"] += facts is not None and facts.sha256 != sha256
    found["missing"] += sum(1 for _ in needed) + (wanted is not None)
    if (uploads, size) != (head.uploads, head.bytes):
        raise Damaged("it holds less than it says")
    if found != told:
        raise Damaged("an upload that its database names is missing or not what it was")
    return sum(found.values())


def put(member: Member, path: Path | None) -> str:
    """Write a member to a new file, or only read it; return its SHA-256."""
    digest = hashlib.sha256()
    if path is None:
        for chunk in member.chunks:
            digest.update(chunk)
        return digest.hexdigest()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(path, "xb", opener=private) as file:
        for chunk in member.chunks:
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest()


def read_lost(member: Member) -> dict[str, int]:
    """How many uploads were lost in each way, by a list of any length."""
    counts = {"missing": 0, "altered": 0}
    with tempfile.TemporaryFile() as file:
        for chunk in member.chunks:
            file.write(chunk)
        file.seek(0)
        while line := file.readline(LINE_BYTES):
            fault = line.partition(b" ")[0].decode(errors="replace")
            if fault not in counts:
                raise Damaged("its list of lost uploads cannot be read")
            counts[fault] += 1
    return counts


@contextlib.contextmanager
def spare_folder(beside: Path) -> Iterator[Path]:
    """A folder that is gone in the end, on the same disk if one may write there."""
    place = beside if os.access(beside, os.W_OK) else Path(tempfile.gettempdir())
    throw_out(place)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def throw_out(place: Path) -> None:
    """Remove what a check that was killed left here; one that goes on has its folder locked."""
    for left in place.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            lock = os.open(left, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left)
            finally:
                os.close(lock)
