"""The verbs that look after what is stored, with a server and without one."""

import json
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.running import Ended, Server, serving, typed

HOUR = 3600
KEEP_LITTLE = ("--set", "retention.messages_max_bytes=15", "--set", "retention.files_max_bytes=5")


def asked(cwd: Path, *arguments: str) -> Any:
    """What a verb tells as JSON."""
    ended = typed(*arguments, "--json", cwd=cwd)
    assert ended.err == ""
    return json.loads(ended.out)


def age(path: Path) -> None:
    os.utime(path, (time.time() - 2 * HOUR,) * 2)


class Street:
    """A server with ann in it, who has said and brought something."""

    def __init__(self, server: Server, cwd: Path) -> None:
        self.server, self.cwd = server, cwd
        self.client = httpx.Client(base_url=server.url)
        self.client.headers["Authorization"] = f"Bearer {server.register('ann')['token']}"
        made = self.client.post("/servers", json={"name": "street"}).json()
        self.channel = made["default_channel_id"]
        for text, file in (("first words", b"leek"), ("second words", b"bread")):
            self.say(text, self.give(file))

    def give(self, data: bytes) -> dict[str, Any]:
        path = f"/channels/{self.channel}/attachments"
        answer = self.client.post(path, files={"file": ("a.txt", data)})
        assert answer.is_success, answer.text
        given: dict[str, Any] = answer.json()
        return given

    def say(self, text: str, *attachments: object) -> None:
        path = f"/channels/{self.channel}/messages"
        answer = self.client.post(path, json={"content": text, "attachments": attachments})
        assert answer.is_success, answer.text

    def heard(self) -> list[str]:
        answer = self.client.get(f"/channels/{self.channel}/messages")
        return [message["content"] for message in answer.json()]

    @property
    def uploads(self) -> Path:
        return self.cwd / "data" / "uploads"


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    cwd = tmp_path_factory.mktemp("street")
    with serving("--set", "rate_limits.enabled=false", *KEEP_LITTLE, cwd=cwd) as server:
        street = Street(server, cwd)
        yield street
        street.client.close()


def orphan(uploads: Path, name: str, data: bytes) -> Path:
    path = uploads / name[:2] / name[2:4] / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_usage_tells_kinds_people_and_what_nobody_needs(street: Street) -> None:
    left = orphan(street.uploads, "ab" * 16, b"nobody's")
    told = asked(street.cwd, "media", "usage")
    assert told["kinds"] == [{"name": "text", "files": 2, "bytes": 9}]
    assert told["people"] == [{"name": "ann", "files": 2, "bytes": 9}]
    assert told["orphans"] == {"name": "orphans", "files": 1, "bytes": 8}
    assert told["total"] == {"name": "total", "files": 3, "bytes": 17}
    lines = typed("media", "usage", cwd=street.cwd).out.splitlines()
    assert lines[0] == "       9 B         2 files  text"
    left.unlink()


def test_pruning_takes_what_is_old_and_nobodys(street: Street) -> None:
    young, old = (orphan(street.uploads, name * 16, b"123") for name in ("cd", "ef"))
    broken = street.uploads / ".incoming" / "half"
    broken.write_bytes(b"12")
    for path in (old, broken, *street.uploads.glob("??/??/*.txt")):
        age(path)
    assert asked(street.cwd, "media", "prune", "--dry-run") == {"files": 2, "bytes": 5, "dry": True}
    assert old.exists()
    assert typed("media", "prune", cwd=street.cwd).out == "2 files are gone: 5 B\n"
    assert (young.exists(), old.exists(), broken.exists()) == (True, False, False)
    assert len(list(street.uploads.glob("??/??/*.txt"))) == 2
    young.unlink()


def test_a_sound_database_is_said_to_be(street: Street) -> None:
    ended = typed("db", "check", cwd=street.cwd)
    assert ended == Ended(0, "the database is sound, and every file is there\n", "")
    assert asked(street.cwd, "db", "check") == {"faults": []}


def test_a_file_that_is_missing_is_named(street: Street) -> None:
    lost = next(street.uploads.glob("??/??/*.txt"))
    data = lost.read_bytes()
    lost.unlink()
    ended = typed("db", "check", cwd=street.cwd)
    assert (ended.code, ended.out) == (1, f"the file {lost} is not there\n")
    assert "backup list" in ended.err
    lost.write_bytes(data)


def test_optimizing_goes_on_beside_the_server(street: Street) -> None:
    log = street.cwd / "data" / "plexichat.db-wal"
    before = log.stat().st_size
    told = asked(street.cwd, "db", "optimize")
    assert told["after"] >= told["before"] > 0
    assert log.stat().st_size < before
    vacuumed = asked(street.cwd, "db", "optimize", "--vacuum")
    assert vacuumed["free"] == 0
    street.say("still here")
    assert street.heard()[0] == "still here"


def test_retention_says_what_goes_and_lets_it_go(street: Street) -> None:
    street.say("nine more")
    before = street.heard()
    would = asked(street.cwd, "retention", "run", "--dry-run")
    assert (would["messages"], would["dry"]) == (len(before) - 1, True)
    assert street.heard() == before
    done = typed("retention", "run", cwd=street.cwd).out
    assert done.startswith(f"{len(before) - 1} messages are gone")
    assert street.heard() == ["nine more"]
    assert list(street.uploads.glob("??/??/*.txt")) == []


def test_without_rules_there_is_no_retention(tmp_path: Path) -> None:
    with serving(cwd=tmp_path) as server:
        assert server.stop() == 0
    ended = typed("retention", "run", cwd=tmp_path)
    assert (ended.code, ended.out) == (1, "")
    assert "[retention]" in ended.err
    damage(tmp_path / "data" / "plexichat.db")
    ended = typed("db", "check", cwd=tmp_path)
    assert ended.code == 1
    assert "row 1 of session names a row of user that is not there" in ended.out


def damage(database: Path) -> None:
    """A row whose kin is not there, which no rule would let in."""
    with sqlite3.connect(database) as connection:
        connection.execute("INSERT INTO session VALUES (1, 77, x'00', 1, 1, NULL, NULL)")
    connection.close()
