"""Rows of how far each person has read in each channel.

What is unread is never counted message by message: a message knows which of its channel's it is,
and which of its author's there, so the distance between two places is a subtraction. Only deleted
messages, which keep their place, are counted. Whoever has no row in a channel of their server has
read what was there when they joined.
"""

from msgspec import Struct

from plexichat.store.db import Snapshot, Tx


class Reading(Struct, frozen=True):
    """One person in one channel: how far they have read, and up to where others may know."""

    read_id: int = 0
    read_sent: int = 0
    read_own: int = 0
    read_at: int | None = None
    receipt_id: int = 0


class Place(Struct, frozen=True):
    """A message, how many lie up to it in its channel, and how many of those are one's own."""

    id: int
    sent: int
    own: int


START = Place(0, 0, 0)
HERE = "user_id = ? AND channel_id = ?"
UNREAD = """SELECT r.channel_id,
        c.sent - r.read_sent - (r.sent - r.read_own)
        - (SELECT count(*) FROM message m WHERE m.channel_id = r.channel_id AND m.deleted = 1
           AND m.id > r.read_id AND m.author_id <> r.user_id)
    FROM reading r JOIN channel c ON c.id = r.channel_id WHERE r.user_id = ?"""
UNREAD_HERE = f"{UNREAD} AND r.channel_id = ?"
UNREAD_SINCE_JOINING = """SELECT c.id,
        c.sent - coalesce((SELECT n.position FROM message n
            WHERE n.channel_id = c.id AND n.id <= max(m.joined_id, c.cleared_id)
            ORDER BY n.id DESC LIMIT 1), 0)
        - (SELECT count(*) FROM message d WHERE d.channel_id = c.id AND d.deleted = 1
           AND d.id > max(m.joined_id, c.cleared_id) AND d.author_id <> m.user_id)
    FROM member m JOIN channel c ON c.server_id = m.server_id
    WHERE m.user_id = ? AND c.last_message_id > m.joined_id AND NOT EXISTS
        (SELECT 1 FROM reading r WHERE r.user_id = m.user_id AND r.channel_id = c.id)"""
UNREAD_SINCE_JOINING_HERE = f"{UNREAD_SINCE_JOINING} AND c.id = ?"
COUNT_OWN = """UPDATE reading SET sent = sent + 1 WHERE user_id = ? AND channel_id = ?
    RETURNING sent"""
NEAREST = """SELECT id, position FROM message WHERE channel_id = ? AND id <= ?
    ORDER BY id DESC LIMIT 1"""
NEAREST_OWN = """SELECT own_position FROM message WHERE author_id = ? AND channel_id = ? AND id <= ?
    ORDER BY id DESC LIMIT 1"""


def get(snap: Snapshot, user_id: int, channel_id: int) -> Reading:
    row = snap.execute(
        """SELECT read_id, read_sent, read_own, read_at, receipt_id FROM reading
           WHERE user_id = ? AND channel_id = ?""",
        (user_id, channel_id),
    ).fetchone()
    if row is not None:
        return Reading(*row)
    start = _start(snap, user_id, channel_id)
    return Reading(start.id, start.sent, start.own)


def count_own(tx: Tx, user_id: int, channel_id: int) -> int:
    """Count a message that somebody sends; return which of theirs it is."""
    here = user_id, channel_id
    row = tx.execute(COUNT_OWN, here).fetchone()
    if row is None:
        begin(tx, user_id, channel_id)
        row = tx.execute(COUNT_OWN, here).fetchone()
    return int(row[0])


def begin(tx: Tx, user_id: int, channel_id: int) -> None:
    """Let somebody have a row in a channel, at the place where they stand without one."""
    here = user_id, channel_id
    if tx.execute(f"SELECT 1 FROM reading WHERE {HERE}", here).fetchone() is None:
        start = _start(tx, user_id, channel_id)
        tx.execute(
            """INSERT INTO reading (user_id, channel_id, read_id, read_sent, read_own)
               VALUES (?, ?, ?, ?, ?)""",
            (*here, start.id, start.sent, start.own),
        )


def skip(tx: Tx, user_id: int, server_id: int) -> None:
    """Let somebody who comes back have read all that there is in a server by now."""
    tx.execute(
        """UPDATE reading SET read_own = sent,
               read_sent = (SELECT c.sent FROM channel c WHERE c.id = channel_id),
               read_id = max(read_id, coalesce(
                   (SELECT max(m.id) FROM message m WHERE m.channel_id = reading.channel_id), 0))
           WHERE user_id = ? AND channel_id IN (SELECT id FROM channel WHERE server_id = ?)""",
        (user_id, server_id),
    )


def _start(snap: Snapshot, user_id: int, channel_id: int) -> Place:
    row = snap.execute(
        """SELECT m.joined_id FROM channel c JOIN member m
               ON m.server_id = c.server_id AND m.user_id = ? WHERE c.id = ?""",
        (user_id, channel_id),
    ).fetchone()
    return START if row is None else place(snap, user_id, channel_id, row[0])


def place(snap: Snapshot, user_id: int, channel_id: int, bound: int) -> Place:
    """The newest message up to `bound`, deleted ones included, as this person counts.

    Where a channel was cleared nobody stands any more, so `bound` is no lower than that.
    """
    cleared = snap.execute("SELECT cleared_id FROM channel WHERE id = ?", (channel_id,)).fetchone()
    bound = max(bound, cleared[0] if cleared else 0)
    nearest = snap.execute(NEAREST, (channel_id, bound)).fetchone()
    if nearest is None:
        return START
    message_id, position = nearest
    own = snap.execute(NEAREST_OWN, (user_id, channel_id, bound)).fetchone()
    return Place(message_id, position, 0 if own is None else own[0])


def deleted(snap: Snapshot, user_id: int, channel_id: int, after: int, upto: int) -> int:
    """How many messages by others between two places are deleted."""
    (count,) = snap.execute(
        """SELECT count(*) FROM message WHERE channel_id = ? AND deleted = 1
           AND id > ? AND id <= ? AND author_id <> ?""",
        (channel_id, after, upto, user_id),
    ).fetchone()
    return int(count)


def move(
    tx: Tx, user_id: int, channel_id: int, to: Place, read_at: int | None, receipt_id: int
) -> None:
    """Set the mark. Whoever reads up to a message has received it."""
    tx.execute(
        """INSERT INTO reading (user_id, channel_id, read_id, read_sent, read_own, read_at,
               receipt_id, delivered_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?3)
           ON CONFLICT DO UPDATE SET read_id = ?3, read_sent = ?4, read_own = ?5, read_at = ?6,
               receipt_id = ?7, delivered_id = max(delivered_id, ?3)""",
        (user_id, channel_id, to.id, to.sent, to.own, read_at, receipt_id),
    )


def unread(snap: Snapshot, user_id: int, channel_id: int) -> int:
    here = user_id, channel_id
    row = snap.execute(UNREAD_HERE, here).fetchone()
    if row is None:
        row = snap.execute(UNREAD_SINCE_JOINING_HERE, here).fetchone()
    return 0 if row is None else int(row[1])


def unread_everywhere(snap: Snapshot, user_id: int) -> dict[int, int]:
    """How many messages wait in each channel where any do, may this person read there or not."""
    counts = (*snap.execute(UNREAD, (user_id,)), *snap.execute(UNREAD_SINCE_JOINING, (user_id,)))
    return {id: count for id, count in counts if count}
