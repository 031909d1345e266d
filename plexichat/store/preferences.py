"""Rows of what clients keep for a person, and of what that person has before them."""

from msgspec import Struct

from plexichat.store.db import Snapshot, Tx

COLUMNS = "key, value, created_at, updated_at"


class Preference(Struct, frozen=True):
    key: str
    value: str
    created_at: int
    updated_at: int


def of(snap: Snapshot, user_id: int) -> list[Preference]:
    rows = snap.execute(
        f"SELECT {COLUMNS} FROM preference WHERE user_id = ? ORDER BY key", (user_id,)
    )
    return [Preference(*row) for row in rows]


def get(snap: Snapshot, user_id: int, key: str) -> Preference | None:
    row = snap.execute(
        f"SELECT {COLUMNS} FROM preference WHERE user_id = ? AND key = ?", (user_id, key)
    ).fetchone()
    return None if row is None else Preference(*row)


def count(snap: Snapshot, user_id: int) -> int:
    (found,) = snap.execute(
        "SELECT count(*) FROM preference WHERE user_id = ?", (user_id,)
    ).fetchone()
    return int(found)


def put(tx: Tx, user_id: int, key: str, value: str) -> Preference:
    row = tx.execute(
        f"""INSERT INTO preference (user_id, key, value, created_at, updated_at)
            VALUES (?1, ?2, ?3, ?4, ?4)
            ON CONFLICT DO UPDATE SET value = ?3, updated_at = ?4 RETURNING {COLUMNS}""",
        (user_id, key, value, tx.now),
    ).fetchone()
    return Preference(*row)


def delete(tx: Tx, user_id: int, key: str) -> bool:
    """False if there was no such preference."""
    gone = tx.execute("DELETE FROM preference WHERE user_id = ? AND key = ?", (user_id, key))
    return bool(gone.rowcount)


def focus(tx: Tx, user_id: int, channel_id: int | None) -> None:
    """Note which channel somebody has before them, if any."""
    tx.execute("DELETE FROM focus WHERE user_id = ?", (user_id,))
    if channel_id is not None:
        tx.execute("INSERT INTO focus (user_id, channel_id) VALUES (?, ?)", (user_id, channel_id))
