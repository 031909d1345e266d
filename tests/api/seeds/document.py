"""The documents that this API began with: running their examples, and what an example promises.

The tests named `test_seed_...` go through the tables of those documents row by row. A document's
example stands in a test as it stands there; ids, tokens and files in it are replaced by real ones.
"""

import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx

from plexichat.app import House
from plexichat.store.db import Tx
from tests.cast import Person, refusal
from tests.pictures import picture

HOST = "https://api.plexichat.com"
BASES = ("", "/api/v1")
ID = "123456789012345678"
OTHER_ID = "234567890123456789"
LISTED = {
    "id": "123456789012345678",
    "channel_id": "123456789012345678",
    "author_id": "123456789012345678",
    "author_username": "johndoe",
    "author_avatar_url": "https://api.plexichat.com/avatars/users/123456789012345678",
    "content": "Hello, world!",
    "created_at": 1704067200,
    "edited_at": None,
    "reply_to_id": None,
    "attachments": [],
    "embeds": [],
    "pinned": False,
    "reactions": [],
}
MESSAGE = {
    **LISTED,
    "author_badges": ["staff"],
    "status": "read",
    "delivery_count": 15,
    "read_count": 5,
    "read": True,
    "read_by": ["janedoe", "bobsmith"],
}
ATTACHMENT = {
    "id": "123456789012345678",
    "filename": "image.png",
    "content_type": "image/png",
    "size": 12345,
    "url": "https://cdn.example.com/attachments/image.png",
    "hash": "abc123...",
}
SUCCESS = {"success": True}
NOTHING: Mapping[str, str] = MappingProxyType({})
IDS = re.compile("[0-9]+")
KINDS: dict[str, type] = {
    "string": str, "int": int, "bool": bool, "array": list, "object": dict,
}  # fmt: skip


async def curl(
    person: Person, command: str, base: str = "", real: Mapping[str, str] = NOTHING
) -> httpx.Response:
    """Run a curl command of a document as somebody; `real` replaces what it made up."""
    for made_up, true in {"YOUR_SESSION_TOKEN": person.token, "\\\n": " ", **real}.items():
        command = command.replace(made_up, true)
    words = shlex.split(command)
    assert words.pop(0) == "curl"
    method, url, headers, sent, file = "GET", "", {}, None, None
    while words:
        word = words.pop(0)
        if word == "-X":
            method = words.pop(0)
        elif word == "-H":
            name, _, value = words.pop(0).partition(": ")
            headers[name] = value
        elif word == "-d":
            sent = words.pop(0)
        elif word == "-F":
            file = words.pop(0).partition("=@")[2]
        else:
            url = word
    assert url.startswith(HOST)
    files = None if file is None else {"file": (Path(file).name, Path(file).read_bytes())}
    return await person.client.request(
        method, base + url.removeprefix(HOST), headers=headers, content=sent, files=files
    )


def promise(answer: Any, example: Any, where: str = "$") -> None:
    """Whether an answer has all that an example has, each of the same JSON type."""
    assert isinstance(answer, type(example)) or example is None, f"{where} is {answer!r}"
    assert isinstance(answer, bool) == isinstance(example, bool) or example is None, where
    if isinstance(example, dict) and example and all(map(IDS.fullmatch, example)):
        assert answer, f"{where} is empty"
        for key, value in answer.items():
            assert IDS.fullmatch(key), f"{where} has {key}"
            promise(value, next(iter(example.values())), f"{where}.{key}")
    elif isinstance(example, dict):
        assert set(answer) >= set(example), f"{where} lacks {set(example) - set(answer)}"
        for key, value in example.items():
            promise(answer[key], value, f"{where}.{key}")
    elif isinstance(example, list) and example:
        assert answer, f"{where} is empty"
        for index, each in enumerate(answer):
            promise(each, example[0], f"{where}[{index}]")


def holds(kind: str, values: list[Any]) -> None:
    """Whether all values are of a document's type; of a nullable one at least one is not null."""
    wanted = KINDS[kind.rstrip("?")]
    there = [value for value in values if value is not None]
    assert there, "never seen with a value"
    assert kind.endswith("?") or len(there) == len(values), "null, and not said to be nullable"
    for value in there:
        assert isinstance(value, wanted), value
        assert isinstance(value, bool) == (wanted is bool), value


async def decorate(house: House, person: Person, badge: str) -> None:
    """Give somebody a badge, as a later version of the server would."""

    def give(tx: Tx) -> None:
        tx.execute("UPDATE user SET badges = json_array(?) WHERE id = ?", (badge, person.number))

    await house.db.write(give)


async def draw(person: Person) -> dict[str, Any]:
    """Give somebody a picture."""
    files = {"file": ("avatar.png", picture("PNG", 256, 256))}
    answer = await person.ask("POST", "/users/@me/avatar", files=files)
    assert answer.status_code == 200, answer.text
    drawn: dict[str, Any] = answer.json()
    return drawn


async def fails(person: Person, method: str, path: str, told: tuple[int, str]) -> None:
    """Whether a request is refused with a row's status and phrase."""
    status, message = refusal(await person.ask(method, path, json={"content": "hello"}))
    assert (status, message.partition(":")[0]) == told
