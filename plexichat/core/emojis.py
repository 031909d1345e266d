"""Custom emoji: small pictures that a server brings along, each under a name of its own there.

Members see them, whoever manages emoji or the server changes them, and anybody may see the
picture itself. A server has so many that stand still and so many that move.
"""

import re
from dataclasses import dataclass

from plexichat.core import permissions, pictures, servers
from plexichat.core.errors import Conflict, Forbidden, Invalid, NotFound
from plexichat.core.events import EmojisChanged, FilesForgotten, Members
from plexichat.core.pictures import Given
from plexichat.store import emojis as rows
from plexichat.store.db import Snapshot, Tx
from plexichat.store.emojis import Emoji

MAX_BYTES = 256 << 10
SIDE = 128  # the longest, in pixels; larger pictures are made smaller
NAME = re.compile(r"[a-z0-9_]{2,32}", re.ASCII)
MANAGE = permissions.BITS["emojis.manage"] | permissions.BITS["server.manage"]
NOT_MEMBER = ("not_member", "Not a member of this server")
MISSING = ("missing_permission", "Missing emojis.manage permission")


@dataclass(frozen=True, slots=True)
class Counts:
    static: int
    animated: int


def all(snap: Snapshot, user_id: int, server_id: int) -> tuple[Emoji, ...]:
    """A server's emoji, the oldest first."""
    servers.member(snap, user_id, server_id, NOT_MEMBER)
    return rows.of_server(snap, server_id)


def count(snap: Snapshot, user_id: int, server_id: int) -> Counts:
    return _counts(all(snap, user_id, server_id))


def get(snap: Snapshot, user_id: int, server_id: int, emoji_id: int) -> Emoji:
    servers.member(snap, user_id, server_id, NOT_MEMBER)
    return _one(snap, server_id, emoji_id)


def check(snap: Snapshot, user_id: int, server_id: int) -> None:
    """Refuse whoever may not change the emoji of a server."""
    who = servers.member(snap, user_id, server_id, MISSING)
    if not MANAGE & permissions.in_server(who.rules, who.standing, snap.now):
        raise Forbidden(*MISSING)


def read(name: str | None) -> str:
    """A name as it is kept; refused when it can be none."""
    kept = (name or "").lower()
    if not NAME.fullmatch(kept):
        raise Invalid("invalid_name", "Invalid input: name")
    return kept


def create(
    tx: Tx, user_id: int, server_id: int, name: str, animated: bool, file: str, at_most: int
) -> Emoji:
    """Add an emoji whose picture is in this file, if there are not so many of its kind."""
    check(tx, user_id, server_id)
    name = read(name)
    counts = _counts(rows.of_server(tx, server_id))
    if (counts.animated if animated else counts.static) >= at_most:
        raise Invalid("emoji_limit", f"Emoji limit: a server has no more than {at_most} of a kind")
    _refuse_taken(tx, server_id, name)
    emoji_id = rows.insert(tx, server_id, name, file, animated, user_id)
    _tell(tx, server_id)
    return _one(tx, server_id, emoji_id)


def create_from(
    tx: Tx, user_id: int, server_id: int, name: str | None, given: Given, at_most: int
) -> Emoji:
    """Add an emoji whose picture somebody gave before."""
    check(tx, user_id, server_id)
    name = read(name)
    picture = pictures.take(tx, user_id, given, "image_url", "emoji")
    return create(tx, user_id, server_id, name, picture.animated, picture.file, at_most)


def rename(tx: Tx, user_id: int, server_id: int, emoji_id: int, name: str | None) -> Emoji:
    """Call an emoji something else; reactions that are there keep the name they came with."""
    check(tx, user_id, server_id)
    before = _one(tx, server_id, emoji_id)
    wanted = read(name)
    if wanted == before.name:
        return before
    _refuse_taken(tx, server_id, wanted)
    rows.rename(tx, emoji_id, wanted)
    _tell(tx, server_id)
    return _one(tx, server_id, emoji_id)


def delete(tx: Tx, user_id: int, server_id: int, emoji_id: int) -> None:
    """Remove an emoji and its picture; reactions with it stay, without."""
    check(tx, user_id, server_id)
    emoji = _one(tx, server_id, emoji_id)
    rows.delete(tx, emoji_id)
    tx.emit(FilesForgotten(audience=frozenset(), names=(emoji.file,)))
    _tell(tx, server_id)


def _one(snap: Snapshot, server_id: int, emoji_id: int) -> Emoji:
    emoji = rows.by_id(snap, emoji_id)
    if emoji is None or emoji.server_id != server_id:
        raise NotFound("emoji_not_found", "Emoji not found")
    return emoji


def _counts(emojis: tuple[Emoji, ...]) -> Counts:
    animated = sum(emoji.animated for emoji in emojis)
    return Counts(len(emojis) - animated, animated)


def _refuse_taken(snap: Snapshot, server_id: int, name: str) -> None:
    if rows.named(snap, server_id, name):
        raise Conflict("emoji_exists", "Emoji name already exists")


def _tell(tx: Tx, server_id: int) -> None:
    """Let the members know which emoji there are now."""
    tx.emit(
        EmojisChanged(
            audience=Members(server_id),
            server_id=server_id,
            emojis=rows.of_server(tx, server_id),
        )
    )
