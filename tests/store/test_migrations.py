"""A database of any version opens, and becomes what a new one is."""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from plexichat.store import driver
from plexichat.store.db import Database
from plexichat.store.driver import Connection
from plexichat.store.errors import Newer, StoreError, Unwritable
from plexichat.store.migrate import Step, current, migrate, steps
from tests.running import ROOT
from tests.store.notes import Heard
from tests.store.test_failures import CAN_MOUNT

FIRST = Step(1, "0001_note.sql", "CREATE TABLE note (author TEXT) STRICT;")
SECOND = Step(2, "0002_read.sql", "ALTER TABLE note ADD read INTEGER; UPDATE note SET read = 1;")


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    return tmp_path / "backups"


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    with contextlib.closing(driver.connect(tmp_path / "plexichat.db", readonly=False)) as opened:
        yield opened


def schema(connection: Connection) -> set[tuple[str, str]]:
    return set(connection.execute("SELECT name, sql FROM sqlite_master"))


def test_the_steps_are_numbered_without_a_gap() -> None:
    assert [step.number for step in steps()] == list(range(1, len(steps()) + 1))


def test_every_table_is_strict(connection: Connection, backups: Path) -> None:
    migrate(connection, backups, steps())
    tables = connection.execute("SELECT name, type, strict FROM pragma_table_list").fetchall()
    loose = {name for name, kind, strict in tables if kind == "table" and not strict}
    assert loose <= {"sqlite_schema", "sqlite_temp_schema", "sqlite_sequence"}


@pytest.mark.parametrize("version", range(1, len(steps())))
def test_a_database_of_every_version_ends_equal_to_a_fresh_one(
    version: int, connection: Connection, backups: Path, tmp_path: Path
) -> None:
    migrate(connection, backups, steps()[:version])
    migrate(connection, backups, steps())
    with contextlib.closing(driver.connect(tmp_path / "fresh.db", readonly=False)) as fresh:
        migrate(fresh, backups, steps())
        assert schema(connection) == schema(fresh)
        assert current(connection) == current(fresh) == steps()[-1].number


def test_what_was_there_is_kept_before_the_first_step(
    connection: Connection, backups: Path
) -> None:
    migrate(connection, backups, [FIRST])
    assert not backups.exists(), "there was nothing to keep"
    connection.execute("INSERT INTO note VALUES ('ann')")
    migrate(connection, backups, [FIRST, SECOND])
    assert connection.execute("SELECT * FROM note").fetchall() == [("ann", 1)]
    (kept,) = backups.iterdir()
    assert kept.name.startswith("version-1-")
    with contextlib.closing(driver.connect(kept, readonly=True)) as old:
        assert current(old) == 1
        assert old.execute("SELECT * FROM note").fetchall() == [("ann",)]


def test_of_what_is_kept_the_newest_few_stay(connection: Connection, backups: Path) -> None:
    known = [FIRST]
    migrate(connection, backups, known)
    for number in range(2, 8):
        known.append(Step(number, f"000{number}.sql", "INSERT INTO note VALUES ('ann');"))
        migrate(connection, backups, known)
        (backups / "version-1-killed.part").write_text("half")
    names = sorted(path.name.split("-")[1] for path in backups.glob("*.db"))
    assert names == ["4", "5", "6"]
    migrate(connection, backups, [*known, Step(8, "0008.sql", "SELECT 1;")])
    assert not list(backups.glob("*.part"))


def test_nothing_is_changed_when_nothing_can_be_kept(connection: Connection, backups: Path) -> None:
    migrate(connection, backups, [FIRST])
    backups.write_text("in the way")
    with pytest.raises(Unwritable):
        migrate(connection, backups, [FIRST, SECOND])
    assert current(connection) == 1


def test_a_database_that_is_up_to_date_is_left_alone(connection: Connection, backups: Path) -> None:
    migrate(connection, backups, [FIRST, SECOND])
    changes = connection.total_changes
    migrate(connection, backups, [FIRST, SECOND])
    assert (connection.total_changes, backups.exists()) == (changes, False)


def test_a_step_that_fails_leaves_the_version_before_it(
    connection: Connection, backups: Path
) -> None:
    migrate(connection, backups, [FIRST])
    broken = Step(2, "0002_broken.sql", "CREATE TABLE more (a TEXT) STRICT; CREATE TABLE note (b);")
    with pytest.raises(StoreError, match=r"0002_broken\.sql: table note already exists"):
        migrate(connection, backups, [FIRST, broken])
    assert current(connection) == 1
    assert {name for name, _ in schema(connection)} == {"note"}
    migrate(connection, backups, [FIRST, SECOND])
    assert current(connection) == 2


def test_a_new_database_takes_every_step_or_none(connection: Connection, backups: Path) -> None:
    broken = Step(2, "0002_broken.sql", "CREATE TABLE note (b);")
    with pytest.raises(StoreError, match="a new database"):
        migrate(connection, backups, [FIRST, broken])
    assert current(connection) == 0
    assert schema(connection) == set()
    migrate(connection, backups, [FIRST, SECOND])
    assert current(connection) == 2


