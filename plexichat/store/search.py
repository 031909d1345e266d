"""Which messages hold which words.

FTS5 writes a segment of its index for every call of a batch, however small, so messages enter it
a few hundred at a time. Those that still wait are looked at one by one: a search misses nothing.
Their ids enter it negated, since it finds fast what comes first in it: the newest, that way.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from plexichat.store import words
from plexichat.store.db import Snapshot, Tx

WAITING = 256  # so many wait before they are taken in together
TAKEN = 512
CONTINUATIONS = 200
LOOKED_AT, LOOKED_AT_CHARACTERS = 2_000, 400_000

INSERT = "INSERT INTO message_words (rowid, words) VALUES (?, ?)"
DELETE = "INSERT INTO message_words (message_words, rowid, words) VALUES ('delete', ?, ?)"
MATCH = """SELECT -rowid FROM message_words WHERE message_words MATCH ? AND rowid > ?
    ORDER BY rowid LIMIT ?"""
JOINED = """FROM message_words w CROSS JOIN message m ON m.id = -w.rowid
    WHERE message_words MATCH ?1 AND w.rowid > ?2 AND m.deleted = 0
        AND (?3 IS NULL OR m.author_id = ?3) ORDER BY w.rowid LIMIT ?4"""
OF_AUTHOR = f"SELECT m.id {JOINED}"
CANDIDATES = f"SELECT m.id, m.content {JOINED}"
WAITS = """SELECT id, content FROM message
    WHERE id > ?1 AND id < ?2 AND channel_id IN (SELECT value FROM json_each(?3))
        AND (?4 IS NULL OR author_id = ?4) AND content IS NOT NULL
    ORDER BY id DESC"""
NEWEST = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Where:
    """Which messages count: those of these channels, before an id, of one author if any."""

    channel_ids: Sequence[int]
    before: int = NEWEST
    author_id: int | None = None


def added(tx: Tx) -> None:
    """Count a message that was just sent; take it in with the others when enough of them wait."""
    (waiting,) = tx.execute("UPDATE search SET waiting = waiting + 1 RETURNING waiting").fetchone()
    if waiting >= WAITING:
        _take_in(tx)


def changed(tx: Tx, channel_id: int, message_id: int, old: str | None, new: str | None) -> None:
    """Forget the words of an old text and take in those of the new one; None for no text."""
    if message_id > _indexed(tx):
        return
    if old is not None:
        tx.execute(DELETE, (-message_id, _entry(channel_id, old)))
    if new is not None:
        tx.execute(INSERT, (-message_id, _entry(channel_id, new)))


def find(snap: Snapshot, where: Where, wanted: list[str], limit: int) -> list[int]:
    """The newest messages that hold all these phrases (see `words.wanted`).

    The last word may be the beginning of longer ones. If those are more than CONTINUATIONS, only
    the newest LOOKED_AT messages with the other words are looked at: a beginning so common is
    in many of them, and reading all that it stands for would take seconds.
    """
    channels = json.dumps(where.channel_ids)
    waiting = snap.execute(WAITS, (_indexed(snap), where.before, channels, where.author_id))
    found = _holding(waiting, wanted, limit)
    if len(found) == limit or not where.channel_ids:
        return found
    rest = limit - len(found)
    *whole, last = wanted
    lead, _, begun = last.rpartition(" ")
    longer = _continuations(snap, begun)
    if len(longer) <= CONTINUATIONS:
        if not longer:
            return found
        last_words = " OR ".join(_quoted(f"{lead} {word}".strip()) for word in longer)
        return found + _match(snap, where, f"{_all(where, whole)} AND ({last_words})", rest)
    others = [*whole, lead] if lead else whole
    candidates = snap.execute(
        CANDIDATES, (_all(where, others), -where.before, where.author_id, LOOKED_AT)
    )
    return found + _holding(_few(candidates), wanted, rest)


def _match(snap: Snapshot, where: Where, expression: str, limit: int) -> list[int]:
    if where.author_id is None:  # the common case, without a look at any message
        rows = snap.execute(MATCH, (expression, -where.before, limit))
    else:
        rows = snap.execute(OF_AUTHOR, (expression, -where.before, where.author_id, limit))
    return [id for (id,) in rows]


def _indexed(snap: Snapshot) -> int:
    (indexed,) = snap.execute("SELECT indexed_id FROM search").fetchone()
    return int(indexed)


def _take_in(tx: Tx) -> None:
    rows = tx.execute(
        "SELECT id, channel_id, content FROM message WHERE id > ? ORDER BY id LIMIT ?",
        (_indexed(tx), TAKEN),
    ).fetchall()
    for id, channel_id, content in reversed(rows):  # in the index's own order, or it writes each
        if content is not None:
            tx.execute(INSERT, (-id, _entry(channel_id, content)))
    tx.execute("UPDATE search SET indexed_id = ?, waiting = 0", (rows[-1][0],))


def _entry(channel_id: int, text: str) -> str:
    return f"#{channel_id} {' '.join(words.tokens(text))}"


def _continuations(snap: Snapshot, begun: str) -> list[str]:
    """Words of the index that begin so, the shortest first; at most CONTINUATIONS and one more."""
    found: list[str] = []
    following = begun
    while len(found) <= CONTINUATIONS:
        row = snap.execute(
            "SELECT term FROM message_word WHERE term >= ? LIMIT 1", (following,)
        ).fetchone()
        if row is None or not row[0].startswith(begun):
            break
        found.append(row[0])
        following = row[0] + "\0"
    return found


def _all(where: Where, phrases: list[str]) -> str:
    channels = " OR ".join(_quoted(f"#{channel_id}") for channel_id in where.channel_ids)
    return " AND ".join((f"({channels})", *map(_quoted, phrases)))


def _quoted(phrase: str) -> str:
    return f'"{phrase}"'


def _few(rows: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """As many as may be read in a moment."""
    characters = 0
    for id, content in rows:
        yield id, content
        characters += len(content)
        if characters > LOOKED_AT_CHARACTERS:
            return


def _holding(rows: Iterable[tuple[int, str]], wanted: list[str], limit: int) -> list[int]:
    found: list[int] = []
    for id, content in rows:
        if words.holds(content, wanted):
            found.append(id)
            if len(found) == limit:
                break
    return found
