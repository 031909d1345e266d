"""Avatars: the picture that somebody shows, or the initials that stand in for it."""

import re
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from plexichat.core import pictures, users
from plexichat.store import users as rows
from plexichat.store.db import Snapshot, Tx
from plexichat.store.users import User

MAX_BYTES: Final = 5 << 20
SIDE: Final = 512  # the longest, in pixels; larger pictures are made smaller
COLOURS: Final = ("#204060", "#406020", "#602040", "#806010", "#106080", "#601080")
SVG: Final = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 128 128" width="128" \
height="128"><rect width="128" height="128" fill="{colour}"/><text x="64" y="64" dy=".36em" \
fill="#fff" font-family="sans-serif" font-size="56" text-anchor="middle">{letters}</text></svg>"""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is shown of somebody: the name of a file of ours, or else a drawing."""

    file: str | None
    drawing: str


def put(tx: Tx, user_id: int, file: str) -> User:
    """Show the picture in this file from now on; the file of the one before goes."""
    return users.change(tx, user_id, avatar=file)


def remove(tx: Tx, user_id: int) -> None:
    users.change(tx, user_id, avatar=None)


def of(snap: Snapshot, user_id: int) -> Seen:
    """What is shown of this person; somebody whom nobody knows is drawn, too."""
    user = rows.by_id(snap, user_id)
    if user is None:
        return Seen(None, draw(user_id, ""))
    return Seen(pictures.own_file(user.avatar), draw(user_id, user.username))


def draw(id: int, name: str) -> str:
    """The initials of a name on a colour that stays the same for an id, as SVG."""
    letters = initials(name) or "?"
    return SVG.format(colour=COLOURS[id % len(COLOURS)], letters=escape(letters))


def initials(name: str) -> str:
    """The first letters of the first two words of a name, as capitals."""
    words = re.split(r"[\s._-]+", name)
    return "".join(word[0] for word in words if word)[:2].upper()
