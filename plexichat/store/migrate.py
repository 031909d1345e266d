"""Bring the tables of a database to what this program expects, one numbered step at a time.

Each step is one transaction that also raises `user_version`; a new database takes all at once.
Foreign keys are off meanwhile, since rebuilding a table would cascade, and are checked before each
commit. What was there is kept in `backups/` before the first step runs; of such copies the newest
few stay.
"""

import re
import shutil
import time
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

from plexichat.store import driver
from plexichat.store.driver import Connection, pragma
from plexichat.store.errors import Full, Newer, StoreError, Unwritable

KEPT: Final = 3
SPARE_BYTES: Final = 16 << 20  # what is left free beside a copy, at least


@dataclass(frozen=True, slots=True)
class Step:
    number: int
    name: str
    sql: str


def steps() -> list[Step]:
    """All that this program knows, in order."""
    found = []
    for file in files("plexichat.store").joinpath("migrations").iterdir():
        if match := re.fullmatch(r"(\d{4})_\w+\.sql", file.name):
            found.append(Step(int(match[1]), file.name, file.read_text(encoding="utf-8")))
    return sorted(found, key=lambda step: step.number)


def migrate(connection: Connection, backups: Path | None, known: list[Step]) -> None:
    """Take all steps that are missing; without `backups` nothing is kept of what was there."""
    version = current(connection)
    if version > known[-1].number:
        raise Newer(version, known[-1].number)
    missing = [step for step in known if step.number > version]
    if not missing:
        return
    if version > 0:
        if backups is not None:
            keep(connection, backups, version)
    elif connection.execute("SELECT 1 FROM sqlite_master").fetchall():
        raise StoreError("the database file was not made by Plexichat")
    pragma(connection, "foreign_keys = OFF")
    for step in missing if version > 0 else [whole(missing)]:
        apply(connection, step)
    pragma(connection, "foreign_keys = ON")
    if backups is not None:
        prune(backups)


def whole(steps: list[Step]) -> Step:
    """All of them as one: what begins has nothing between two of them to come back to."""
    return Step(steps[-1].number, "of a new database", "\n".join(step.sql for step in steps))


def current(connection: Connection) -> int:
    (version,) = pragma(connection, "user_version")
    assert isinstance(version, int)
    return version


def schema(connection: Connection) -> set[tuple[str, str, str]]:
    """What is in a database: kind, name and definition of each thing but SQLite's own."""
    return set(
        connection.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!'"
        )
    )


def keep(connection: Connection, backups: Path, version: int) -> None:
    """Keep a copy of the database as it is, named by its version and the time."""
    path = backups / f"version-{version}-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}.db"
    part = path.with_suffix(".part")
    try:
        backups.mkdir(mode=0o700, exist_ok=True)
        for left in backups.glob("version-*.part"):
            left.unlink()
        needed, free = size(connection) + SPARE_BYTES, shutil.disk_usage(backups).free
        if free < needed:
            raise Full(
                f"a copy of the database is kept before it is brought up to date: that needs"
                f" {needed} bytes in {backups}, and {free} are free"
            )
        driver.copy(connection, part)
        part.rename(path)
    except OSError as error:
        raise Unwritable(backups, error.strerror or str(error)) from error


def prune(backups: Path) -> None:
    """Of the copies kept, leave the newest."""
    kept = [path for path in backups.glob("version-*.db") if path.is_file()]
    kept.sort(key=lambda path: path.stat().st_mtime_ns)
    for old in kept[:-KEPT]:
        old.unlink()


def size(connection: Connection) -> int:
    """How many bytes the database has."""
    pages, page = pragma(connection, "page_count"), pragma(connection, "page_size")
    assert isinstance(pages[0], int)
    assert isinstance(page[0], int)
    return pages[0] * page[0]


def apply(connection: Connection, step: Step) -> None:
    try:
        connection.executescript(f"BEGIN IMMEDIATE;\n{step.sql}\n")
        if broken := connection.execute("PRAGMA foreign_key_check").fetchall():
            raise StoreError(f"migration {step.name} leaves {len(broken)} rows without their kin")
        connection.execute(f"PRAGMA user_version = {step.number}")
        connection.execute("COMMIT")
    except driver.Error as error:
        raise driver.meaning(error) or StoreError(f"migration {step.name}: {error}") from error
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
