"""Rows of pinned messages."""

from plexichat.store.db import Snapshot, Tx
from plexichat.store.messages import SELECT, Message

PINNED = f"""{SELECT} WHERE m.channel_id = ? AND m.pinned_at IS NOT NULL
    ORDER BY m.pinned_at DESC"""


def of(snap: Snapshot, channel_id: int) -> list[Message]:
    """The messages pinned in a channel, the newest pin first."""
    return [Message(*row) for row in snap.execute(PINNED, (channel_id,))]


def ids(snap: Snapshot, channel_id: int) -> tuple[int, ...]:
    """The same, by id."""
    rows = snap.execute(
        """SELECT id FROM message WHERE channel_id = ? AND pinned_at IS NOT NULL
           ORDER BY pinned_at DESC""",
        (channel_id,),
    )
    return tuple(id for (id,) in rows)


def latest(snap: Snapshot, channel_id: int) -> int:
    """When something was last pinned in a channel, of what is pinned there still."""
    (at,) = snap.execute(
        "SELECT max(pinned_at) FROM message WHERE channel_id = ? AND pinned_at IS NOT NULL",
        (channel_id,),
    ).fetchone()
    return at or 0


def put(tx: Tx, message_id: int, at: int | None) -> None:
    tx.execute("UPDATE message SET pinned_at = ? WHERE id = ?", (at, message_id))
