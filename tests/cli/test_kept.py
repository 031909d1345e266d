"""The backups that lie there: which they are, whether they are whole, and which may go."""

import asyncio
import hashlib
import json
import os
import re
import shutil
import sqlite3
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from bench.backups import paced
from bench.client import Connection, request
from plexichat import __version__
from tests.cli.test_backups import LIMITS, rows, someone, upload
from tests.running import PATIENCE_SECONDS, Server, run, serving, typed

LETTER = "ab" * 16


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("house")
    someone(folder)
    upload(folder / "data", LETTER, b"dear bob")
    assert typed("backup", "create", "chat.tar", cwd=folder).code == 0
    return folder


@pytest.fixture
def place(house: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(house, tmp_path / "house"))


def stocked(place: Path, *days_old: int) -> list[Path]:
    """Backups of that age, named as the server names them."""
    folder = place / "data" / "backups"
    folder.mkdir(exist_ok=True)
    made = []
    for days in days_old:
        at = time.gmtime(time.time() - days * 86_400)
        made.append(folder / f"plexichat-{time.strftime('%Y%m%d-%H%M%S', at)}.tar")
        aged(place / "chat.tar", made[-1], days)
    return made


def aged(source: Path, target: Path, days: int) -> None:
    """The same backup as if it had been made so long ago; its manifest does not fit any more."""
    content = source.read_bytes()
    found = re.search(rb'"made_at": (\d{13})', content)
    assert found is not None
    then = str(int(found[1]) - days * 86_400_000).encode()
    target.write_bytes(content.replace(found[1], then, 1))


def left(place: Path) -> list[str]:
    return sorted(path.name for path in (place / "data" / "backups").glob("*.tar"))


def test_the_newest_comes_first_with_age_size_and_state(place: Path) -> None:
    old, older = stocked(place, 2, 9)
    shutil.copy(place / "chat.tar", old.with_name("mine.tar"))
    (old.parent / "diary.tar").write_text("Dear diary, " * 500)
    os.utime(old.parent / "diary.tar", (0, 0))
    assert typed("backup", "verify", str(old.with_name("mine.tar")), cwd=place).code == 0
    listed = typed("backup", "list", cwd=place)
    lines = [re.split(r"  +", line) for line in listed.out.splitlines()[1:]]
    assert [line[0] for line in lines] == ["mine.tar", old.name, older.name, "diary.tar"]
    assert [line[1] for line in lines][1:3] == ["2 days", "9 days"]
    assert [line[3] for line in lines][:3] == ["verified", "not verified", "not verified"]
    assert "no backup that Plexichat made" in lines[3][3]
    told = json.loads(typed("backup", "list", "--json", cwd=place).out)
    assert told[0]["bytes"] == (place / "chat.tar").stat().st_size
    assert (told[0]["version"], told[0]["uploads"], told[0]["fault"]) == (__version__, 1, None)
    assert told[0]["made_at"] < told[0]["verified_at"]


def test_no_backups_are_listed_in_a_sentence(place: Path) -> None:
    listed = typed("backup", "list", cwd=place)
    assert (listed.code, listed.out, listed.err) == (0, "", "there are no backups\n")


def test_what_was_verified_is_so_until_it_changes(place: Path) -> None:
    [path] = stocked(place, 0)
    shutil.copy(place / "chat.tar", path)

    def state() -> str:
        return str(json.loads(typed("backup", "list", "--json", cwd=place).out)[0]["verified_at"])

    assert state() == "None"
    assert typed("backup", "verify", "--all", cwd=place).out == f"{path}: whole\n"
    assert state() != "None"
    with open(path, "r+b") as file:
        file.seek(200_000)
        file.write(b"rust")
    assert state() == "None"
    refused = typed("backup", "verify", "--all", cwd=place)
    assert (refused.code, refused.out) == (1, "")
    assert f"{path} is damaged" in refused.err
    assert "1 of 1 files cannot be gone back to" in refused.err
    listed = typed("backup", "list", cwd=place)
    assert "is damaged" in listed.out


def test_uploads_that_were_lost_before_keep_nothing_else_from_being_saved(place: Path) -> None:
    data = place / "data"
    upload(data, "cd" * 16, b"gone").unlink()
    upload(data, "ef" * 16, b"rust").write_bytes(b"RUST")
    made = typed("backup", "create", "lossy.tar", cwd=place)
    assert made.code == 0
    assert "2 uploads were missing or damaged before it was made" in made.err
    for verb in ("verify", "restore"):
        done = typed("backup", verb, "lossy.tar", cwd=place)
        assert done.code == 0
        assert "2 uploads were missing or damaged" in done.err
    assert (data / "uploads" / "ef" / "ef" / ("ef" * 16)).read_bytes() == b"RUST"


def test_a_picture_that_lies_elsewhere_is_not_ours_to_save(place: Path) -> None:
    database = sqlite3.connect(place / "data" / "plexichat.db")
    for user_id, banner in ((1, "https://example.org/hills.png"), (2, "../../../../plexichat.db")):
        database.execute("INSERT INTO profile (user_id, banner) VALUES (?, ?)", (user_id, banner))
    database.commit()
    database.close()
    made = typed("backup", "create", "mixed.tar", "--json", cwd=place)
    told = json.loads(made.out)
    assert (told["uploads"], told["lost"]) == (1, 0)


