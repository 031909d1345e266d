"""What the doctor says of backups: none, an old one, a damaged one."""

import dataclasses
import time
from pathlib import Path

import pytest

from plexichat.config import Backup, Config, Storage
from plexichat.doctor.backups import backups
from plexichat.doctor.findings import GOOD, WRONG, Finding, Patient
from tests.cast import PASSWORD
from tests.running import typed

DAY = 86_400


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a server was, and which has a backup."""
    cwd = tmp_path_factory.mktemp("home")
    typed("user", "create", "ann", "--password-stdin", cwd=cwd, stdin=f"{PASSWORD}\n")
    assert typed("backup", "create", cwd=cwd).code == 0
    return cwd


def seen(home: Path, days: float = 0, schedule: str = "", directory: str = "") -> Finding:
    """What is found in so many days."""
    config = Config(storage=Storage(directory=str(home / "data")))
    backup = Backup(schedule=schedule, directory=directory)
    config = dataclasses.replace(config, backup=backup)
    (found,) = backups(Patient(config, None, "plexichat"), time.time() + days * DAY)
    assert (found.mend is None) == (found.state == GOOD)
    return found


@pytest.mark.parametrize(
    ("days", "schedule", "state"),
    [
        (0, "", GOOD),
        (7, "", GOOD),
        (9, "", WRONG),
        (0.5, "every 1d", GOOD),
        (2.5, "every 1d", WRONG),
        (2.5, "daily 03:30", WRONG),
        (6, "every 7d", GOOD),
    ],
)
def test_how_old_a_backup_may_be_is_the_schedules_word(
    days: float, schedule: str, state: str, home: Path
) -> None:
    assert seen(home, days, schedule=schedule).state == state


def test_a_damaged_backup_is_found(home: Path, tmp_path: Path) -> None:
    (backup,) = (home / "data" / "backups").glob("*.tar")
    (tmp_path / "plexichat-20260101-000000.tar").write_bytes(b"x" + backup.read_bytes()[1:])
    found = seen(home, directory=str(tmp_path))
    assert (found.state, "is damaged" in found.text) == (WRONG, True)


def test_no_backup_and_no_folder_for_it_are_found(home: Path, tmp_path: Path) -> None:
    assert seen(home, directory=str(tmp_path)).mend == "plexichat backup create"
    nowhere = tmp_path / "nowhere"
    assert seen(home, directory=str(nowhere)).mend == f"mkdir -m 700 -p {nowhere}"


def test_where_no_server_was_there_is_nothing_to_go_back_to(tmp_path: Path) -> None:
    config = Config(storage=Storage(directory=str(tmp_path)))
    assert list(backups(Patient(config, None, "plexichat"))) == []
