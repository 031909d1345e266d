"""What is done to the database as a whole: looking whether it is sound, and making it small."""

from typing import Final, NamedTuple

from plexichat.store.db import Snapshot, Tx
from plexichat.store.driver import Connection, Error, pragma
from plexichat.store.uploads import NAMED

FOUND_AT_MOST: Final = 100
SEARCH: Final = "message_words"
MERGED_AT_ONCE: Final = 500  # pages of the search index
ROWS_LOOKED_AT: Final = 1000  # of each index, for the planner
NAMES: Final = " UNION ".join(f"{select} > ?1" for select in NAMED) + " ORDER BY 1 LIMIT ?2"


class Pages(NamedTuple):
    """Of the database file: how many bytes, and how many of them hold nothing."""

    bytes: int
    free: int


def faults(connection: Connection) -> list[str]:
    """What is wrong with the file and between its rows, in SQLite's words."""
    found = [row[0] for row in connection.execute(f"PRAGMA integrity_check({FOUND_AT_MOST})")]
    told = [line for line in found if line != "ok"]
    for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check").fetchmany(
        FOUND_AT_MOST
    ):
        told.append(f"row {row} of {table} names a row of {parent} that is not there")
    return told


def search_faults(tx: Tx) -> list[str]:
    """What is wrong with the search index."""
    try:
        tx.connection.execute(f"INSERT INTO {SEARCH} ({SEARCH}) VALUES ('integrity-check')")
    except Error as error:
        return [f"the search index is damaged: {error}"]
    return []


def names(snap: Snapshot, after: str, limit: int) -> list[str]:
    """What names a file that must be there, in order; an avatar may also be somewhere else."""
    return [name for (name,) in snap.execute(NAMES, (after, limit))]


def merge(tx: Tx) -> bool:
    """Tidy a part of the search index; False when there is nothing left to tidy."""
    before = tx.connection.total_changes
    tx.execute(f"INSERT INTO {SEARCH} ({SEARCH}, rank) VALUES ('merge', {MERGED_AT_ONCE})")
    return tx.connection.total_changes - before > 1


def analyse(tx: Tx) -> None:
    """Let the planner know what the tables are like now, where that has changed."""
    pragma(tx.connection, f"analysis_limit = {ROWS_LOOKED_AT}")
    pragma(tx.connection, "optimize")


def pages(snap: Snapshot) -> Pages:
    size, count, free = (
        int(str(pragma(snap.connection, name)[0]))
        for name in ("page_size", "page_count", "freelist_count")
    )
    return Pages(size * count, size * free)


def vacuum(connection: Connection) -> None:
    """Write the whole database anew, without holes; the copy is made in a file, not in memory."""
    pragma(connection, "temp_store = FILE")
    try:
        connection.execute("VACUUM")
    finally:
        pragma(connection, "temp_store = MEMORY")


def nothing(connection: Connection) -> None:
    """For whoever only wants the log copied back."""
