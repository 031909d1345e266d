"""Rows of people."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from plexichat.store.db import Snapshot, Tx
from plexichat.store.models import User as Row

Senders = Literal["everyone", "friends", "server_members", "none"]


@dataclass(frozen=True, slots=True)
class User:
    id: int
    username: str
    email: str | None
    avatar: str | None
    badges: tuple[str, ...]
    email_verified: bool
    age_verified: bool
    totp_enabled: bool
    is_admin: bool
    read_receipts: bool
    typing_indicators: bool
    compact_messages: bool
    allow_dms_from: Senders
    auto_create_dms: bool
    deletion_at: int | None  # in milliseconds


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a login is checked against."""

    user_id: int
    password_hash: bytes
    failures: int
    locked_until: int
    suspended_until: int


COLUMNS = """id, username, email, avatar, badges,
    email_verified, age_verified, totp_enabled, is_admin,
    read_receipts, typing_indicators, compact_messages, allow_dms_from, auto_create_dms,
    deletion_at"""


def badges(text: str) -> tuple[str, ...]:
    return () if text == "[]" else tuple(json.loads(text))


def _user(row: tuple[object, ...] | None) -> User | None:
    if row is None:
        return None
    (id, username, email, avatar, listed, email_ok, age_ok, totp, admin,
     receipts, typing, compact, dms_from, auto_dms, deletion_at) = row  # fmt: skip
    return User(
        id, username, email, avatar, badges(listed),  # type: ignore[arg-type]
        bool(email_ok), bool(age_ok), bool(totp), bool(admin),
        bool(receipts), bool(typing), bool(compact), dms_from, bool(auto_dms), deletion_at,  # type: ignore[arg-type]
    )  # fmt: skip


def by_id(snap: Snapshot, user_id: int) -> User | None:
    found = snap.execute(
        f"SELECT {COLUMNS} FROM user WHERE id = ? AND username IS NOT NULL", (user_id,)
    )
    return _user(found.fetchone())


def by_name(snap: Snapshot, username: str) -> User | None:
    """The person of exactly this name, ignoring case."""
    found = snap.execute(f"SELECT {COLUMNS} FROM user WHERE username = ?", (username,))
    return _user(found.fetchone())


def by_email(snap: Snapshot, email: str) -> User | None:
    found = snap.execute(f"SELECT {COLUMNS} FROM user WHERE email_key = ?", (email.casefold(),))
    return _user(found.fetchone())


def called(
    snap: Snapshot, beginnings: Sequence[str], server_id: int | None, after: str, limit: int
) -> list[User]:
    """People in whose names a word begins with each of these, by name from the one after `after`.

    What is neither a letter nor a digit ends a word.
    """
    among = "AND id IN (SELECT user_id FROM member WHERE server_id = ?3)" if server_id else ""
    rows = snap.execute(
        f"""SELECT {COLUMNS} FROM user WHERE username > ?1 {among}
            AND NOT EXISTS (SELECT 1 FROM json_each(?2) b WHERE
                instr('.' || lower(username), '.' || b.value) = 0
                AND instr(lower(username), '-' || b.value) = 0
                AND instr(lower(username), '_' || b.value) = 0)
            ORDER BY username LIMIT ?4""",
        (after, json.dumps([each.lower() for each in beginnings]), server_id, limit),
    )
    return [user for user in map(_user, rows) if user is not None]


def credentials(user_id: int) -> Credentials | None:
    row = Row.get_or_none(Row.id == user_id)
    if row is None:
        return None
    return Credentials(
        row.id, bytes(row.password_hash), row.failures, row.locked_until, row.suspended_until
    )


def admins() -> frozenset[int]:
    return frozenset(row.id for row in Row.select(Row.id).where(Row.is_admin == 1))


def insert(tx: Tx, username: str, email: str | None, password_hash: bytes, is_admin: bool) -> int:
    user_id = tx.id()
    Row.insert(
        id=user_id,
        username=username,
        email=email,
        email_key=None if email is None else email.casefold(),
        password_hash=password_hash,
        is_admin=int(is_admin),
    ).execute()
    return user_id


def change(user_id: int, **columns: object) -> None:
    """Set columns by name; an e-mail address brings its key along."""
    if "email" in columns:
        email = columns["email"]
        columns["email_key"] = email.casefold() if isinstance(email, str) else None
    Row.update(**columns).where(Row.id == user_id).execute()


def names(snap: Snapshot, user_ids: Iterable[int]) -> dict[int, tuple[str, str | None]]:
    """Name and picture of each of these people who exists."""
    ids = list(user_ids)
    found = snap.execute(
        f"SELECT id, username, avatar FROM user WHERE id IN ({','.join('?' * len(ids))})", ids
    )
    return {user_id: (username, avatar) for user_id, username, avatar in found}
