"""People: who they are to themselves and to others, and what they may change about themselves.

A name or an address belongs to one person, ignoring case.
"""

import re
from dataclasses import dataclass

from msgspec import UNSET, UnsetType

from plexichat.core import pictures
from plexichat.core.errors import Conflict, Invalid, NotFound
from plexichat.core.events import Around, Audience, UserUpdated
from plexichat.core.pictures import Wanted
from plexichat.store import channels as channel_rows
from plexichat.store import relationships, servers
from plexichat.store import users as rows
from plexichat.store.db import Snapshot, Tx
from plexichat.store.users import User

USERNAME = re.compile(r"[A-Za-z0-9._-]{3,32}")
EMAIL = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f.]+(\.[^@\s\x00-\x1f.]+)+")
EMAIL_LENGTH = 254
RESERVED = frozenset(
    ("admin", "administrator", "system", "bot", "api", "root", "null", "undefined")
)


@dataclass(frozen=True, slots=True)
class Changes:
    """What somebody wants different about themselves; None as the picture removes it."""

    username: str | None = None
    email: str | None = None
    avatar: Wanted | UnsetType = UNSET


def get(snap: Snapshot, user_id: int) -> User:
    user = rows.by_id(snap, user_id)
    if user is None:
        raise NotFound("user_not_found", "User not found")
    return user


def find(snap: Snapshot, username: str) -> User:
    """The person of exactly this name, ignoring case; names are not trimmed."""
    if not username:
        raise Invalid("username_required", "Username required")
    user = rows.by_name(snap, username)
    if user is None:
        raise NotFound("user_not_found", "User not found")
    return user


def check_username(username: str) -> None:
    if not USERNAME.fullmatch(username) or username.lower() in RESERVED:
        raise Invalid("invalid_username", "Invalid input: username")


def check_email(email: str) -> None:
    if len(email) > EMAIL_LENGTH or not EMAIL.fullmatch(email):
        raise Invalid("invalid_email", "Invalid input: email")


def refuse_taken(
    snap: Snapshot, user_id: int | None, username: str | None, email: str | None
) -> None:
    """Refuse a name or address that somebody other than `user_id` holds."""
    for word, holder in (
        ("username", rows.by_name(snap, username) if username else None),
        ("email", rows.by_email(snap, email) if email else None),
    ):
        if holder is not None and holder.id != user_id:
            raise Conflict(f"{word}_taken", f"Already exists: {word}")


def check(wanted: Changes) -> None:
    """Refuse values that could belong to nobody."""
    if wanted.username is not None:
        check_username(wanted.username)
    if wanted.email is not None:
        check_email(wanted.email)
    if not isinstance(wanted.avatar, UnsetType):
        pictures.check(wanted.avatar, "avatar_url")


def update(tx: Tx, user_id: int, wanted: Changes) -> User:
    """Change one's own account and tell whoever knows this person; return it as it is now."""
    check(wanted)
    refuse_taken(tx, user_id, wanted.username, wanted.email)
    before = get(tx, user_id)
    columns: dict[str, object] = {}
    if wanted.username is not None:
        columns["username"] = wanted.username
    if wanted.email is not None and wanted.email != before.email:
        columns |= {"email": wanted.email, "email_verified": 0}
    if not isinstance(wanted.avatar, UnsetType):
        columns["avatar"] = pictures.place(
            tx, user_id, wanted.avatar, before.avatar, "avatar_url"
        )
    return change(tx, user_id, **columns)


def change(tx: Tx, user_id: int, **columns: object) -> User:
    """Set columns of an account and tell whom it concerns; return it as it is now."""
    before = get(tx, user_id)
    if columns:
        rows.change(user_id, **columns)
    after = get(tx, user_id)
    pictures.replaced(tx, before.avatar, after.avatar)
    public = (before.username, before.avatar) != (after.username, after.avatar)
    if before != after:
        tx.emit(UserUpdated(audience=frozenset((user_id,)), user=after, private=True))
    if public:
        tx.emit(UserUpdated(audience=acquaintances(tx, user_id), user=after, private=False))
    return after


def acquaintances(snap: Snapshot, user_id: int) -> Audience:
    """Everybody whose lists name this person, and who so hears of a new name or picture."""
    return Around(
        servers.ids_of(snap, user_id),
        also=channel_rows.contacts(snap, user_id) | relationships.related(snap, user_id),
        but=frozenset((user_id,)),
    )
