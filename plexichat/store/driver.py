"""Which SQLite is used, and how a connection to the house's database is opened.

Nothing else imports a driver; exchanging it for a newer one is a change of one line here.
"""

import contextlib
import os
import sqlite3 as sqlite
from pathlib import Path
from typing import Final

from plexichat.store.errors import Duplicate, Full, Missing, StoreError, Unwritable
from plexichat.store.files import GENTLE_BYTES, sync_gently

Connection = sqlite.Connection
Cursor = sqlite.Cursor
Error = sqlite.Error
VERSION: Final = sqlite.sqlite_version

NEEDED: Final = (3, 37, 0)  # STRICT tables; RETURNING came with 3.35
BUSY_SECONDS: Final = 5.0  # only an outsider's lock is ever waited for
STATEMENTS_KEPT: Final = 512  # prepared ones, per connection
TURN: Final = 10_000  # steps of SQLite's machine between two looks at what else there is to do
# The log is cut to this when it begins again; below it, its length on disk says nothing.
LOG_KEPT_BYTES: Final = 4 << 20


def check(version: tuple[int, ...] = sqlite.sqlite_version_info) -> None:
    if version < NEEDED:
        have, need = (".".join(map(str, numbers)) for numbers in (version, NEEDED))
        raise StoreError(f"this Python brings SQLite {have}; {need} or newer is needed")


def connect(path: Path, *, readonly: bool) -> Connection:
    """Open the database file. Transactions are begun and ended by hand."""
    if not readonly and path.exists() and not os.access(path, os.W_OK):
        raise Unwritable(path, "it may only be read")  # SQLite would open it all the same
    if not readonly:
        keep_from_others(path)
    uri = f"{path.absolute().as_uri()}?mode={'ro' if readonly else 'rwc'}"
    try:
        connection = sqlite.connect(
            uri,
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            cached_statements=STATEMENTS_KEPT,
        )
    except Error as error:
        raise Unwritable(path, str(error)) from error
    try:
        if not readonly:
            pragma(connection, "journal_mode = WAL")
            pragma(connection, "synchronous = FULL")
            pragma(connection, "wal_autocheckpoint = 0")
            pragma(connection, f"journal_size_limit = {LOG_KEPT_BYTES}")
        pragma(connection, "foreign_keys = ON")
        pragma(connection, "temp_store = MEMORY")  # savepoints keep what they undo in files else
    except Error as error:
        connection.close()
        if code(error) & 0xFF in (sqlite.SQLITE_READONLY, sqlite.SQLITE_CANTOPEN):
            raise Unwritable(path, str(error)) from error
        raise meaning(error) or StoreError(f"{path}: {error}") from error
    return connection


def keep_from_others(path: Path) -> None:
    """Begin a new file for its owner alone; SQLite gives the log the rights of the database."""
    with contextlib.suppress(OSError):  # it is there, or SQLite says why it cannot be
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def nowhere() -> Connection:
    """A connection to an empty database in memory."""
    return sqlite.connect(":memory:")


def copy(connection: Connection, path: Path) -> None:
    """Write all that is committed to a new file, and make sure that it reached the disk.

    It reaches it bit by bit: one great sync at the end would hold up every commit beside it.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    synced = 0

    def sync() -> None:
        nonlocal synced
        if (size := os.fstat(descriptor).st_size) - synced >= GENTLE_BYTES:
            sync_gently(descriptor)
            synced = size

    try:
        connection.set_progress_handler(sync, TURN)
        connection.execute("VACUUM INTO ?", (str(path),)).fetchall()
        os.fsync(descriptor)
    except BaseException as error:
        path.unlink()
        if known := meaning(error):
            raise known from error
        raise
    finally:
        connection.set_progress_handler(None, 0)
        os.close(descriptor)


def pragma(connection: Connection, words: str) -> tuple[object, ...]:
    """Run a PRAGMA to its end, since an unfinished one would keep transactions open."""
    rows = connection.execute(f"PRAGMA {words}").fetchall()
    return tuple(rows[0]) if rows else ()


def meaning(error: BaseException | None) -> StoreError | None:
    """What an error of the driver says in our words; None where it is a mistake in our code."""
    if not isinstance(error, Error):
        return None
    match code(error):
        case sqlite.SQLITE_CONSTRAINT_UNIQUE | sqlite.SQLITE_CONSTRAINT_PRIMARYKEY:
            return duplicate(str(error))
        case sqlite.SQLITE_CONSTRAINT_FOREIGNKEY:
            return Missing("a row that is named is not there")
        case sqlite.SQLITE_FULL:
            return Full("the disk is full")
        case sqlite.SQLITE_ERROR | sqlite.SQLITE_MISUSE | sqlite.SQLITE_RANGE:
            return None
        case other if other & 0xFF in (sqlite.SQLITE_CONSTRAINT, sqlite.SQLITE_MISMATCH):
            return None
    return StoreError(f"the database failed: {error}")


def code(error: Error) -> int:
    """SQLite's own extended code; the driver's own complaints have none."""
    return int(getattr(error, "sqlite_errorcode", sqlite.SQLITE_ERROR))


def interrupted(error: Error) -> bool:
    """Whether it was us who broke off what SQLite was doing."""
    return code(error) == sqlite.SQLITE_INTERRUPT


def duplicate(message: str) -> Duplicate:
    """Read "UNIQUE constraint failed: t.a, t.b", or "...: index 'name'" over an expression."""
    names = message.partition(": ")[2]
    if names.startswith("index "):
        return Duplicate("", (names.removeprefix("index ").strip("'"),))
    columns = tuple(name.rpartition(".")[2] for name in names.split(", "))
    return Duplicate(names.partition(".")[0], columns)
