"""Rows of whom people let near, beside what an account itself says of it."""

from typing import Literal

from msgspec import Struct

from plexichat.store.db import Snapshot, Tx

Askers = Literal["everyone", "friends_of_friends", "server_members", "none"]
Filter = Literal["none", "friends", "everyone"]


class Privacy(Struct, frozen=True):
    """Who may ask to be friends, and from whom clients hide pictures at first."""

    user_id: int
    requests_from: Askers = "everyone"
    filter: Filter = "friends"


def of(snap: Snapshot, user_id: int) -> Privacy:
    row = snap.execute(
        "SELECT user_id, requests_from, filter FROM privacy WHERE user_id = ?", (user_id,)
    ).fetchone()
    return Privacy(user_id) if row is None else Privacy(*row)


def put(tx: Tx, privacy: Privacy) -> None:
    tx.execute(
        "REPLACE INTO privacy (user_id, requests_from, filter) VALUES (?, ?, ?)",
        (privacy.user_id, privacy.requests_from, privacy.filter),
    )
