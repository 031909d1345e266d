"""Which messages hold which words.

FTS5 writes a segment of its index for every call of a batch, however small, so messages enter it
a few hundred at a time. Those that still wait are looked at one by one: a search misses nothing.
Their ids enter it negated, since it finds fast what comes first in it: the newest, that way.
A search that is not done in SECONDS says how far it came, and goes on there when asked again.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from time import thread_time
from typing import Final

from plexichat.store import words
from plexichat.store.db import Snapshot, Tx
from plexichat.store.driver import Cursor, Error, interrupted

WAITING = 256  # so many wait before they are taken in together
TAKEN = 512
NEWEST = (1 << 63) - 1

SECONDS = 0.042  # of the processor, which a search may take before it says how far it came
SILENT = 0.7  # the part of it that may pass before the index gives any sign
TRIED = 0.15  # the part that it has where messages can be read instead
TURN = 200  # steps of SQLite's machine between two looks at the clock; FTS5 takes few
CLOCKED, PASSED = 2_000, 100  # characters read between two looks; so many count for any message
FEW, FEW_ASIDE = 2_000, 12_000  # messages read at once; those the index knows too little about
NEARBY = 128  # messages that are read first: what is common is among them
APART = 16_384  # messages from one fence to the next
FENCES_AT_ONCE: Final = 8
FENCE: Final = 1 << 12  # a bit that no id of a message has
CHANNELS = 256  # the index is asked for no more than these; of the others each message tells
GROUP = 16
PHRASES, PHRASE_WORDS = 16, 3
CONTINUATIONS = 8  # words that begin alike are asked for one by one up to here, then as one list

INSERT = "INSERT INTO message_words (rowid, words) VALUES (?, ?)"
DELETE = "INSERT INTO message_words (message_words, rowid, words) VALUES ('delete', ?, ?)"
MATCH = """SELECT -rowid, NULL FROM message_words WHERE message_words MATCH ?1 AND rowid > ?2
    ORDER BY rowid LIMIT ?3"""
LOOK = """SELECT -w.rowid, m.content FROM message_words w LEFT JOIN message m ON m.id = -w.rowid
    WHERE message_words MATCH ?1 AND w.rowid > ?2 AND ((m.author_id = ?4 OR ?4 IS NULL)
        AND (?5 IS NULL OR m.channel_id IN (SELECT value FROM json_each(?5))) OR m.id IS NULL)
    ORDER BY w.rowid LIMIT ?3"""
COUNTED = """FROM message INDEXED BY {} WHERE channel_id IN (SELECT value FROM json_each(?1))
    AND id > ?2 AND id < ?3 AND {}"""
THERE = COUNTED.format("message_channel", "?5 IS NULL")
OF_AUTHOR = COUNTED.format("message_author", "author_id = ?5")
CONTENTS = """SELECT m.id, m.content FROM json_each(?) w CROSS JOIN message m ON m.id = w.value
    WHERE m.content IS NOT NULL"""
OLDER = "SELECT id FROM message WHERE id < ? ORDER BY id DESC LIMIT 1 OFFSET ?"
FOLLOWING = "SELECT term FROM message_word WHERE term >= ? LIMIT 1"
UNFENCED = """SELECT id FROM message WHERE id > ? AND id <= (SELECT indexed_id FROM search)
    ORDER BY id LIMIT 1 OFFSET ?"""


@dataclass(frozen=True, slots=True)
class Where:
    """Which messages count: those of these channels, before an id, of one author if any."""

    channel_ids: Sequence[int]
    before: int = NEWEST
    author_id: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Messages, the newest first, and before which id to go on; None if there are no more."""

    ids: list[int]
    more: int | None


def added(tx: Tx) -> None:
    """Count a message that was just sent; take it in with the others when enough of them wait."""
    (waiting,) = tx.execute("UPDATE search SET waiting = waiting + 1 RETURNING waiting").fetchone()
    if waiting >= WAITING:
        _take_in(tx)
        _fence(tx)


def changed(tx: Tx, channel_id: int, message_id: int, old: str | None, new: str | None) -> None:
    """Forget the words of an old text and take in those of the new one; None for no text."""
    if message_id > _indexed(tx):
        return
    if old is not None:
        tx.execute(DELETE, (-message_id, _entry(channel_id, old)))
    if new is not None:
        tx.execute(INSERT, (-message_id, _entry(channel_id, new)))


