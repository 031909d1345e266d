"""Everything that is kept of somebody, as the terminal hands it out."""

import json
import re
import sqlite3
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest

from plexichat.cli.output import size
from plexichat.store import holdings
from tests.cli.conftest import Place, copied
from tests.pictures import picture

OF_SOMEBODY = re.compile(r"\b\w*(user|author|uploader|owner|reporter|inviter|creator|admin)_id\b")

# What names people too and is left out: proofs, what is on its way, what others wrote of others.
LEFT_OUT = {
    "admin_session", "backup_code", "blocked_address", "challenge", "recovery_code",
    "recovery_link", "ticket_note", "totp",
}  # fmt: skip


def read(path: Path, table: str) -> list[dict[str, Any]]:
    with zipfile.ZipFile(path) as archive:
        if f"{table}.jsonl" not in archive.namelist():
            return []
        return [json.loads(line) for line in archive.read(f"{table}.jsonl").splitlines()]


def test_it_is_all_there_up_and_down(settled: Place, up: Place, tmp_path: Path) -> None:
    for name, path, body in (
        ("bob", f"/channels/{up.ids['channel']}/messages", {"content": "soup at seven"}),
        ("ann", f"/channels/{up.ids['channel']}/messages", {"content": "with bread"}),
        ("bob", "/feedback", {"content": "more soup, and larger bowls"}),
    ):
        assert up.ask(name, "POST", path, json=body).status_code in (200, 201), path
    given = {"file": ("../street map.png", picture("PNG"))}
    upload = up.ask("bob", "POST", f"/channels/{up.ids['channel']}/attachments", files=given)
    assert upload.status_code == 200, upload.text

    target = tmp_path / "bob.zip"
    told = json.loads(up.done("user", "export", "bob", str(target), "--json"))
    assert (told["path"], told["files"], told["lost"]) == (str(target), 1, 0)
    assert told["bytes"] == target.stat().st_size
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    (account,) = read(target, "user")
    assert (account["username"], account["email"]) == ("bob", "bob@example.org")
    assert [row["content"] for row in read(target, "message")] == ["soup at seven"]
    assert [row["content"] for row in read(target, "feedback")] == ["more soup, and larger bowls"]
    assert [row["server_id"] for row in read(target, "member")] == [int(up.ids["server"])]
    (sent,) = read(target, "upload")
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        (kept,) = (name for name in archive.namelist() if name.startswith("files/"))
        assert kept.startswith(f"files/{sent['name']}-")
        assert ".." not in Path(kept).parts
        assert archive.read(kept) == picture("PNG")
        everything = b"".join(map(archive.read, archive.namelist()))
    assert b"with bread" not in everything
    for secret in (up.tokens["bob"].encode(), b"$2b$", b"token_hash", b"password_hash"):
        assert secret not in everything

    down = copied(settled, tmp_path / "town")
    made = down.folder / "plexichat-cem.zip"
    told = down.done("user", "export", "cem")
    assert told == f"{made}: {size(made.stat().st_size)}, 0 files\n"
    (account,) = read(made, "user")
    assert account["username"] == "cem"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("nobody",), "there is nobody called nobody"),
        (("bob", "."), "exists already"),
        (("bob", "no/such/folder/bob.zip"), "No such file or directory"),
    ],
)
def test_what_cannot_be_done_leaves_nothing(
    arguments: tuple[str, ...], sentence: str, place: Place
) -> None:
    before = set(place.folder.rglob("*.part")) | set(place.folder.rglob("*.zip"))
    assert sentence in place.refused("user", "export", *arguments)
    assert set(place.folder.rglob("*.part")) | set(place.folder.rglob("*.zip")) == before


def test_every_table_that_names_people_is_handed_out_or_known_to_be_kept_back(
    tmp_path: Path, settled: Place
) -> None:
    with sqlite3.connect(settled.folder / "data" / "plexichat.db") as database:
        tables = {
            name: {column[1] for column in database.execute(f"PRAGMA table_info({name})")}
            for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
    database.close()
    naming = {
        name for name, columns in tables.items()
        if any(OF_SOMEBODY.fullmatch(column) for column in columns)
    }  # fmt: skip
    assert naming - holdings.OF.keys() - LEFT_OUT == set()
    assert not holdings.OF.keys() & LEFT_OUT
    assert (holdings.OF.keys() | LEFT_OUT) <= tables.keys()
