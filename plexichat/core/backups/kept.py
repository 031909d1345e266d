"""The backups that lie in a folder: how old, how large, and whether somebody checked them.

Beside each that was checked lies a note about it, which says nothing once the file has changed.
"""

import contextlib
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from plexichat.config import Config
from plexichat.core.backups.archive import Head, Reader
from plexichat.core.backups.checking import Checked, check
from plexichat.core.backups.meter import Meter, unheard
from plexichat.core.errors import Refusal
from plexichat.store.db import BACKUPS
from plexichat.store.errors import StoreError
from plexichat.store.files import private

OURS: Final = re.compile(r"plexichat-\d{8}-\d{6}\.tar")  # named by us, so pruned by us


class Note(msgspec.Struct, frozen=True):
    """What came of checking a file as it was; `fault` is empty when it is whole."""

    bytes: int
    changed_at: int
    checked_at: int
    fault: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A file in the folder of backups. Without a head it is none that could be gone back to."""

    path: Path
    bytes: int
    made_at: int
    head: Head | None
    checked_at: int | None
    fault: str

    @property
    def whole(self) -> bool:
        return self.checked_at is not None and not self.fault


def folder(config: Config) -> Path:
    """Where backups lie."""
    data = Path(config.storage.directory).resolve()
    return Path(config.backup.directory).resolve() if config.backup.directory else data / BACKUPS


def look(path: Path) -> Kept:
    """What is known of one file without reading all of it."""
    found = path.stat()
    head, fault = None, ""
    try:
        with contextlib.closing(Reader(path, Meter(unheard))) as reader:
            head = reader.head
    except Refusal as refusal:
        fault = str(refusal)
    made_at = head.made_at if head else found.st_mtime_ns // 1_000_000
    note = read_note(path)
    if note is None or fault:
        return Kept(path, found.st_size, made_at, head, None, fault)
    return Kept(path, found.st_size, made_at, head, note.checked_at, note.fault)


def stock(folder: Path) -> list[Kept]:
    """All backups of a folder, the newest first."""
    found = []
    for path in folder.glob("*.tar"):
        if path.name.startswith("."):
            continue
        try:
            if path.is_file():
                found.append(look(path))
        except FileNotFoundError:  # pruned meanwhile
            continue
        except OSError as error:  # somebody else's, say
            found.append(Kept(path, 0, 0, None, None, f"cannot be read: {error.strerror}"))
    return sorted(found, key=lambda kept: (kept.made_at, kept.path.name), reverse=True)


def verify(path: Path, meter: Meter) -> Checked:
    """Check a backup and note beside it what came of that. Raises what `checking.check` does."""
    try:
        checked = check(path, meter)
    except (Refusal, StoreError) as fault:
        if getattr(fault, "code", "") != "disk_full":
            write_note(path, str(fault))
        raise
    write_note(path, "")
    return checked


def prune(folder: Path, keep: int) -> list[Kept]:
    """Remove all but the newest `keep` that we named, and never the newest found whole."""
    ours = [kept for kept in stock(folder) if OURS.fullmatch(kept.path.name)]
    best = next((kept for kept in ours if kept.whole), None)
    old = [kept for kept in ours[keep:] if kept is not best]
    for kept in old:
        kept.path.unlink(missing_ok=True)
        note_of(kept.path).unlink(missing_ok=True)
    return old


def note_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.checked")


def read_note(path: Path) -> Note | None:
    """The note beside a file, if it is about the file as it is now."""
    found = path.stat()
    try:
        note = msgspec.json.decode(note_of(path).read_bytes(), type=Note)
    except (OSError, msgspec.MsgspecError):
        return None
    return note if (note.bytes, note.changed_at) == (found.st_size, found.st_mtime_ns) else None


def write_note(path: Path, fault: str) -> None:
    """Note what came of a check; where one may only read it is not noted."""
    with contextlib.suppress(OSError):
        found = path.stat()
        now = time.time_ns() // 1_000_000
        note = Note(found.st_size, found.st_mtime_ns, now, fault)
        part = path.with_name(f".{path.name}.noting")
        with open(part, "wb", opener=private) as file:
            file.write(msgspec.json.encode(note))
        part.rename(note_of(path))
