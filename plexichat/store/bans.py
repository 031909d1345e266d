"""Rows of who may not come back to a server."""

from msgspec import Struct

from plexichat.store.db import Snapshot, Tx

COLUMNS = "server_id, user_id, reason, banned_by, banned_at"


class Ban(Struct, frozen=True):
    server_id: int
    user_id: int
    reason: str | None
    banned_by: int
    banned_at: int


def by_id(snap: Snapshot, server_id: int, user_id: int) -> Ban | None:
    row = snap.execute(
        f"SELECT {COLUMNS} FROM ban WHERE server_id = ? AND user_id = ?", (server_id, user_id)
    ).fetchone()
    return None if row is None else Ban(*row)


def page(snap: Snapshot, server_id: int, after: int, limit: int) -> list[Ban]:
    """Bans in the order of the ids of whom they keep out, from the one that follows `after`."""
    rows = snap.execute(
        f"SELECT {COLUMNS} FROM ban WHERE server_id = ? AND user_id > ? ORDER BY user_id LIMIT ?",
        (server_id, after, limit),
    )
    return [Ban(*row) for row in rows]


def insert(
    tx: Tx, server_id: int, user_id: int, reason: str | None, banned_by: int, words_from: int | None
) -> None:
    """Keep somebody out; what they said from the id `words_from` on is to be deleted."""
    until = None if words_from is None else tx.id()
    tx.execute(
        f"INSERT INTO ban ({COLUMNS}, words_from, words_until) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (server_id, user_id, reason, banned_by, tx.now, words_from, until),
    )


def delete(tx: Tx, server_id: int, user_id: int) -> bool:
    """False if there was no such ban."""
    gone = tx.execute("DELETE FROM ban WHERE server_id = ? AND user_id = ?", (server_id, user_id))
    return bool(gone.rowcount)
