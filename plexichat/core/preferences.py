"""Preferences: what a person's clients keep for themselves here, as texts under keys.

Nobody but the person sees them and the house reads none of them, with one exception: under FOCUS a
client tells which channel the person has before them, which is not kept among the others.
"""

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from plexichat.core.errors import Invalid, NotFound
from plexichat.store import preferences as rows
from plexichat.store.db import Snapshot, Tx
from plexichat.store.preferences import Preference

LIMIT = 100
KEY_LENGTH = 100
VALUE_LENGTH = 10_000
RESERVED = "__internal"
FOCUS = "_focused_channel"


class Focused(Struct):
    channel_id: str | int | None = None


def mine(snap: Snapshot, user_id: int) -> list[Preference]:
    """Everything that is kept for somebody, by key."""
    return rows.of(snap, user_id)


def get(snap: Snapshot, user_id: int, key: str) -> Preference:
    found = rows.get(snap, user_id, key)
    if found is None:
        raise NotFound("setting_not_found", "Setting not found")
    return found


def put(tx: Tx, user_id: int, key: str, value: str) -> Preference:
    """Keep a text under a key, in place of what was there."""
    if key.startswith(RESERVED):
        raise Invalid("key_reserved", "Key reserved")
    if len(key) > KEY_LENGTH:
        raise Invalid("key_too_long", "Key too long")
    if len(value) > VALUE_LENGTH:
        raise Invalid("value_too_long", "Value too long")
    if key == FOCUS:
        rows.focus(tx, user_id, _focused(value))
        return Preference(key, value, tx.now, tx.now)
    if rows.count(tx, user_id) >= LIMIT and rows.get(tx, user_id, key) is None:
        raise Invalid("limit_exceeded", "Limit exceeded")
    return rows.put(tx, user_id, key, value)


def put_some(tx: Tx, user_id: int, values: Mapping[str, str]) -> None:
    """Keep several; those that could not be kept alone are skipped."""
    for key, value in values.items():
        try:
            put(tx, user_id, key, value)
        except Invalid:
            continue


def delete(tx: Tx, user_id: int, key: str) -> None:
    if key == FOCUS:
        rows.focus(tx, user_id, None)
    elif not rows.delete(tx, user_id, key):
        raise NotFound("setting_not_found", "Setting not found")


def _focused(value: str) -> int | None:
    """The channel that a client names; what says nothing means none."""
    try:
        channel_id = msgspec.json.decode(value, type=Focused).channel_id
        return None if channel_id is None else min(int(channel_id), (1 << 63) - 1)
    except ValueError:
        return None
