"""Bring the tables of a database to what this program expects, one numbered step at a time.

Each step is one transaction that also raises `user_version`. Foreign keys are off meanwhile, since
rebuilding a table would cascade, and are checked before each commit. What was there is kept in
`backups/` before the first step runs.
"""

import re
import time
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from plexichat.store import driver
from plexichat.store.driver import Connection, pragma
from plexichat.store.errors import Newer, StoreError, Unwritable


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


def migrate(connection: Connection, backups: Path, known: list[Step]) -> None:
    version = current(connection)
    if version > known[-1].number:
        raise Newer(version, known[-1].number)
    missing = [step for step in known if step.number > version]
    if not missing:
        return
    if version > 0:
        keep(connection, backups, version)
    elif connection.execute("SELECT 1 FROM sqlite_master").fetchall():
        raise StoreError("the database file was not made by Plexichat")
    pragma(connection, "foreign_keys = OFF")
    for step in missing:
        apply(connection, step)
    pragma(connection, "foreign_keys = ON")


def current(connection: Connection) -> int:
    (version,) = pragma(connection, "user_version")
    assert isinstance(version, int)
    return version


def keep(connection: Connection, backups: Path, version: int) -> None:
    """Keep a copy of the database as it is, named by its version and the time."""
    path = backups / f"version-{version}-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}.db"
    part = path.with_suffix(".part")
    try:
        backups.mkdir(mode=0o700, exist_ok=True)
        part.unlink(missing_ok=True)
        driver.copy(connection, part)
        part.rename(path)
    except OSError as error:
        raise Unwritable(backups, error.strerror or str(error)) from error


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
