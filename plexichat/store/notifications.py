"""Rows of what people are told of, and of messages that still have people to call.

A notification holds no text: it is read with the message that it is about, and goes with it.
"""

import json
from collections.abc import Collection, Sequence

from msgspec import Struct

from plexichat.store.db import Snapshot, Tx


class Notification(Struct, frozen=True):
    id: int
    kind: str
    sender_id: int
    sender_name: str | None
    channel_id: int | None
    channel_name: str | None
    message_id: int | None
    content: str | None
    seen: bool


class Call(Struct, frozen=True):
    """A message that calls many, and how far the calling has come."""

    message_id: int
    whom: str
    upto: int
    channel_id: int
    author_id: int


FROM = """FROM notification n LEFT JOIN notification_mark k ON k.user_id = n.user_id
    LEFT JOIN message m ON m.id = n.message_id"""
THERE = """n.user_id = ?1 AND (n.message_id IS NULL OR
    (m.deleted = 0 AND n.channel_id IN (SELECT value FROM json_each(?2))))"""
UNSEEN = "n.seen = 0 AND n.id > coalesce(k.upto, 0)"
SELECT = f"""SELECT n.id, n.kind, n.sender_id, u.username, n.channel_id, c.name, n.message_id,
        coalesce(m.content, r.message), NOT ({UNSEEN})
    {FROM} LEFT JOIN user u ON u.id = n.sender_id LEFT JOIN channel c ON c.id = n.channel_id
    LEFT JOIN relationship r ON n.message_id IS NULL AND r.user_id = n.user_id
        AND r.other_id = n.sender_id
    WHERE {THERE}"""


def channels(snap: Snapshot, user_id: int) -> list[int]:
    """The channels that somebody's notifications are about."""
    rows = snap.execute(
        """SELECT DISTINCT channel_id FROM notification
           WHERE user_id = ? AND channel_id IS NOT NULL""",
        (user_id,),
    )
    return [channel_id for (channel_id,) in rows]


def page(
    snap: Snapshot,
    user_id: int,
    channel_ids: Sequence[int],
    before: int,
    limit: int,
    unread_only: bool,
) -> list[Notification]:
    """The newest before an id; of messages only those in these channels."""
    unseen = f"AND {UNSEEN}" if unread_only else ""
    rows = snap.execute(
        f"{SELECT} AND n.id < ?3 {unseen} ORDER BY n.id DESC LIMIT ?4",
        (user_id, json.dumps(channel_ids), before, limit),
    )
    return [_notification(*row) for row in rows]


def by_id(
    snap: Snapshot, user_id: int, channel_ids: Sequence[int], notification_id: int
) -> Notification | None:
    row = snap.execute(
        f"{SELECT} AND n.id = ?3", (user_id, json.dumps(channel_ids), notification_id)
    ).fetchone()
    return None if row is None else _notification(*row)


def unseen(snap: Snapshot, user_id: int, channel_ids: Sequence[int]) -> int:
    (count,) = snap.execute(
        f"SELECT count(*) {FROM} WHERE {THERE} AND {UNSEEN}", (user_id, json.dumps(channel_ids))
    ).fetchone()
    return int(count)


def insert(
    tx: Tx,
    notification_id: int,
    user_ids: Collection[int],
    kind: str,
    sender_id: int,
    channel_id: int | None,
    message_id: int | None,
) -> frozenset[int]:
    """Add one for each of these people; return those who had none about this message."""
    told = set()
    for user_id in user_ids:
        added = tx.execute(
            """INSERT OR IGNORE INTO notification
                   (user_id, id, kind, sender_id, channel_id, message_id)
               VALUES (?, ?, ?, ?, ?, ?)""",
            (user_id, notification_id, kind, sender_id, channel_id, message_id),
        )
        if added.rowcount:
            told.add(user_id)
    return frozenset(told)


