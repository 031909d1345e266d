"""One process works on a data folder, and whoever comes second hears who was first."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from plexichat.store.db import Database
from plexichat.store.errors import InUse, Unwritable
from plexichat.store.lock import NAME, Lock
from tests.store.notes import Heard

ROOT = Path(__file__).parents[2]
HOLD = """
import sys
from pathlib import Path
from plexichat.store.lock import Lock
lock = Lock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def holder(data: Path) -> "subprocess.Popen[str]":
    """A process that holds the folder until it is told to end."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(data)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_the_second_process_hears_who_was_first(data: Path) -> None:
    with holder(data) as first:
        with pytest.raises(InUse, match=f"in use by process {first.pid}") as refused:
            Lock(data)
        assert refused.value.pid == first.pid
        first.communicate()
    Lock(data).release()


def test_a_file_that_a_killed_process_left_locks_nobody_out(data: Path) -> None:
    with holder(data) as first:
        first.send_signal(signal.SIGKILL)
        first.communicate()
    assert (data / NAME).read_text() == f"{first.pid}\n"
    lock = Lock(data)
    assert (data / NAME).read_text() == f"{os.getpid()}\n"
    lock.release()


async def test_one_process_opens_a_folder_once(db: Database, data: Path, heard: Heard) -> None:
    with pytest.raises(InUse):
        await Database.open(data, heard)
    await db.close()
    again = await Database.open(data, heard)
    await again.close()


async def test_a_folder_that_cannot_be_made_is_refused_in_a_sentence(
    tmp_path: Path, heard: Heard
) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Unwritable, match=r"cannot write to the data folder: .*/data: Not a dir"):
        await Database.open(tmp_path / "file" / "data", heard)


async def test_a_data_folder_is_for_its_owner_alone(db: Database, data: Path) -> None:
    assert data.stat().st_mode & 0o777 == 0o700


async def test_nobody_else_reads_the_database_in_a_folder_that_all_may_look_into(
    open_folder: Path, heard: Heard
) -> None:
    db = await Database.open(open_folder, heard)
    files = list(open_folder.glob("plexichat.db*"))
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert len(files) == 3  # the log and its index are there
    await db.close()


OPEN = """
import asyncio, os, sys
from pathlib import Path
from plexichat.store.db import Database
from plexichat.store.errors import Unwritable
if os.geteuid() == 0:  # for whom nothing is forbidden
    os.setuid(65534)
try:
    asyncio.run(Database.open(Path(sys.argv[1]), print))
except Unwritable as error:
    print(error)
"""


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may reach and write to, unlike those that pytest makes."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        yield Path(name)


@pytest.mark.parametrize(("what", "mode"), [("", 0o555), ("plexichat.db", 0o444)])
async def test_missing_permission_is_told_in_a_sentence(
    what: str, mode: int, open_folder: Path, heard: Heard
) -> None:
    await (await Database.open(open_folder, heard)).close()
    (open_folder / NAME).unlink()
    (open_folder / what).chmod(mode)
    command = [sys.executable, "-c", OPEN, str(open_folder)]
    child = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert child.stdout.startswith(f"cannot write to the data folder: {open_folder / what}: ")
    assert child.stdout.count("\n") == 1
