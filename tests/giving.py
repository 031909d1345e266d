"""Uploading as a client does it."""

from typing import Any
from urllib.parse import urlsplit

import httpx

from plexichat.app import House
from tests.cast import Person


async def give(
    person: Person, path: str, data: bytes, name: str = "notes.txt", kind: str | None = None
) -> httpx.Response:
    return await person.ask("POST", path, files={"file": (name, data, kind)})


async def attach(
    person: Person, channel_id: str, data: bytes, name: str = "notes.txt", kind: str | None = None
) -> dict[str, Any]:
    answer = await give(person, f"/channels/{channel_id}/attachments", data, name, kind)
    assert answer.status_code == 200, answer.text
    given: dict[str, Any] = answer.json()
    return given


def link(attachment: dict[str, Any]) -> str:
    """Path and query of an attachment's URL."""
    url = urlsplit(attachment["url"])
    return f"{url.path}?{url.query}"


def bare(attachment: dict[str, Any]) -> str:
    """The path alone, which opens nothing by itself."""
    url: str = attachment["url"]
    return urlsplit(url).path


def stored(house: House) -> list[str]:
    """Every file in the uploads folder, those still arriving included."""
    folder = house.directory / "uploads"
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
