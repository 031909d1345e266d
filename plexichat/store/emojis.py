"""Rows of custom emoji."""

from msgspec import Struct

from plexichat.store.db import Snapshot, Tx


class Emoji(Struct, frozen=True):
    """A small picture with a name, at home in one server; `creator` is None for who is gone."""

    id: int
    server_id: int
    name: str
    file: str
    animated: bool
    created_by: int
    creator: str | None


SELECT = """SELECT e.id, e.server_id, e.name, e.file, e.animated, e.created_by, u.username
    FROM emoji e LEFT JOIN user u ON u.id = e.created_by"""


def of_server(snap: Snapshot, server_id: int) -> tuple[Emoji, ...]:
    """A server's emoji, the oldest first."""
    rows = snap.execute(f"{SELECT} WHERE e.server_id = ? ORDER BY e.id", (server_id,))
    return tuple(map(_emoji, rows))


def by_id(snap: Snapshot, emoji_id: int) -> Emoji | None:
    """An emoji of any server that has not ended."""
    row = snap.execute(
        f"""{SELECT} JOIN server s ON s.id = e.server_id WHERE e.id = ? AND NOT s.ended""",
        (emoji_id,),
    ).fetchone()
    return None if row is None else _emoji(row)


def named(snap: Snapshot, server_id: int, name: str) -> bool:
    found = snap.execute("SELECT 1 FROM emoji WHERE server_id = ? AND name = ?", (server_id, name))
    return found.fetchone() is not None


def insert(
    tx: Tx, server_id: int, name: str, file: str, animated: bool, created_by: int
) -> int:
    emoji_id = tx.id()
    tx.execute(
        """INSERT INTO emoji (id, server_id, name, file, animated, created_by)
           VALUES (?, ?, ?, ?, ?, ?)""",
        (emoji_id, server_id, name, file, int(animated), created_by),
    )
    return emoji_id


def rename(tx: Tx, emoji_id: int, name: str) -> None:
    tx.execute("UPDATE emoji SET name = ? WHERE id = ?", (name, emoji_id))


def delete(tx: Tx, emoji_id: int) -> None:
    tx.execute("DELETE FROM emoji WHERE id = ?", (emoji_id,))


def _emoji(row: tuple[int, int, str, str, int, int, str | None]) -> Emoji:
    id, server_id, name, file, animated, created_by, creator = row
    return Emoji(id, server_id, name, file, bool(animated), created_by, creator)
