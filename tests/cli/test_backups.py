"""Backups made at the terminal: what is in them is what was there at one moment."""

import fcntl
import hashlib
import json
import os
import re
import signal
import sqlite3
import subprocess
import tarfile
import threading
import time
from pathlib import Path

import httpx
import pytest

from plexichat import __version__
from plexichat.store.migrate import steps
from tests.cast import PASSWORD
from tests.running import PATIENCE_SECONDS, PROGRAM, Server, environment, serving, typed

FILM = "f1" * 16
LIMITS = ("--set", "rate_limits.enabled=false")


def unpacked(archive: Path, folder: Path) -> Path:
    """The members of a backup in a folder, each checked against the manifest."""
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
        assert tar.getnames()[-1] == "manifest.sha256"
        listed = (folder / "manifest.sha256").read_text().splitlines()
        assert [line.split("  ")[1] for line in listed] == tar.getnames()[:-1]
    for line in listed:
        digest, name = line.split("  ")
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    return folder


def rows(database: Path) -> dict[str, list[tuple[object, ...]]]:
    with sqlite3.connect(database) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        tables = [
            name
            for name, sql in connection.execute(
                "SELECT name, sql FROM sqlite_schema WHERE rootpage"
            )
            if sql and sql.startswith("CREATE TABLE")
        ]
        found = {table: sorted(connection.execute(f'SELECT * FROM "{table}"')) for table in tables}
    connection.close()
    return found


def someone(cwd: Path, name: str = "ann") -> None:
    made = typed("user", "create", name, "--password-stdin", cwd=cwd, stdin=f"{PASSWORD}\n")
    assert made.code == 0, made.err


def upload(data: Path, name: str, content: bytes, size: int | None = None) -> Path:
    """A file on the disk, with the row that an upload has; a large one is of zeros."""
    path = data / "uploads" / name[:2] / name[2:4] / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        file.write(content)
        file.truncate(len(content) if size is None else size)
    facts = (len(content), hashlib.sha256(content).hexdigest())
    with sqlite3.connect(data / "plexichat.db") as connection:
        connection.execute(
            """INSERT INTO upload (id, name, filename, content_type, size, sha256, uploader_id,
                   created_at)
               SELECT count(*) + 1, ?, 'file', 'text/plain', ?, ?, 1, 1 FROM upload""",
            (name, *facts),
        )
    connection.close()
    return path


def test_a_backup_without_a_server_holds_every_row_and_upload(tmp_path: Path) -> None:
    someone(tmp_path)
    data = tmp_path / "data"
    picture = upload(data, "ab" * 16 + ".png", os.urandom(2_500_000))
    empty = upload(data, "cd" * 16, b"")
    unnamed = picture.with_name("ab" * 15 + "00")
    unnamed.write_bytes(b"nobody's")
    made = typed("backup", "create", "--json", cwd=tmp_path)
    assert (made.code, made.err) == (0, "")
    told = json.loads(made.out)
    archive = Path(told["path"])
    assert archive.parent == data / "backups"
    assert (told["bytes"], told["uploads"], told["lost"]) == (archive.stat().st_size, 2, 0)
    assert archive.stat().st_mode & 0o077 == 0
    assert os.listdir(archive.parent / ".making") == []
    copy = unpacked(archive, tmp_path / "copy")
    assert rows(copy / "plexichat.db") == rows(data / "plexichat.db")
    for file in (picture, empty):
        assert (copy / file.relative_to(data)).read_bytes() == file.read_bytes()
    assert not (copy / unnamed.relative_to(data)).exists()
    head = json.loads((copy / "backup.json").read_text())
    assert (head["program"], head["version"]) == ("plexichat", __version__)
    assert head["schema"] == steps()[-1].number


def test_what_is_still_being_uploaded_stays_out(tmp_path: Path) -> None:
    someone(tmp_path)
    data = tmp_path / "data"
    half = upload(data, "ab" * 16, b"half of a pict")
    with sqlite3.connect(data / "plexichat.db") as connection:
        connection.execute("DELETE FROM upload")
        connection.execute(
            """INSERT INTO upload_session (id, user_id, name, filename, content_type, total_size,
                   chunk_size, chunks, expires_at)
               VALUES (1, 1, ?, 'picture', 'image/png', 28, 14, '10', 9000000000000)""",
            (half.name,),
        )
    connection.close()
    assert typed("backup", "create", "chat.tar", cwd=tmp_path).code == 0
    copy = unpacked(tmp_path / "chat.tar", tmp_path / "copy")
    assert rows(copy / "plexichat.db")["upload_session"] == []
    assert not (copy / "uploads").exists()
    assert typed("backup", "verify", "chat.tar", cwd=tmp_path).code == 0


def test_a_data_folder_made_of_a_backup_serves(tmp_path: Path) -> None:
    someone(tmp_path)
    typed("backup", "create", "copy.tar", cwd=tmp_path)
    unpacked(tmp_path / "copy.tar", tmp_path / "copy")
    with serving("--data", "copy", cwd=tmp_path) as server:
        body = {"username": "ann", "password": PASSWORD}
        assert httpx.post(f"{server.url}/auth/login", json=body).status_code == 200


