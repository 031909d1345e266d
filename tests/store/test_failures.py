"""What nobody plans for: a full disk, a failing commit. Nothing is told, and the writer lives."""

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from plexichat.store.db import Database, Tx
from plexichat.store.errors import Full
from tests.store.notes import Heard, authors, held, write

ROOT = Path(__file__).parents[2]
CAN_MOUNT = ("unshare", "--mount", "--map-root-user", "mount", "-t", "tmpfs", "none", "/mnt")


def leave_no_page(tx: Tx) -> None:
    """From here on the file may not grow, as on a disk that is full."""
    (pages,) = tx.execute("PRAGMA page_count").fetchone()
    tx.execute(f"PRAGMA max_page_count = {pages}")


def leave_pages(tx: Tx) -> None:
    tx.execute("PRAGMA max_page_count = 1000000")


async def test_a_call_that_fills_the_disk_hears_it(db: Database, heard: Heard) -> None:
    await db.write(leave_no_page)
    with pytest.raises(Full):
        await db.write(write, "ann", bytes(100_000))
    await db.write(leave_pages)
    await db.write(write, "bob")
    assert await db.read(authors) == heard.authors() == ["bob"]


async def test_everybody_in_a_batch_that_fills_the_disk_hears_it(
    db: Database, heard: Heard
) -> None:
    """SQLite rolls the whole transaction back, and with it what ann had written."""
    async with held(db):
        calls = [
            asyncio.create_task(call)
            for call in (
                db.write(write, "ann"),
                db.write(leave_no_page),
                db.write(write, "bob", bytes(100_000)),
                db.write(leave_pages),
                db.write(write, "cem"),
            )
        ]
        await asyncio.sleep(0)
        heard_before = list(heard.events)
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert heard_before == []
    assert [type(result) for result in results] == [Full, Full, Full, type(None), int]
    assert await db.read(authors) == heard.authors() == ["cem"]


def visit_notary(data: Path, lines: Sequence[str], within: Sequence[str] = ()) -> list[str]:
    """What a notary answers to these lines; its last word is what it told and what it kept."""
    command = [*within, sys.executable, "-m", "tests.store.notary", str(data)]
    done = subprocess.run(
        command,
        input="\n".join([*lines, ""]),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def check(answers: Sequence[str]) -> None:
    """Whoever heard ok, and nobody else, was told of and is kept, across a restart."""
    assured = [line.split()[1] for line in answers if line.startswith("ok ")]
    last = json.loads(answers[-1])
    assert last["heard"] == assured
    assert last["kept"] == assured


def replies(answers: Sequence[str]) -> dict[str, str]:
    return {name: word for word, _, name in (line.partition(" ") for line in answers[:-1]) if name}


def test_a_commit_that_fails_is_told_to_nobody(data: Path) -> None:
    """The log may not grow: real errors of the kernel in the middle of a COMMIT."""
    answers = visit_notary(
        data, ["ann", "/starve", "bob", "cem dan eve", "bob2", "/feed", "fay", "gus hal"]
    )
    heard = replies(answers)
    assert {heard[name] for name in ("bob", "cem", "dan", "eve", "bob2")} <= {"StoreError", "Full"}
    assert {heard[name] for name in ("ann", "fay", "gus", "hal")} == {"ok"}
    check(answers)


@pytest.mark.skipif(
    not shutil.which("unshare") or subprocess.run(CAN_MOUNT, capture_output=True).returncode != 0,
    reason="no tiny file system can be mounted here",
)
def test_a_full_disk_is_told_to_nobody(data: Path) -> None:
    data.mkdir()
    mount = 'mount -t tmpfs -o size=2m none "$0" && exec "$@"'
    inside = ("unshare", "--mount", "--map-root-user", "sh", "-c", mount, str(data))
    answers = visit_notary(
        data, ["ann", "/fill", "bob", "cem dan eve", "/empty", "fay", "gus hal"], inside
    )
    heard = replies(answers)
    assert {heard[name] for name in ("bob", "cem", "dan", "eve")} == {"Full"}
    assert {heard[name] for name in ("ann", "fay", "gus", "hal")} == {"ok"}
    check(answers)


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
def test_a_disk_that_cannot_sync_is_told_to_nobody(data: Path, tmp_path: Path) -> None:
    inject = "inject=fdatasync,fsync:error=EIO:when=90..92"
    trace = ("strace", "-f", "-qq", "-o", str(tmp_path / "trace"), "-e", inject)
    names = [f"ann{n}" for n in range(90)]
    answers = visit_notary(data, names, trace)
    words = list(replies(answers).values())
    assert words.count("StoreError") == 3
    assert words.count("ok") == 87
    check(answers)
