"""Going back to a backup: killed at any step it leaves the old or the new, and it takes no bait."""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from plexichat.core.backups import archive
from plexichat.store import replacing
from tests.cast import PASSWORD
from tests.cli.test_backups import rows, someone, upload
from tests.running import ROOT, environment, run, serving, typed

LETTER = "ab" * 16


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a backup in it, and a house in which more has happened since."""
    folder = tmp_path_factory.mktemp("town")
    someone(folder, "ann")
    upload(folder / "data", LETTER, b"dear bob")
    assert typed("backup", "create", "chat.tar", cwd=folder).code == 0
    someone(folder, "bob")
    upload(folder / "data", "cd" * 16, b"dear ann")
    return folder


@pytest.fixture
def place(town: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(town, tmp_path / "town"))


def state(data: Path) -> dict[str, object]:
    """Everything that a server would show of a data folder."""
    files = {
        str(path.relative_to(data)): path.read_bytes()
        for path in (data / "uploads").rglob("*")
        if path.is_file()
    }
    return {**rows(data / "plexichat.db"), **files}


def listing(folder: Path) -> dict[str, bytes | None]:
    """All that is in a folder, byte by byte."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


# What it does


def test_the_house_is_what_it_was_and_what_was_there_is_kept_aside(place: Path) -> None:
    data = place / "data"
    since = state(data)
    done = run("backup", "restore", "chat.tar", "--json", cwd=place)
    assert (done.code, done.err) == (0, "")
    assert [name for name in state(data) if name.startswith("uploads/")] == [
        f"uploads/ab/ab/{LETTER}"
    ]
    assert [row[1] for row in rows(data / "plexichat.db")["user"]] == ["ann"]
    replaced = Path(json.loads(done.out)["replaced"])
    assert replaced.parent == data
    assert state(replaced) == since
    with serving(cwd=place) as server:
        for name, status in (("ann", 200), ("bob", 401)):
            body = {"username": name, "password": PASSWORD}
            assert httpx.post(f"{server.url}/auth/login", json=body).status_code == status


def test_a_folder_that_is_not_there_yet_becomes_the_house(place: Path) -> None:
    done = typed("backup", "restore", "chat.tar", "--data", "elsewhere", cwd=place)
    assert done.code == 0, done.err
    assert "what was there" not in done.out
    assert (place / "elsewhere" / "uploads" / "ab" / "ab" / LETTER).read_bytes() == b"dear bob"


def test_a_log_that_a_crash_left_goes_with_its_database(place: Path) -> None:
    data = place / "data"
    connection = sqlite3.connect(data / "plexichat.db")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("UPDATE user SET email = 'in@the.log' WHERE username = 'bob'")
    connection.commit()
    crashed = {name: (data / name).read_bytes() for name in ("plexichat.db", "plexichat.db-wal")}
    connection.close()
    for name, content in crashed.items():
        (data / name).write_bytes(content)
    done = typed("backup", "restore", "chat.tar", "--json", cwd=place)
    assert done.code == 0, done.err
    replaced = Path(json.loads(done.out)["replaced"])
    assert [row[1] for row in rows(data / "plexichat.db")["user"]] == ["ann"]
    assert "in@the.log" in [row[2] for row in rows(replaced / "plexichat.db")["user"]]


def test_a_living_server_is_not_pulled_from_under_its_people(place: Path) -> None:
    with serving(cwd=place) as server:
        before = state(place / "data")
        refused = run("backup", "restore", "chat.tar", cwd=place)
        assert (refused.code, refused.out) == (1, "")
        assert "in use by process" in refused.err
        assert "stop that first" in refused.err
        assert state(place / "data") == before
        assert server.stop() == 0


def test_nothing_is_touched_where_there_is_no_room(place: Path) -> None:
    put_together(place / "chat.tar", with_head(parts_of(place / "chat.tar"), bytes=1 << 60))
    before = listing(place)
    refused = typed("backup", "restore", "chat.tar", cwd=place)
    assert (refused.code, refused.out) == (1, "")
    assert "bytes free" in refused.err
    assert listing(place) == before


# Killed at any step

