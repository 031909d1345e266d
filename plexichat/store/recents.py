"""Rows of the channels that somebody was in last."""

from msgspec import Struct

from plexichat.store.db import Snapshot, Tx


class Recent(Struct, frozen=True):
    channel_id: int
    message_id: int | None
    scroll_position: int | None
    at: int


def of(snap: Snapshot, user_id: int) -> list[Recent]:
    """The latest first."""
    rows = snap.execute(
        """SELECT channel_id, message_id, scroll_position, at FROM recent
           WHERE user_id = ? ORDER BY at DESC, channel_id DESC""",
        (user_id,),
    )
    return [Recent(*row) for row in rows]


def put(tx: Tx, user_id: int, recent: Recent, kept: int) -> None:
    """Note where somebody is; of the others the latest stay, `kept` in all."""
    tx.execute(
        """REPLACE INTO recent (user_id, channel_id, message_id, scroll_position, at)
           VALUES (?, ?, ?, ?, ?)""",
        (user_id, recent.channel_id, recent.message_id, recent.scroll_position, recent.at),
    )
    tx.execute(
        """DELETE FROM recent WHERE user_id = ?1 AND channel_id IN
               (SELECT channel_id FROM recent WHERE user_id = ?1
                ORDER BY at DESC, channel_id DESC LIMIT -1 OFFSET ?2)""",
        (user_id, kept),
    )