def find(
    snap: Snapshot, where: Where, wanted: list[str], limit: int, spent: float = 0.0
) -> Found:
    """The newest messages that hold all these phrases (see `words.wanted`), the last one perhaps
    only the beginning of a word. If there are fewer than `limit` and still more, time was up, of
    which so many seconds had been spent before.
    """
    search = _Search(snap, where, wanted, limit, max(SECONDS - spent, SECONDS / 2))
    search.run()
    return Found(search.found, search.before or None)


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


def _fence(tx: Tx) -> None:
    """Put up some of the fences that are missing, the oldest first."""
    row = tx.execute(MATCH, ('"#"', -NEWEST, 1)).fetchone()
    fences = [0 if row is None else row[0]]
    while len(fences) <= FENCES_AT_ONCE:
        row = tx.execute(UNFENCED, (fences[-1], APART - 1)).fetchone()
        if row is None:
            break
        fences.append(row[0] | FENCE)
    for id in reversed(fences[1:]):
        tx.execute(INSERT, (-id, "#"))


def _entry(channel_id: int, text: str) -> str:
    return f"#{channel_id} {' '.join(words.tokens(text))}"


class _Search:
    """One search on its way into the past: what is not `before` has been looked at.

    FTS5 shows where it is only by finding something, which may be never, so it is asked for fences
    too: rows every so often that hold just "#". If it comes to none in time, because the last word
    begins like half of all words or the fences are not up yet, it is asked for the other words
    alone; last of all, messages are read one by one.
    """

    def __init__(
        self, snap: Snapshot, where: Where, wanted: list[str], limit: int, seconds: float
    ) -> None:
        self._snap = snap
        self._where = where
        self._channels = json.dumps(where.channel_ids)
        self._wanted = wanted
        self._limit = limit
        self._started = thread_time()
        self._seconds = seconds
        self._part = 1.0  # of these, which whatever goes on may use up
        self._unclocked = 0  # characters read since the last look at the clock
        self._tokens: list[str] = []
        self.before = where.before
        self.found: list[int] = []

    def run(self) -> None:
        count = self._count(0, FEW_ASIDE)
        self._read(0 if count <= FEW else _indexed(self._snap))
        if self._over():
            return
        self._tokens = self._asked_for()
        if count <= FEW_ASIDE and self._aside():
            self._walk(*self._exactly(), silent=TRIED, part=TRIED)
            if not self._over():
                self._read(0)
            return
        if likely := self._likely():
            self._walk(likely, look=True, most=NEARBY)
        else:
            self._read(self._older())
        if self._over():
            return
        place = self.before
        self._walk(*self._exactly(), silent=SILENT)
        if self.before == place and likely:
            self._walk(likely, look=True)
        while not self._over():
            self._read(self._older())

    def _aside(self) -> bool:
        """Whether the index finds messages of which it cannot tell that they do not count."""
        return self._where.author_id is not None or len(self._where.channel_ids) > CHANNELS

    def _over(self) -> bool:
        """Whether all is done, or done for now; something is, each time."""
        full = len(self.found) == self._limit
        return not self.before or full or (self.before < self._where.before and self._late())

    def _late(self) -> bool:
        return thread_time() - self._started >= self._seconds * self._part

    def _pass(self, id: int, content: str | None) -> bool:
        """Leave a message behind, found if it holds what is wanted; whether to go on.

        Without its content, it is known to; a fence never does.
        """
        self.before = id
        if id & FENCE:
            return not self._late()
        if content is None or words.holds(content, self._wanted):
            self.found.append(id)
            if len(self.found) == self._limit:
                return False
        self._unclocked += PASSED if content is None else PASSED + len(content)
        if self._unclocked < CLOCKED:
            return True
        self._unclocked = 0
        return not self._late()

    def _asked_for(self) -> list[str]:
        """The channels as the index is asked for them: not if they are too many, or all."""
        channel_ids = self._where.channel_ids
        if len(channel_ids) > CHANNELS or self._count(self._older(), NEARBY) > NEARBY // 2:
            return []
        return [_quoted(f"#{channel_id}") for channel_id in channel_ids]

    def _older(self) -> int:
        """A message of the house a little before."""
        row = self._snap.execute(OLDER, (self.before, NEARBY)).fetchone()
        return 0 if row is None else int(row[0])

    def _count(self, floor: int, most: int) -> int:
        """How many messages count above this id; of more than `most`, one more."""
        select = "SELECT count(*) FROM (SELECT 1 {} LIMIT ?4)"
        (count,) = self._there(select, floor, most + 1).fetchone()
        return int(count)

    def _there(self, select: str, floor: int, limit: int = -1) -> Cursor:
        """Ask for messages that count, above this id, without a look at what they say."""
        where = THERE if self._where.author_id is None else OF_AUTHOR
        bounds = (self._channels, floor, self.before, limit, self._where.author_id)
        return self._snap.execute(select.format(where), bounds)

    def _read(self, floor: int) -> None:
        """Look at each message above this id, as far as there is time."""
        ids = self._there("SELECT id {} ORDER BY id DESC LIMIT ?4", floor).fetchall()
        texts = self._snap.execute(CONTENTS, (json.dumps([id for (id,) in ids]),))
        for id, content in texts:
            if not self._pass(id, content):
                return
        self.before = min(self.before, floor and floor + 1)

    def _walk(
        self, expression: str, look: bool, *, most: int = -1, silent: float = 1, part: float = 1
    ) -> None:
        """Go through what the index finds, and `look` at it, as far as there is time: up to a part
        of all, and to another until it finds anything.
        """
        connection, number = self._snap.connection, 0
        self._part = silent
        connection.set_progress_handler(self._late, TURN)
        try:
            for id, content in self._matching(expression, look, most):
                number, self._part = number + 1, part
                if not self._pass(id, content if look else None):
                    return
            if number != most:
                self.before = 0
        except Error as error:
            if not interrupted(error):
                raise
        finally:
            connection.set_progress_handler(None, 0)
            self._part = 1

    def _matching(self, expression: str, look: bool, most: int) -> Cursor:
        execute = self._snap.connection.execute
        if not look:
            return execute(MATCH, (expression, -self.before, most))
        channels = None if self._tokens else self._channels
        return execute(LOOK, (expression, -self.before, most, self._where.author_id, channels))

    def _exactly(self) -> tuple[str, bool]:
        """What finds these messages, and whether it may find others besides."""
        *whole, last = self._wanted
        asked = sorted(whole, key=len, reverse=True)[:PHRASES]
        parts = [_quoted(_first(phrase)) for phrase in asked]
        cut = len(asked) < len(whole) or any(_first(phrase) != phrase for phrase in self._wanted)
        parts.append(self._begun(last) if _first(last) == last else _quoted(_first(last)))
        return self._expression(parts), cut or not self._tokens or self._where.author_id is not None

    def _begun(self, last: str) -> str:
        """The words that begin like the last one. FTS5 writes a list of all that they are in."""
        lead, _, begun = last.rpartition(" ")
        longer: list[str] = []
        following = begun
        while len(longer) < CONTINUATIONS:
            row = self._snap.execute(FOLLOWING, (following,)).fetchone()
            if row is None or not row[0].startswith(begun):
                return " OR ".join(_quoted(f"{lead} {word}".strip()) for word in longer or ["##"])
            longer.append(row[0])
            following = row[0] + "\0"
        return f"{_quoted(last)} *"

    def _likely(self) -> str:
        """What finds these messages, and all that have their whole words anywhere."""
        *whole, last = self._wanted
        known = dict.fromkeys(" ".join([*whole, last.rpartition(" ")[0]]).split())
        asked = sorted(known, key=len, reverse=True)[:PHRASES]
        return self._expression([*map(_quoted, asked)])

    def _expression(self, parts: list[str]) -> str:
        """All of these, where it counts; a fence has all of them."""
        named = [_any(self._tokens)] if self._tokens else []
        return " AND ".join(f'({part} OR "#")' for part in (*named, *parts))


def _any(tokens: list[str]) -> str:
    """One of these. FTS5 asks each that it has side by side whenever it moves, so they are put in
    groups; it would make one of the groups again, were not each without what there never is.
    """
    groups = [tokens[start : start + GROUP] for start in range(0, len(tokens), GROUP)]
    if len(groups) == 1:
        return " OR ".join(tokens)
    return " OR ".join(f'(({" OR ".join(group)}) NOT "##")' for group in groups)


def _first(phrase: str) -> str:
    """As many words of it as the index is asked for."""
    return " ".join(phrase.split(" ")[:PHRASE_WORDS])


def _quoted(phrase: str) -> str:
    return f'"{phrase}"'
