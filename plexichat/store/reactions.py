"""Rows of reactions: one per emoji on a message, and below it one per person who chose it.

Each emoji carries its count, and each message how many emoji there are on it, so that a page of
history without reactions costs nothing and one with any costs a single statement.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import Struct

from plexichat.store.db import Snapshot, Tx


class Reaction(Struct, frozen=True):
    """An emoji on a message; `file` is the picture of a custom one, as long as there is one.

    `mine` speaks to one viewer.
    """

    id: int
    emoji: str
    emoji_id: int | None
    count: int
    file: str | None
    mine: bool


@dataclass(frozen=True, slots=True)
class Reactor:
    user_id: int
    reacted_at: int


class Chosen(Struct, frozen=True):
    """An emoji that somebody chose, and where; nowhere if the message has lost it since."""

    id: int
    emoji: str
    message_id: int | None
    channel_id: int | None


OF = """SELECT r.message_id, r.id, r.emoji, r.emoji_id, r.count, e.file,
    EXISTS (SELECT 1 FROM reactor p WHERE p.reaction_id = r.id AND p.user_id = ?)
    FROM reaction r LEFT JOIN emoji e ON e.id = r.emoji_id
    WHERE r.message_id IN ({marks}) ORDER BY r.id"""


def of(
    snap: Snapshot, message_ids: Sequence[int], viewer: int | None
) -> dict[int, tuple[Reaction, ...]]:
    """What is on each of these messages, in the order it was first added."""
    found: dict[int, tuple[Reaction, ...]] = {}
    marks = ",".join("?" * len(message_ids))
    rows = snap.execute(OF.format(marks=marks), (viewer, *message_ids))
    for message_id, id, emoji, emoji_id, count, file, mine in rows:
        reaction = Reaction(id, emoji, emoji_id, count, file, bool(mine))
        found[message_id] = (*found.get(message_id, ()), reaction)
    return found


def reactors(snap: Snapshot, reaction_id: int, after: int, limit: int) -> list[Reactor]:
    """Who reacts so, by id, from the one that follows `after`."""
    rows = snap.execute(
        """SELECT user_id, reacted_at FROM reactor WHERE reaction_id = ? AND user_id > ?
           ORDER BY user_id LIMIT ?""",
        (reaction_id, after, limit),
    )
    return [Reactor(*row) for row in rows]


def insert(tx: Tx, message_id: int, emoji: str, emoji_id: int | None) -> int:
    """Put an emoji on a message, chosen by nobody yet."""
    reaction_id = tx.id()
    tx.execute(
        "INSERT INTO reaction (id, message_id, emoji, emoji_id, count) VALUES (?, ?, ?, ?, 0)",
        (reaction_id, message_id, emoji, emoji_id),
    )
    tx.execute("UPDATE message SET reactions = reactions + 1 WHERE id = ?", (message_id,))
    return reaction_id


def add(tx: Tx, reaction_id: int, user_id: int) -> None:
    """Let somebody who has not chosen it choose it."""
    tx.execute("INSERT INTO reactor VALUES (?, ?, ?)", (reaction_id, user_id, tx.now))
    tx.execute("UPDATE reaction SET count = count + 1 WHERE id = ?", (reaction_id,))


def take(tx: Tx, message_id: int | None, reaction_id: int, user_id: int) -> None:
    """Take somebody's choice back; an emoji that nobody chooses any more goes."""
    tx.execute(
        "DELETE FROM reactor WHERE reaction_id = ? AND user_id = ?", (reaction_id, user_id)
    )
    (count,) = tx.execute(
        "UPDATE reaction SET count = count - 1 WHERE id = ? RETURNING count", (reaction_id,)
    ).fetchone()
    if count == 0:
        tx.execute("DELETE FROM reaction WHERE id = ?", (reaction_id,))
        tx.execute("UPDATE message SET reactions = reactions - 1 WHERE id = ?", (message_id,))


def of_person(snap: Snapshot, user_id: int, limit: int) -> list[Chosen]:
    """Some of what somebody chose, anywhere."""
    rows = snap.execute(
        """SELECT r.id, r.emoji, r.message_id, m.channel_id FROM reactor p
           JOIN reaction r ON r.id = p.reaction_id LEFT JOIN message m ON m.id = r.message_id
           WHERE p.user_id = ? LIMIT ?""",
        (user_id, limit),
    )
    return [Chosen(*row) for row in rows]


def forget(tx: Tx, message_id: int) -> None:
    """Take every emoji off a message; who chose them goes bit by bit (`clear`)."""
    tx.execute("UPDATE reaction SET message_id = NULL WHERE message_id = ?", (message_id,))
    tx.execute("UPDATE message SET reactions = 0 WHERE id = ?", (message_id,))


def clear(tx: Tx, limit: int) -> int:
    """Remove up to `limit` rows that no message has any more; return how many."""
    people = tx.execute(
        """DELETE FROM reactor WHERE (reaction_id, user_id) IN
               (SELECT p.reaction_id, p.user_id FROM reaction r JOIN reactor p
                ON p.reaction_id = r.id WHERE r.message_id IS NULL LIMIT ?)""",
        (limit,),
    ).rowcount
    emoji = tx.execute(
        """DELETE FROM reaction WHERE id IN
               (SELECT id FROM reaction r WHERE message_id IS NULL AND NOT EXISTS
                    (SELECT 1 FROM reactor p WHERE p.reaction_id = r.id) LIMIT ?)""",
        (limit - people,),
    ).rowcount
    return people + emoji
