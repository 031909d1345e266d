"""The admin's door: what it does for those who hold the key, and for odd visitors."""

import asyncio
import json
import os
import socket
from pathlib import Path

import pytest

from plexichat.admin.backups import CreateBackup
from plexichat.admin.door import SOCKET, ask, ask_server, door
from plexichat.admin.users import CreateUser
from plexichat.app import House
from plexichat.core.errors import Refusal
from tests.cast import PASSWORD


def nothing(what: str, done: int, total: int) -> None:
    """Nobody asks how far it is."""


async def say(house: House, line: bytes) -> list[dict[str, str]]:
    """What the door answers to a line, until it closes."""
    reader, writer = await asyncio.open_unix_connection(house.directory / SOCKET)
    writer.write(line)
    answers = [json.loads(answer) async for answer in reader]
    writer.close()
    return answers


@pytest.mark.parametrize(
    "line",
    [
        b"\n",
        b"hello\n",
        b"\xff\n",
        b'{"type": "house burn"}\n',
        b'{"type": "user create", "name": 1}\n',
        b"x" * 100_000 + b"\n",
    ],
    ids=lambda line: repr(line[:20]),
)
async def test_what_it_does_not_know_it_says(house: House, line: bytes) -> None:
    async with door(house):
        [answer] = await say(house, line)
        assert (answer["type"], answer["code"]) == ("refused", "unknown_request")
        asked = CreateUser("ann", None, PASSWORD, is_admin=True)
        made = await asyncio.to_thread(ask, house.config, asked, nothing)
        assert made.username == "ann"


async def test_a_rule_that_refuses_is_told_as_it_is(house: House) -> None:
    async with door(house):
        asked = CreateUser("ann", None, "short", is_admin=False)
        with pytest.raises(Refusal) as refused:
            await asyncio.to_thread(ask, house.config, asked, nothing)
    assert refused.value.code == "weak_password"


async def test_only_the_owner_of_the_folder_has_the_key(house: House) -> None:
    async with door(house):
        path = house.directory / SOCKET
        assert path.stat().st_mode & 0o777 == 0o600
        house.directory.chmod(0o755)
        with pytest.raises(Refusal, match="only the owner"):
            await asyncio.to_thread(visit_as_nobody, path)
    assert not path.exists()


def visit_as_nobody(path: Path) -> None:
    """Root passes every door, so it puts off its power for a moment; others take their key away."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    else:
        path.chmod(0)
    try:
        asked = CreateBackup(None)
        ask_server(path.parent, asked, nothing)
    finally:
        if root:
            os.seteuid(0)


async def test_what_a_crash_left_is_no_server(house: House) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(house.directory / SOCKET))
    async with door(house):
        [answer] = await say(house, b"\n")
        assert answer["type"] == "refused"
