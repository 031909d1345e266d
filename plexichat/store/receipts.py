"""How many people have come how far in a channel, and who: counted in indexes, never row by row."""

from collections.abc import Collection, Sequence

import msgspec
from msgspec import Struct

from plexichat.store.db import Snapshot, Tx


class Reader(Struct, frozen=True):
    """Somebody who has read up to a message, and lets others know."""

    user_id: int
    username: str
    avatar: str | None
    receipt_id: int


class Marks(Struct, frozen=True):
    """How far one person has come in a channel; 0 is nowhere."""

    read_id: int = 0
    receipt_id: int = 0
    delivered_id: int = 0


Tally = Sequence[tuple[int, int]]  # marks in order, and how many people stand at each

READ = """SELECT receipt_id, count(*) FROM reading WHERE channel_id = ? AND receipt_id >= ?
    GROUP BY receipt_id ORDER BY receipt_id"""
RECEIVED = """SELECT delivered_id, count(*) FROM reading WHERE channel_id = ? AND delivered_id >= ?
    GROUP BY delivered_id ORDER BY delivered_id"""
# Each of a list of people is looked up by the key; an IN would read the whole channel instead.
RECEIVED_BY = """SELECT r.delivered_id, count(*) FROM json_each(?) one CROSS JOIN reading r
    WHERE r.user_id = one.value AND r.channel_id = ? AND r.delivered_id >= ?
    GROUP BY r.delivered_id ORDER BY r.delivered_id"""
MARKS = """SELECT r.user_id, r.read_id, r.receipt_id, r.delivered_id
    FROM json_each(?) one CROSS JOIN reading r WHERE r.user_id = one.value AND r.channel_id = ?"""
READERS = """SELECT u.id, u.username, u.avatar, r.receipt_id
    FROM reading r JOIN user u ON u.id = r.user_id WHERE r.channel_id = ? AND r.receipt_id >= ?
    ORDER BY r.receipt_id DESC LIMIT ?"""


def read(snap: Snapshot, channel_id: int, since: int) -> Tally:
    """Of those who have read up to a message or further and let others know."""
    return snap.execute(READ, (channel_id, since)).fetchall()


def received(snap: Snapshot, channel_id: int, since: int) -> Tally:
    """Of those whom everything up to a message has reached, or more."""
    return snap.execute(RECEIVED, (channel_id, since)).fetchall()


def received_by(snap: Snapshot, people: Collection[int], channel_id: int, since: int) -> Tally:
    """The same, of these people only."""
    return snap.execute(RECEIVED_BY, (_listed(people), channel_id, since)).fetchall()


def marks(snap: Snapshot, channel_id: int, people: Collection[int]) -> dict[int, Marks]:
    """How far each of these people has come, as far as they have been there."""
    rows = snap.execute(MARKS, (_listed(people), channel_id))
    return {user_id: Marks(*row) for user_id, *row in rows}


def readers(snap: Snapshot, channel_id: int, since: int, limit: int) -> list[Reader]:
    """Who has read up to a message or further, those who have come furthest first."""
    return [Reader(*row) for row in snap.execute(READERS, (channel_id, since, limit))]


def behind(snap: Snapshot, user_id: int, limit: int) -> list[int]:
    """The channels with something in them that has not reached somebody as far as is known.

    The liveliest first; in servers also those of which nothing is known yet.
    """
    rows = snap.execute(
        """SELECT c.id, c.last_message_id FROM reading r JOIN channel c ON c.id = r.channel_id
           WHERE r.user_id = ?1 AND c.last_message_id > r.delivered_id
           UNION ALL
           SELECT c.id, c.last_message_id FROM member m JOIN channel c ON c.server_id = m.server_id
           WHERE m.user_id = ?1 AND c.last_message_id > m.joined_id AND NOT EXISTS
               (SELECT 1 FROM reading r WHERE r.user_id = ?1 AND r.channel_id = c.id)
           ORDER BY 2 DESC LIMIT ?2""",
        (user_id, limit),
    )
    return [channel_id for channel_id, _ in rows]


def deliver(tx: Tx, user_id: int, channel_id: int, bound: int) -> None:
    """Note that everything up to `bound` has reached somebody who has a row in the channel."""
    tx.execute(
        """UPDATE reading SET delivered_id = ?1
           WHERE user_id = ?2 AND channel_id = ?3 AND delivered_id < ?1""",
        (bound, user_id, channel_id),
    )


def _listed(people: Collection[int]) -> str:
    return msgspec.json.encode(people).decode()