def test_the_oldest_go_and_the_newest_whole_one_stays(place: Path) -> None:
    newest, second, third, fourth = stocked(place, 0, 1, 2, 3)
    (mine := newest.with_name("mine.tar")).write_bytes(b"")
    shutil.copy(place / "chat.tar", third)  # the one that is whole is the newest by its head
    assert typed("backup", "verify", str(third), cwd=place).code == 0
    aged(place / "chat.tar", newest, -1)
    gone = typed("backup", "prune", "--keep", "1", cwd=place)
    assert gone.code == 0, gone.err
    assert set(left(place)) == {newest.name, third.name, mine.name}
    assert gone.out.splitlines()[-1].startswith("2 removed, ")
    assert str(second) in gone.out
    assert str(fourth) in gone.out
    assert typed("backup", "prune", "--keep", "1", cwd=place).out.startswith("0 removed")


# By the clock


def wait_for(server: Server, line: str) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while line not in server.log():
        assert time.monotonic() < until, server.log()
        time.sleep(0.01)


def test_the_clock_makes_a_backup_checks_it_and_lets_the_oldest_go(place: Path) -> None:
    old = stocked(place, 3, 4, 5)
    elsewhere = place / "elsewhere"
    (place / "data" / "backups").rename(elsewhere)
    wanted = {
        "PLEXICHAT__BACKUP__SCHEDULE": "every 6h",
        "PLEXICHAT__BACKUP__KEEP": "2",
        "PLEXICHAT__BACKUP__DIRECTORY": "elsewhere",
    }
    with serving(cwd=place, **wanted) as server:
        wait_for(server, f"backup removed, as 2 newer ones are kept: {elsewhere / old[2].name}")
        assert server.stop() == 0
        log = server.log()
    made, verified, *removed = [line for line in log.splitlines() if " backup " in line]
    assert "safekeeping: backup made in " in made
    assert "safekeeping: backup verified: " in verified
    assert [line.rpartition("/")[2] for line in removed] == [path.name for path in old[1:]]
    newest, kept = json.loads(typed("backup", "list", "--json", cwd=place, **wanted).out)
    assert newest["verified_at"] is not None
    assert Path(kept["path"]).name == old[0].name


def test_a_backup_that_cannot_be_made_is_told_and_nothing_else_suffers(place: Path) -> None:
    wanted = {
        "PLEXICHAT__BACKUP__SCHEDULE": "every 6h",
        "PLEXICHAT__BACKUP__DIRECTORY": "not there",
    }
    with serving(cwd=place, **wanted) as server:
        wait_for(server, "backup failed: no backup was made: ")
        server.register("bob")
        assert server.stop() == 0
        assert "Traceback" not in server.log()


@pytest.mark.parametrize("schedule", ["nightly", "daily 24:00", "weekly 03:30", "every 0h"])
def test_a_schedule_without_sense_is_refused_at_start(schedule: str, place: Path) -> None:
    refused = typed("serve", "--set", f"backup.schedule={schedule}", cwd=place)
    assert refused.code == 1
    assert 'backup.schedule must be empty, "daily 03:30", ' in refused.err


# Under load


def digest(messages: Iterable[tuple[object, ...]]) -> str:
    return hashlib.sha256(repr(list(messages)).encode()).hexdigest()


async def save_while_all_write(
    place: Path, address: tuple[str, int], asked: list[bytes]
) -> set[str]:
    """500 messages a second before, during and after a backup; the ids told before it began."""
    told: list[str] = []
    lines = [Connection(address) for _ in range(8)]

    async def say(number: int) -> None:
        answer = await lines[number].expect(asked[number % len(asked)])
        told.append(json.loads(answer)["id"])

    async def save() -> None:
        while len(told) < 250:
            await asyncio.sleep(0.01)
        before.update(told)
        made = await asyncio.to_thread(run, "backup", "create", "load.tar", cwd=place)
        assert made.code == 0, made.err
        after = len(told)
        while len(told) < after + 100:
            await asyncio.sleep(0.01)

    before: set[str] = set()
    workers = [lambda number=number: say(number) for number in range(len(lines))]
    await paced(workers, asyncio.create_task(save()))
    for line in lines:
        line.close()
    return before


def test_a_backup_under_load_restores_to_the_state_of_its_moment(place: Path) -> None:
    with serving(*LIMITS, cwd=place) as server:
        people = [server.register(name) for name in ("bob", "cem")]
        address = ("127.0.0.1", server.port)
        api, (bob, cem) = "/api/v1", people
        wanted = {"recipient_id": cem["user"]["id"]}

        async def story() -> set[str]:
            line = Connection(address)
            opened = request("POST", f"{api}/users/@me/channels", bob["token"], wanted)
            talk = json.loads(await line.expect(opened))["id"]
            line.close()
            asked = [
                request(
                    "POST", f"{api}/channels/{talk}/messages", person["token"],
                    {"content": f"{person['user']['username']} brings soup and bread"},
                )
                for person in people
            ]  # fmt: skip
            return await save_while_all_write(place, address, asked)

        before = asyncio.run(story())
        assert server.stop() == 0
    since = rows(place / "data" / "plexichat.db")["message"]
    restored = typed("backup", "restore", "load.tar", cwd=place)
    assert restored.code == 0, restored.err
    then = rows(place / "data" / "plexichat.db")["message"]
    assert before <= {str(row[0]) for row in then}
    assert len(before) >= 250
    assert len(then) < len(since)
    assert digest(then) == digest(since[: len(then)])
    database = sqlite3.connect(place / "data" / "plexichat.db")
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    database.close()
