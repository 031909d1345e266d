"""What constraints decide arrives under our names, with what was in the way."""

import pytest

from plexichat.store.db import Database, Tx
from plexichat.store.errors import Duplicate, Missing
from tests.store.notes import authors


async def test_a_unique_constraint_names_what_is_taken(db: Database) -> None:
    def pair(tx: Tx) -> None:
        tx.execute("CREATE TABLE pair (a TEXT, b TEXT, UNIQUE (a, b)) STRICT")
        tx.execute("CREATE UNIQUE INDEX folded ON pair (lower(a))")
        tx.execute("INSERT INTO pair VALUES ('ann', 'bob')")

    def again(tx: Tx, one: str, other: str) -> None:
        tx.execute("INSERT INTO pair VALUES (?, ?)", (one, other))

    await db.write(pair)
    with pytest.raises(Duplicate) as taken:
        await db.write(again, "ann", "bob")
    assert (taken.value.table, taken.value.columns) in [("pair", ("a", "b")), ("", ("folded",))]
    with pytest.raises(Duplicate) as taken:
        await db.write(again, "ANN", "cem")
    assert (taken.value.table, taken.value.columns) == ("", ("folded",))


async def test_a_call_may_catch_what_a_constraint_refused(db: Database) -> None:
    def write_twice(tx: Tx) -> str:
        tx.execute("INSERT INTO note (id, author) VALUES (1, 'ann')")
        try:
            tx.execute("INSERT INTO note (id, author) VALUES (1, 'bob')")
        except Duplicate as taken:
            return f"{taken.table}.{taken.columns[0]}"
        return "nothing"

    assert await db.write(write_twice) == "note.id"
    assert await db.read(authors) == ["ann"]


async def test_a_foreign_key_to_nobody_is_missing(db: Database) -> None:
    def befriend(tx: Tx) -> None:
        tx.execute("INSERT INTO dm (low_id, high_id, channel_id) VALUES (1, 2, 3)")

    with pytest.raises(Missing):
        await db.write(befriend)
