"""Messages and sent files by their age. What is pinned, and what somebody noted for themself, is
never among them.
"""

from typing import Final, NamedTuple

from plexichat.store.db import Snapshot, Tx

KEPT: Final = "m.pinned_at IS NULL AND c.kind NOT IN ('notes', 'ended')"
OF: Final = {  # what each is made of: its id, its size, and where it lies
    "messages": (
        "m.id",
        """coalesce(length(CAST(m.content AS BLOB)), 0)
            + coalesce(length(CAST(m.embeds AS BLOB)), 0)""",
        f"message m JOIN channel c ON c.id = m.channel_id WHERE m.deleted = 0 AND {KEPT}",
    ),
    "files": (
        "f.id",
        "f.size",
        f"""upload f JOIN message m ON m.id = f.message_id JOIN channel c ON c.id = m.channel_id
            WHERE {KEPT}""",
    ),
}


class Sum(NamedTuple):
    number: int
    bytes: int


class Old(NamedTuple):
    """Something old; a message is a part of itself."""

    id: int
    channel_id: int
    message_id: int


def newest(snap: Snapshot, kind: str, below: int, limit: int) -> list[tuple[int, int]]:
    """Pairs of id and size, the newest first."""
    id, size, place = OF[kind]
    return snap.execute(
        f"SELECT {id}, {size} FROM {place} AND {id} < ? ORDER BY {id} DESC LIMIT ?", (below, limit)
    ).fetchall()


def oldest(snap: Snapshot, kind: str, after: int, below: int, limit: int) -> list[Old]:
    id, _, place = OF[kind]
    rows = snap.execute(
        f"""SELECT {id}, m.channel_id, m.id FROM {place} AND {id} > ? AND {id} < ?
            ORDER BY {id} LIMIT ?""",
        (after, below, limit),
    )
    return [Old(*row) for row in rows]


def total(snap: Snapshot, kind: str, below: int) -> Sum:
    id, size, place = OF[kind]
    return Sum(*snap.execute(
        f"SELECT count(*), coalesce(sum({size}), 0) FROM {place} AND {id} < ?", (below,)
    ).fetchone())  # fmt: skip


def carry(tx: Tx, message_id: int, attachments: str | None) -> None:
    """Let a message carry these files and no others."""
    tx.execute("UPDATE message SET attachments = ? WHERE id = ?", (attachments, message_id))