# Forks a process for each moment: it restores, and kills itself at the n-th step that changes the
# file system, counted by the interpreter's own audit of them.
KILLER = """
import os, shutil, signal, sys
from plexichat.cli import plexichat
from tests.cli.test_restore import verdict

CHANGING = {"os.rename", "os.mkdir", "os.remove", "os.rmdir", "shutil.rmtree"}
steps_left = None

def watch(event, arguments):
    global steps_left
    if steps_left is None:
        return
    if event in CHANGING or (event == "open" and arguments[2] & os.O_CREAT):
        if steps_left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        steps_left -= 1

def attempt(moment, *verb):
    global steps_left
    child = os.fork()
    if child == 0:
        sys.stdout = sys.stderr = open(os.devnull, "w")
        steps_left = moment
        try:
            plexichat.main(verb, standalone_mode=False)
        except BaseException:
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

def moments(start, *verb):
    moment, ended = 0, -signal.SIGKILL
    while ended == -signal.SIGKILL:
        shutil.copytree(start, "try")
        os.chdir("try")
        ended = attempt(moment, *verb)
        if os.path.exists("data/.restored") and not os.path.exists("../decided"):
            shutil.copytree(".", "../decided")
        print(verb[1], ended, *verdict("data"), flush=True)
        os.chdir("..")
        shutil.rmtree("try")
        moment += 1

sys.addaudithook(watch)
moments("town", "backup", "restore", "chat.tar")
moments("decided", "user", "list")
"""
OLD, NEW = "ann+bob+ab+cd", "ann+ab"


def verdict(data: str) -> tuple[str, str]:
    """Who and what is there when the house is opened next, and who is in what is kept aside."""
    folder = Path(data).resolve()
    opened = typed("user", "list", cwd=folder.parent)
    assert opened.code == 0, opened.err
    people = [str(row[1]) for row in rows(folder / "plexichat.db")["user"]]
    files = sorted(path.name[:2] for path in (folder / "uploads").rglob("*") if path.is_file())
    left = [name for name in (replacing.GATHERED, replacing.DECIDED) if (folder / name).exists()]
    aside = [path / "plexichat.db" for path in folder.glob("replaced-*")]
    kept = [str(row[1]) for database in aside for row in rows(database)["user"]]
    return "+".join([*people, *files, *left]), "+".join(kept) or "nothing"


