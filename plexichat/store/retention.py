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


def graves(snap: Snapshot, below: int) -> list[tuple[int, int]]:
    """Channels with places of deleted messages below this id, and the last such place in each."""
    return snap.execute(
        """SELECT d.channel_id, max(d.id) FROM message d JOIN channel c ON c.id = d.channel_id
           WHERE d.deleted = 1 AND d.id < ? AND c.kind NOT IN ('notes', 'ended')
           GROUP BY d.channel_id HAVING max(d.id) > min(c.cleared_id)""",
        (below,),
    ).fetchall()


def begin_clearing(tx: Tx, channel_id: int, upto: int) -> None:
    """From here on nobody's mark goes below this place."""
    tx.execute("UPDATE channel SET cleared_id = ? WHERE id = ?", (upto, channel_id))


def move_marks(tx: Tx, channel_id: int, limit: int) -> int:
    """Let some who have not read up to the cleared place stand there; return how many."""
    return tx.execute(
        """UPDATE reading SET read_id = c.cleared_id,
               read_sent = (SELECT m.position FROM message m WHERE m.id = c.cleared_id),
               read_own = coalesce((SELECT o.own_position FROM message o
                   WHERE o.author_id = reading.user_id AND o.channel_id = c.id
                       AND o.id <= c.cleared_id ORDER BY o.id DESC LIMIT 1), 0)
           FROM channel c WHERE c.id = ?1 AND reading.channel_id = ?1 AND reading.user_id IN
               (SELECT r.user_id FROM reading r JOIN channel n ON n.id = r.channel_id
                WHERE r.channel_id = ?1 AND r.read_id < n.cleared_id LIMIT ?2)""",
        (channel_id, limit),
    ).rowcount


def clear(tx: Tx, channel_id: int, limit: int) -> int:
    """Forget some places up to the cleared one; return how many.

    The cleared one stays, and of each author the last, by which their own are counted.
    """
    return tx.execute(
        """DELETE FROM message WHERE id IN
               (SELECT d.id FROM channel c JOIN message d ON d.channel_id = c.id AND d.deleted = 1
                    AND d.id < c.cleared_id
                WHERE c.id = ? AND EXISTS (SELECT 1 FROM message n
                    WHERE n.author_id = d.author_id AND n.channel_id = c.id
                        AND n.id > d.id AND n.id <= c.cleared_id) LIMIT ?)""",
        (channel_id, limit),
    ).rowcount