def see(tx: Tx, user_id: int, notification_id: int) -> None:
    tx.execute(
        "UPDATE notification SET seen = 1 WHERE user_id = ? AND id = ?", (user_id, notification_id)
    )


def see_all(tx: Tx, user_id: int) -> None:
    """Count everything as read that there is now."""
    tx.execute(
        """REPLACE INTO notification_mark (user_id, upto)
           SELECT ?1, max(id) FROM notification WHERE user_id = ?1 HAVING max(id) IS NOT NULL""",
        (user_id,),
    )


def of_message(snap: Snapshot, message_id: int, limit: int) -> list[tuple[int, int]]:
    """Pairs of notification and person, of some who were told of a message."""
    return snap.execute(
        """SELECT id, user_id FROM notification WHERE message_id = ? ORDER BY id LIMIT ?""",
        (message_id, limit),
    ).fetchall()


def requests(snap: Snapshot, user_id: int, sender_id: int) -> list[tuple[int, int]]:
    """The same, of what somebody asked this person."""
    return snap.execute(
        """SELECT id, user_id FROM notification
           WHERE user_id = ? AND sender_id = ? AND message_id IS NULL""",
        (user_id, sender_id),
    ).fetchall()


def delete(tx: Tx, user_id: int, notification_id: int) -> None:
    tx.execute(
        "DELETE FROM notification WHERE user_id = ? AND id = ?", (user_id, notification_id)
    )


def forget(tx: Tx, before: int, limit: int) -> int:
    """Delete some that are older than an id; return how many."""
    return tx.execute(
        """DELETE FROM notification WHERE (user_id, id) IN
               (SELECT user_id, id FROM notification WHERE id < ? LIMIT ?)""",
        (before, limit),
    ).rowcount


def call(tx: Tx, message_id: int, whom: str, upto: int) -> None:
    """Note that members behind `upto` are still to be told of a message."""
    tx.execute(
        "REPLACE INTO calling (message_id, whom, upto) VALUES (?, ?, ?)", (message_id, whom, upto)
    )


def called(tx: Tx, message_id: int, whom: str) -> None:
    """Note that everybody has been told."""
    tx.execute("DELETE FROM calling WHERE message_id = ? AND whom = ?", (message_id, whom))


def next_call(snap: Snapshot) -> Call | None:
    """The oldest message that still has people to call."""
    row = snap.execute(
        """SELECT c.message_id, c.whom, c.upto, m.channel_id, m.author_id
           FROM calling c JOIN message m ON m.id = c.message_id ORDER BY c.message_id LIMIT 1"""
    ).fetchone()
    return None if row is None else Call(*row)


def members(snap: Snapshot, server_id: int, whom: str, after: int, limit: int) -> list[int]:
    """Members whom a message calls, in order of their ids."""
    if whom.isdigit():
        rows = snap.execute(
            """SELECT user_id FROM member_role WHERE role_id = ? AND server_id = ? AND user_id > ?
               ORDER BY user_id LIMIT ?""",
            (int(whom), server_id, after, limit),
        )
    else:
        rows = snap.execute(
            """SELECT user_id FROM member WHERE server_id = ? AND user_id > ?
               ORDER BY user_id LIMIT ?""",
            (server_id, after, limit),
        )
    return [user_id for (user_id,) in rows]


def focused(snap: Snapshot, user_ids: Collection[int], channel_id: int) -> frozenset[int]:
    """Who of these people has a channel before them."""
    rows = snap.execute(
        """SELECT user_id FROM focus WHERE channel_id = ?
           AND user_id IN (SELECT value FROM json_each(?))""",
        (channel_id, json.dumps(list(user_ids))),
    )
    return frozenset(user_id for (user_id,) in rows)


def _notification(
    id: int, kind: str, sender_id: int, sender: str | None, channel_id: int | None,
    channel: str | None, message_id: int | None, content: str | None, seen: int,
) -> Notification:  # fmt: skip
    return Notification(
        id, kind, sender_id, sender, channel_id, channel, message_id, content, bool(seen)
    )