def test_killed_at_any_step_it_leaves_the_old_or_the_new(place: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", KILLER],
        cwd=place.parent,
        env=environment({"PYTHONPATH": str(ROOT)}),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ended.returncode == 0, ended.stderr
    told = [line.split() for line in ended.stdout.splitlines()]
    restores = [words[1:] for words in told if words[0] == "restore"]
    completions = [words[1:] for words in told if words[0] == "list"]
    *killed, last = restores
    assert len(killed) >= 20
    assert {code for code, _, _ in killed} == {"-9"}
    assert last == ["0", NEW, "ann+bob"]
    decided = [found for _, found, _ in killed].index(NEW)
    assert 0 < decided < len(killed)
    assert [words[1:] for words in killed[:decided]] == [[OLD, "nothing"]] * decided
    assert [words[1:] for words in killed[decided:]] == [[NEW, "ann+bob"]] * (len(killed) - decided)
    # The start that completes what was killed may be killed as well.
    assert len(completions) > 5
    assert {(found, kept) for _, found, kept in completions} == {(NEW, "ann+bob")}
    assert completions[-1][0] == "0"


# Bait


@dataclass
class Part:
    """A member of an archive as a stranger may write it: any header, any content."""

    header: tarfile.TarInfo
    content: bytes

    @property
    def name(self) -> str:
        return self.header.name


def parts_of(path: Path) -> list[Part]:
    with tarfile.open(path) as tar:
        found = []
        for member in tar:
            file = tar.extractfile(member)
            assert file is not None
            found.append(Part(tarfile.TarInfo(member.name), file.read()))
    return found[:-1]


def part(name: str, content: bytes = b"", **header: object) -> Part:
    made = Part(tarfile.TarInfo(name), content)
    for field, value in header.items():
        setattr(made.header, field, value)
    return made


def put_together(path: Path, parts: list[Part], end: bytes = archive.END) -> None:
    """Write an archive whose manifest fits it."""
    sums = "".join(f"{hashlib.sha256(each.content).hexdigest()}  {each.name}\n" for each in parts)
    with open(path, "wb") as file:
        for each in [*parts, part("manifest.sha256", sums.encode())]:
            each.header.mode = 0o600
            if each.header.size == 0:
                each.header.size = len(each.content)
            file.write(each.header.tobuf(tarfile.GNU_FORMAT))
            file.write(each.content + bytes(-len(each.content) % tarfile.BLOCKSIZE))
        file.write(end)


def with_head(parts: list[Part], **facts: object) -> list[Part]:
    head = json.loads(parts[0].content) | facts
    return [part("backup.json", json.dumps(head).encode()), *parts[1:]]


def with_database(parts: list[Part], folder: Path, *statements: str) -> list[Part]:
    """The same with another database, and a head that knows it."""
    (folder / "bait.db").write_bytes(parts[1].content)
    connection = sqlite3.connect(folder / "bait.db")
    connection.execute("PRAGMA foreign_keys = OFF")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    database = (folder / "bait.db").read_bytes()
    (folder / "bait.db").unlink()
    more = len(database) - len(parts[1].content)
    head = json.loads(parts[0].content)
    parts = with_head(parts, bytes=head["bytes"] + more)
    return [parts[0], part("plexichat.db", database), *parts[2:]]


def test_what_we_take_apart_and_put_together_is_still_a_backup(place: Path) -> None:
    put_together(place / "chat.tar", parts_of(place / "chat.tar"))
    assert typed("backup", "verify", "chat.tar", cwd=place).code == 0


FOREIGN, DAMAGED = "is no backup that Plexichat made", "is damaged: "
EVIL = f"uploads/ab/ab/{'ab' * 15}ff"
BAITS: dict[str, tuple[Callable[[list[Part]], list[Part]], str]] = {
    "a way up": (lambda parts: [*parts, part("../evil", b"x")], FOREIGN),
    "a way up inside": (
        lambda parts: [*parts[:3], part("uploads/ab/ab/../../../evil", b"x"), *parts[3:]], FOREIGN,
    ),
    "an absolute path": (lambda parts: [*parts[:3], part("/tmp/evil", b"x"), *parts[3:]], FOREIGN),
    "another name": (lambda parts: [*parts[:3], part("config.toml", b"x"), *parts[3:]], FOREIGN),
    "an upload elsewhere": (
        lambda parts: [*parts[:3], part(f"uploads/ff/ff/{'ab' * 16}", b"x"), *parts[3:]], FOREIGN,
    ),
    "a symlink": (
        lambda parts: [
            *parts[:3], part(EVIL, type=tarfile.SYMTYPE, linkname="/etc/passwd"), *parts[3:]
        ], FOREIGN,
    ),
    "a hard link": (
        lambda parts: [
            *parts[:3], part(EVIL, type=tarfile.LNKTYPE, linkname="plexichat.db"), *parts[3:]
        ], FOREIGN,
    ),
    "a device": (
        lambda parts: [
            *parts[:3], part(EVIL, type=tarfile.CHRTYPE, devmajor=1, devminor=3), *parts[3:]
        ], FOREIGN,
    ),
    "a pipe": (lambda parts: [*parts[:3], part(EVIL, type=tarfile.FIFOTYPE), *parts[3:]], FOREIGN),
    "a folder": (lambda parts: [*parts[:3], part(EVIL, type=tarfile.DIRTYPE), *parts[3:]], FOREIGN),
    "a sparse file": (
        lambda parts: [*parts[:3], part(EVIL, type=tarfile.GNUTYPE_SPARSE), *parts[3:]], FOREIGN,
    ),
    "a long name": (lambda parts: [*parts[:3], part(EVIL + "f" * 200), *parts[3:]], FOREIGN),
    "the same twice": (lambda parts: [*parts[:3], parts[2], *parts[3:]], FOREIGN),
    "two databases": (lambda parts: [*parts[:2], *parts[1:]], FOREIGN),
    "no head": (lambda parts: parts[1:], FOREIGN),
    "another program": (lambda parts: with_head(parts, program="flexichat"), FOREIGN),
    "a head without sense": (lambda parts: [part("backup.json", b"{"), *parts[1:]], FOREIGN),
    "a newer form": (
        lambda parts: with_head(parts, format=2, version="b.1.0-1"),
        "was made by a newer Plexichat, b.1.0-1",
    ),
    "a newer database": (
        lambda parts: with_head(
            with_database(parts, Path(), "PRAGMA user_version = 9000"), schema=9000
        ),
        "versions up to",
    ),
    "another version than it says": (lambda parts: with_head(parts, schema=3), DAMAGED),
    "no database": (
        lambda parts: [parts[0], part("plexichat.db", b"x" * len(parts[1].content)), *parts[2:]],
        DAMAGED,
    ),
    "a trigger": (
        lambda parts: with_database(
            parts, Path(),
            "CREATE TRIGGER evil AFTER INSERT ON user BEGIN UPDATE user SET is_admin = 1; END",
        ),
        "its tables are not those of Plexichat",
    ),
    "orphans": (
        lambda parts: with_database(
            parts, Path(), "INSERT INTO thumbnail (upload_id, side, name) VALUES (9, 1, 'x')"
        ),
        "name others that are not there",
    ),
    "more than it says": (lambda parts: with_head(parts, bytes=5), "holds more than it says"),
    "less than it says": (
        lambda parts: with_head(parts, uploads=7), "holds less than it says",
    ),
    "an upload is missing": (
        lambda parts: with_head(
            [*parts[:2], *parts[3:]], uploads=0, bytes=len(parts[1].content)
        ), "missing or not what it was",
    ),
    "an upload is another": (
        lambda parts: [*parts[:2], part(parts[2].name, b"dear BOB"), *parts[3:]],
        "missing or not what it was",
    ),
    "an upload that nothing names": (
        lambda parts: with_head(
            [*parts[:3], part(EVIL, b"x"), *parts[3:]],
            uploads=2, bytes=len(parts[1].content) + 9,
        ), "does not name",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def baited(town: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(town, tmp_path_factory.mktemp("baited") / "town"))


@pytest.mark.parametrize("bait", BAITS)
def test_bait_is_refused_before_anything_is_touched(
    bait: str, baited: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    change, told = BAITS[bait]
    put_together(tmp_path / "bait.tar", change(parts_of(baited / "chat.tar")))
    before = listing(baited)
    for verb in ("restore", "verify"):
        refused = typed("backup", verb, str(tmp_path / "bait.tar"), cwd=baited)
        assert (refused.code, refused.out) == (1, "")
        assert told in refused.err
    assert listing(baited) == before
    assert {path.name for path in tmp_path.iterdir()} <= {"bait.tar", ".bait.tar.checked"}


def test_a_damaged_file_is_refused_wherever_it_is_damaged(baited: Path, tmp_path: Path) -> None:
    whole = (baited / "chat.tar").read_bytes()
    before = listing(baited)
    places = {
        "the head": 600,
        "the database": 200_000,
        "an upload's name": whole.index(f"uploads/ab/ab/{LETTER}".encode()) + 16,
        "an upload": whole.index(b"dear bob") + 3,
        "the manifest": whole.rindex(b"  plexichat.db") - 9,
        "the end": len(whole) - 1,
    }
    baits = {
        where: whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for where, at in places.items()
    }
    for missing in (1, 1024, 5000, len(whole) // 2, len(whole) - 100, len(whole)):
        baits[f"{missing} bytes less"] = whole[:-missing]
    baits["one byte more"] = whole + b"\0"
    for where, bait in baits.items():
        (tmp_path / "bait.tar").write_bytes(bait)
        refused = typed("backup", "restore", str(tmp_path / "bait.tar"), cwd=baited)
        assert (refused.code, refused.out) == (1, ""), where
        assert FOREIGN in refused.err or DAMAGED in refused.err, where
    assert listing(baited) == before


def test_what_is_no_file_at_all_is_refused(baited: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.tar")
    (tmp_path / "diary.tar").write_text("Dear diary, " * 500)
    for name, told in (
        ("pipe.tar", FOREIGN),
        ("diary.tar", FOREIGN),
        (".", "s a directory"),
        ("nowhere.tar", "No such file"),
        (str(baited / "data" / "plexichat.db"), FOREIGN),
    ):
        refused = typed("backup", "restore", str(tmp_path / name), cwd=baited)
        assert (refused.code, refused.out) == (1, "")
        assert told in refused.err, name
