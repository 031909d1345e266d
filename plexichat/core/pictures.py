"""Pictures that somebody gave and nothing shows yet: the giver puts each in a place, or it goes.

A picture in a place belongs to that place: whatever replaces it there removes its file, so no two
places ever share one. Whoever knows the name of such a file may see it.
"""

import re
from dataclasses import dataclass

from plexichat.core.errors import Invalid, NotFound
from plexichat.core.events import FilesForgotten
from plexichat.store import pictures as rows
from plexichat.store.db import Snapshot, Tx
from plexichat.store.pictures import Picture

WAITING_MS = 24 * 3_600_000
ELSEWHERE = re.compile(r"https?://[^\s\x00-\x1f/]\S{0,2000}")


@dataclass(frozen=True, slots=True)
class Given:
    """A file of the house, by the 32 digits with which its name begins."""

    digits: str


Wanted = str | Given | None  # a picture that is kept elsewhere, one of ours, or none


def add(tx: Tx, owner_id: int, kind: str, animated: bool, file: str) -> None:
    """Note a picture that is on the disk already."""
    rows.insert(tx, Picture(file, owner_id, kind, animated, tx.now))


def take(tx: Tx, user_id: int, given: Given, what: str, kind: str | None = None) -> Picture:
    """Let a place have one's own picture; refused as invalid `what` if it is not to be had.

    Only a picture that was given to be of this `kind`, where one is named.
    """
    picture = rows.waiting(tx, given.digits)
    if picture is None or picture.owner_id != user_id or kind not in (None, picture.kind):
        raise Invalid(f"invalid_{what}", f"Invalid input: {what}")
    rows.delete(tx, picture.file)
    return picture


def place(tx: Tx, user_id: int, wanted: Wanted, before: str | None, what: str) -> str | None:
    """What a place holds from now on; naming what it holds already changes nothing."""
    if isinstance(wanted, Given):
        if before is not None and before.startswith(wanted.digits):
            return before
        return take(tx, user_id, wanted, what).file
    check(wanted, what)
    return wanted


def check(wanted: Wanted, what: str) -> None:
    """Refuse what is no address of a picture elsewhere."""
    if isinstance(wanted, str) and not ELSEWHERE.fullmatch(wanted):
        raise Invalid(f"invalid_{what}", f"Invalid input: {what}")


def own_file(held: str | None) -> str | None:
    """The name of the file that holds a picture; None when it is kept elsewhere, or nowhere."""
    return None if held is None or "/" in held else held


def replaced(tx: Tx, before: str | None, after: str | None) -> None:
    """Let the file go that a place held until now."""
    file = own_file(before)
    if file is not None and before != after:
        _forget(tx, [file])


def shown(snap: Snapshot, given: Given) -> str:
    """The file of a picture that anybody may see."""
    file = rows.shown(snap, given.digits)
    if file is None:
        raise NotFound("file_not_found", "File not found")
    return file


def public(snap: Snapshot, file: str) -> bool:
    """Whether this file is a picture that anybody may see."""
    return rows.public(snap, file)


def forget_waiting(tx: Tx, limit: int = 500) -> int:
    """Forget pictures that waited a day for their place; return how many."""
    return _forget(tx, rows.delete_old(tx, tx.now - WAITING_MS, limit))


def forget_of(tx: Tx, user_id: int, limit: int = 500) -> int:
    """Forget what somebody gave who is no more; return how many."""
    return _forget(tx, rows.delete_of(tx, user_id, limit))


def _forget(tx: Tx, names: list[str]) -> int:
    if names:
        tx.emit(FilesForgotten(audience=frozenset(), names=tuple(names)))
    return len(names)