def test_rebuilding_a_table_takes_nobody_with_it(connection: Connection, backups: Path) -> None:
    """With foreign keys on, dropping a table would delete what refers to it."""
    first = Step(1, "0001.sql", """
        CREATE TABLE person (id INTEGER PRIMARY KEY) STRICT;
        CREATE TABLE note (by INTEGER REFERENCES person (id) ON DELETE CASCADE) STRICT;
        INSERT INTO person VALUES (1); INSERT INTO note VALUES (1);
    """)  # fmt: skip
    rebuild = Step(2, "0002.sql", """
        CREATE TABLE other (id INTEGER PRIMARY KEY, name TEXT) STRICT;
        INSERT INTO other SELECT id, 'ann' FROM person;
        DROP TABLE person; ALTER TABLE other RENAME TO person;
    """)  # fmt: skip
    migrate(connection, backups, [first, rebuild])
    assert connection.execute("SELECT * FROM note").fetchall() == [(1,)]
    assert driver.pragma(connection, "foreign_keys") == (1,)


def test_a_step_that_leaves_rows_without_their_kin_is_undone(
    connection: Connection, backups: Path
) -> None:
    first = Step(1, "0001.sql", """
        CREATE TABLE person (id INTEGER PRIMARY KEY) STRICT;
        CREATE TABLE note (by INTEGER REFERENCES person (id)) STRICT;
        INSERT INTO person VALUES (1); INSERT INTO note VALUES (1);
    """)  # fmt: skip
    migrate(connection, backups, [first])
    with pytest.raises(StoreError, match=r"0002\.sql leaves 1 rows"):
        migrate(connection, backups, [first, Step(2, "0002.sql", "DELETE FROM person;")])
    assert connection.execute("SELECT * FROM person").fetchall() == [(1,)]


def test_the_role_that_everybody_wears_takes_the_id_of_its_server(
    connection: Connection, backups: Path
) -> None:
    before = next(step.number for step in steps() if step.name.endswith("_guilds.sql")) - 1
    migrate(connection, backups, steps()[:before])
    connection.executescript("""
        INSERT INTO user (id, username, password_hash) VALUES (1, 'ann', x'00');
        INSERT INTO server (id, name, owner_id) VALUES (10, 'Maple Street', 1);
        INSERT INTO role (id, server_id, name, position, permissions, is_default)
            VALUES (11, 10, '@everyone', 0, 5, 1), (12, 10, 'cook', 1, 5, 0);
        INSERT INTO channel (id, kind, server_id) VALUES (13, 'text', 10);
        INSERT INTO override VALUES (13, 'role', 11, 1, 2), (13, 'role', 12, 3, 4);
    """)
    migrate(connection, backups, steps())
    roles = connection.execute("SELECT id, name FROM role ORDER BY id").fetchall()
    assert roles == [(10, "@everyone"), (12, "cook")]
    overrides = connection.execute("SELECT target_id, allow FROM override").fetchall()
    assert sorted(overrides) == [(10, 1), (12, 3)]


async def test_a_newer_database_is_refused(db: Database, data: Path, heard: Heard) -> None:
    await db.close()
    with contextlib.closing(driver.connect(data / "plexichat.db", readonly=False)) as newer:
        newer.execute(f"PRAGMA user_version = {steps()[-1].number + 1}")
    for _ in range(2):
        with pytest.raises(Newer, match="use the newer program"):
            await Database.open(data, heard)


async def test_a_file_that_is_not_ours_is_refused(data: Path, heard: Heard) -> None:
    data.mkdir()
    database = data / "plexichat.db"
    with contextlib.closing(driver.connect(database, readonly=False)) as foreign:
        foreign.execute("CREATE TABLE recipe (name TEXT)")
    with pytest.raises(StoreError, match="not made by Plexichat"):
        await Database.open(data, heard)
    database.write_text("Dear diary, " * 100)
    with pytest.raises(StoreError, match="not a database"):
        await Database.open(data, heard)
    assert database.read_text().startswith("Dear diary")


def test_an_old_sqlite_is_refused_in_a_sentence() -> None:
    with pytest.raises(StoreError, match=r"SQLite 3\.31\.1; 3\.37\.0 or newer is needed"):
        driver.check((3, 31, 1))
    driver.check((3, 37, 0))


@pytest.mark.skipif(
    not shutil.which("unshare") or subprocess.run(CAN_MOUNT, capture_output=True).returncode != 0,
    reason="no tiny file system can be mounted here",
)
def test_a_disk_without_room_for_a_copy_is_told_before_anything_changes(tmp_path: Path) -> None:
    mount = 'mount -t tmpfs -o size=12m none "$0" && exec "$@"'
    inside = ("unshare", "--mount", "--map-root-user", "sh", "-c", mount, str(tmp_path))
    ended = subprocess.run(
        [*inside, sys.executable, "-c", CRAMPED, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stderr
    assert "a copy of the database is kept before it is brought up to date" in ended.stdout
    assert ended.stdout.endswith("still of version 1\n")


CRAMPED = """
import sys
from pathlib import Path
from plexichat.store import driver
from plexichat.store.errors import Full
from plexichat.store.migrate import current, migrate, steps
folder = Path(sys.argv[1])
connection = driver.connect(folder / "plexichat.db", readonly=False)
migrate(connection, folder / "backups", steps()[:1])
try:
    migrate(connection, folder / "backups", steps())
except Full as full:
    print(full)
print("still of version", current(connection))
connection.close()
"""