def test_a_folder_gets_a_file_of_its_own_and_a_file_is_never_written_over(tmp_path: Path) -> None:
    someone(tmp_path)
    (tmp_path / "usb").mkdir()
    assert typed("backup", "create", "usb", cwd=tmp_path).code == 0
    [archive] = (tmp_path / "usb").iterdir()
    before = archive.read_bytes()
    again = typed("backup", "create", str(archive), cwd=tmp_path)
    assert (again.code, again.out) == (1, "")
    assert "exists already" in again.err
    assert archive.read_bytes() == before
    assert list((tmp_path / "usb").iterdir()) == [archive]


def talk(server: Server, quiet: threading.Event) -> list[str]:
    """Ann writes to bob until it is quiet; returns the ids of what the server acknowledged."""
    ann, bob = server.register("ann"), server.register("bob")
    said = []
    headers = {"Authorization": f"Bearer {ann['token']}"}
    with httpx.Client(base_url=server.url, headers=headers) as client:
        body = {"recipient_id": bob["user"]["id"]}
        channel = client.post("/users/@me/channels", json=body).json()["id"]
        while not quiet.is_set():
            answer = client.post(f"/channels/{channel}/messages", json={"content": "word " * 100})
            assert answer.status_code == 200, answer.text
            said.append(answer.json()["id"])
    return said


def test_a_backup_beside_a_talking_server_is_one_moment_of_it(tmp_path: Path) -> None:
    quiet = threading.Event()
    said: list[str] = []
    with serving(*LIMITS, cwd=tmp_path) as server:
        talking = threading.Thread(target=lambda: said.extend(talk(server, quiet)))
        talking.start()
        made = [typed("backup", "create", f"{number}.tar", cwd=tmp_path) for number in range(5)]
        quiet.set()
        talking.join()
        assert server.stop() == 0
    assert [ended.code for ended in made] == [0] * 5, made
    everything = rows(tmp_path / "data" / "plexichat.db")
    before = 0
    for number in range(5):
        copy = rows(
            unpacked(tmp_path / f"{number}.tar", tmp_path / f"of {number}") / "plexichat.db"
        )
        messages = copy["message"]
        # Ids grow with commits: one moment is everything up to some message, and nothing after.
        assert messages == everything["message"][: len(messages)]
        assert len(messages) >= before
        before = len(messages)
    assert [str(row[0]) for row in everything["message"]] == said


def test_where_there_is_no_server_there_is_nothing_to_back_up(tmp_path: Path) -> None:
    made = typed("backup", "create", "--data", "elsewhere", cwd=tmp_path)
    assert (made.code, made.out) == (1, "")
    assert "there is no database in elsewhere" in made.err
    assert not (tmp_path / "elsewhere").exists()


def test_there_is_one_backup_at_a_time(tmp_path: Path) -> None:
    someone(tmp_path)
    making = tmp_path / "data" / "backups" / ".making"
    making.mkdir(parents=True)
    folder = os.open(making, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    second = typed("backup", "create", cwd=tmp_path)
    os.close(folder)
    assert (second.code, second.err) == (1, "plexichat: another backup is being made\n")


@pytest.fixture
def much(tmp_path: Path) -> Path:
    """A folder whose uploads would take long to pack."""
    someone(tmp_path)
    upload(tmp_path / "data", FILM, b"", size=10_000_000_000)
    return tmp_path


def packing(cwd: Path) -> "subprocess.Popen[str]":
    """A backup that has begun to write its archive."""
    process = subprocess.Popen(
        [*PROGRAM, "backup", "create", "film.tar"],
        cwd=cwd,
        env=environment({}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not (cwd / ".film.tar.part").exists():
        assert process.poll() is None
        time.sleep(0.005)
    return process


def left(cwd: Path) -> list[str]:
    making = cwd / "data" / "backups" / ".making"
    return [path.name for path in (*cwd.glob(".*part"), *cwd.glob("*.tar"), *making.iterdir())]


def test_ctrl_c_leaves_nothing_behind(much: Path) -> None:
    process = packing(much)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=PATIENCE_SECONDS)
    assert (process.returncode, errors.strip()) == (1, "plexichat: stopped")
    assert left(much) == []


def test_ctrl_c_beside_a_server_stops_the_backup_too(much: Path) -> None:
    with serving(cwd=much) as server:
        process = packing(much)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode == 1
        while left(much):
            time.sleep(0.005)
        assert server.stop() == 0
        assert "Traceback" not in server.log()


def test_a_server_that_stops_takes_its_backup_along(much: Path) -> None:
    with serving(cwd=much) as server:
        process = packing(much)
        assert server.stop() == 0
        _, errors = process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode == 1
        assert "ended without an answer" in errors.splitlines()[-1]
    assert left(much) == []


def test_what_takes_longer_than_a_second_tells_how_far_it_is(much: Path) -> None:
    process = packing(much)
    process.send_signal(signal.SIGSTOP)
    time.sleep(1.1)  # the second that has to pass
    process.send_signal(signal.SIGCONT)
    assert process.stderr is not None
    line = process.stderr.readline()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE_SECONDS)
    assert re.fullmatch(r"writing the backup: [\d.]+ .?B of 10\.0 GB\n", line)


def test_what_a_killed_backup_left_is_cleared_by_the_next(much: Path) -> None:
    process = packing(much)
    process.kill()
    process.communicate()
    assert {".film.tar.part", "plexichat.db"} <= set(left(much))
    (much / "data" / "uploads" / FILM[:2] / FILM[2:4] / FILM).unlink()
    assert typed("backup", "create", "film.tar", cwd=much).code == 0
    assert left(much) == ["film.tar"]
