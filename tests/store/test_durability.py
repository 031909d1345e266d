"""Whoever hears ok is safe: the kernel's own record shows the log synced before each answer.

Only strace can tell (nothing in Python sees what SQLite asks of the kernel), so without it these
are skipped.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")

# What a careless program would do: the same log, the same answers, no sync.
CARELESS = """
import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1] + ".db", isolation_level=None)
connection.execute("PRAGMA journal_mode = WAL").fetchall()
connection.execute("PRAGMA synchronous = OFF")
connection.execute("CREATE TABLE note (author TEXT)")
for line in sys.stdin:
    for name in line.split():
        connection.execute("INSERT INTO note VALUES (?)", (name,))
        os.write(1, f"ok {name}\\n".encode())
"""


def trace(program: list[str], lines: list[str], data: Path) -> str:
    """Run a program that answers `ok NAME` to names, and return what it asked of the kernel."""
    record = data.with_name("trace")
    calls = "trace=write,pwrite64,fdatasync,fsync"
    strace = ["strace", "-f", "-y", "-qq", "-s", "5000", "-e", calls, "-o", str(record)]
    subprocess.run(
        [*strace, sys.executable, *program, str(data)],
        cwd=ROOT, input="\n".join(lines) + "\n", stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return record.read_text()


def whole_calls(record: str) -> Iterator[tuple[int, int, str]]:
    """Each call as the lines on which it began and ended, and its text."""
    begun: dict[str, tuple[int, str]] = {}
    for number, line in enumerate(record.splitlines()):
        thread, _, text = line.partition(" ")
        text = text.strip()
        if text.endswith("<unfinished ...>"):
            begun[thread] = number, text.removesuffix("<unfinished ...>")
        elif match := re.match(r"<\.\.\. \w+ resumed>", text):
            start, beginning = begun.pop(thread)
            yield start, number, beginning + text[match.end() :]
        else:
            yield number, number, text


def unsafe_answers(record: str) -> tuple[list[str], list[str]]:
    """The names that were answered, and those of them whose row was not synced at that moment."""
    written: dict[str, int] = {}  # name -> where its first write to the log ended
    syncs: list[tuple[int, int]] = []
    answers: list[tuple[int, str]] = []
    for start, end, text in whole_calls(record):
        if re.match(r"pwrite64\(\d+<[^>]*-wal>", text):
            for name in re.findall(r"person\d+!", text):
                written.setdefault(name, end)
        elif re.match(r"(fdatasync|fsync)\(\d+<[^>]*-wal> *\) *= 0", text):
            syncs.append((start, end))
        elif match := re.match(r'write\(1<[^>]*>, "ok (person\d+!)', text):
            answers.append((start, match[1]))
    unsafe = [
        name
        for answered, name in answers
        if not any(written.get(name, answered) < start <= end < answered for start, end in syncs)
    ]
    return [name for _, name in answers], unsafe


NAMES = [f"person{number}!" for number in range(60)]
ONE_BY_ONE = NAMES[:20]
TOGETHER = [" ".join(NAMES[start : start + 8]) for start in range(20, 60, 8)]


def test_the_log_is_synced_before_every_answer(data: Path) -> None:
    record = trace(["-m", "tests.store.notary"], ONE_BY_ONE + TOGETHER, data)
    answered, unsafe = unsafe_answers(record)
    assert sorted(answered) == sorted(NAMES)
    assert unsafe == []


def test_one_sync_serves_everybody_who_waits(data: Path) -> None:
    record = trace(["-m", "tests.store.notary"], ONE_BY_ONE, data)
    alone = len(re.findall(r"fdatasync\(|fsync\(", record))
    record = trace(["-m", "tests.store.notary"], [" ".join(ONE_BY_ONE)], data.with_name("two"))
    together = len(re.findall(r"fdatasync\(|fsync\(", record))
    assert together <= alone - len(ONE_BY_ONE) + 2  # two, if the first batch lasts too long


def test_a_program_that_does_not_sync_is_found_out(data: Path) -> None:
    answered, unsafe = unsafe_answers(trace(["-c", CARELESS], ONE_BY_ONE, data))
    assert answered == unsafe == ONE_BY_ONE
