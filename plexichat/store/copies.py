"""A copy of the database, in a file that no server works on.

What a stranger put together is refused before anything of it runs: its tables, indexes and
triggers are those of its version, or it is not ours.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from plexichat.store import driver, migrate
from plexichat.store.driver import Connection
from plexichat.store.errors import Full, Newer, StoreError
from plexichat.store.files import NAME
from plexichat.store.uploads import NAMED

NAMES = " UNION ".join(f"{select} IS NOT NULL" for select in NAMED)
FILES = f"SELECT name FROM ({NAMES}) WHERE instr(name, '/') = 0"  # what is kept elsewhere has one


class Damaged(StoreError):
    """A copy that cannot be used as it is."""


class Stopped(Exception):
    """Nobody waits for this work any more."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an uploaded file."""

    size: int
    sha256: str


class Copy:
    """An open copy. Nobody else has it open."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def version(self) -> int:
        return migrate.current(self._connection)

    def forget_unfinished(self) -> None:
        """Forget uploads that are still on their way: their files are not whole."""
        self._connection.execute("DELETE FROM upload_session")

    def files(self) -> Iterator[str]:
        """The names of all files that are needed, in order; pictures elsewhere are none of ours."""
        for (name,) in self._connection.execute(f"{FILES} ORDER BY 1"):
            if NAME.fullmatch(name):
                yield name

    def facts(self, name: str) -> Facts | None:
        """What the file of this name must be; None where only its name is known."""
        found = self._connection.execute("SELECT size, sha256 FROM upload WHERE name = ?", (name,))
        row = found.fetchone()
        return Facts(*row) if row else None

    def check(self) -> None:
        """Refuse what is damaged or not ours, and bring the rest up to date."""
        version, known = self.version, migrate.steps()
        if version > known[-1].number:
            raise Newer(version, known[-1].number)
        expected = [step for step in known if step.number <= version]
        with contextlib.closing(driver.nowhere()) as fresh:
            migrate.migrate(fresh, None, expected)
            if not version or migrate.schema(fresh) != migrate.schema(self._connection):
                raise Damaged("its tables are not those of Plexichat")
        if self._rows("PRAGMA integrity_check(1)") != [("ok",)]:
            raise Damaged("its database is damaged")
        migrate.migrate(self._connection, None, known)
        if self._rows("PRAGMA foreign_key_check"):
            raise Damaged("rows of its database name others that are not there")
        for (table,) in self._rows(
            "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE % USING fts5(%'"
        ):
            self._connection.execute(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")

    def _rows(self, sql: str) -> list[tuple[object, ...]]:
        return self._connection.execute(sql).fetchall()


@contextlib.contextmanager
def opened(path: Path, stopped: Callable[[], bool]) -> Iterator[Copy]:
    """Open a copy; what SQLite makes of a file that is none is Damaged.

    Raises Stopped in the middle of whatever SQLite does, once `stopped` says so.
    """
    try:
        with contextlib.closing(driver.connect(path, readonly=False)) as connection:
            driver.pragma(connection, "temp_store = FILE")  # there may be a million names to sort
            connection.set_progress_handler(stopped, driver.TURN)
            yield Copy(connection)
    except driver.Error as error:
        if stopped():
            raise Stopped from None
        known = driver.meaning(error)
        if isinstance(known, Full):
            raise known from error
        raise Damaged(f"its database is damaged: {error}") from error
    except StoreError as error:
        if stopped():
            raise Stopped from None
        if type(error) is StoreError:  # what has a name of its own is no fault of the copy
            raise Damaged(str(error)) from error
        raise
