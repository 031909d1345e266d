"""Small copies of pictures in messages: which there are, who sees them, when they go."""

import asyncio
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from plexichat.app import House
from plexichat.config import Config
from plexichat.core import thumbnails, uploads
from plexichat.core.events import Leftovers
from plexichat.store import uploads as rows
from plexichat.store.db import Tx
from plexichat.store.uploads import Stored
from tests.api.line import listening
from tests.cast import Person, refusal
from tests.giving import attach, bare, give, stored
from tests.pictures import opened, picture, png_claiming


async def developed(house: House) -> None:
    """Wait until every picture has its thumbnails."""
    while await house.db.read(thumbnails.due) is not None:
        await asyncio.sleep(0.01)


async def shown(person: Person, channel_id: str) -> dict[str, Any]:
    """The first attachment of the newest message."""
    found = (await person.get(f"/channels/{channel_id}/messages")).json()
    attachment: dict[str, Any] = found[0]["attachments"][0]
    return attachment


def due_again(tx: Tx, upload_id: str) -> None:
    tx.execute("UPDATE upload SET side = 200 WHERE id = ?", (int(upload_id),))
    tx.emit(Leftovers(audience=frozenset()))


def path(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


@pytest.mark.parametrize(
    ("kind", "width", "height", "sides"),
    [
        ("PNG", 600, 900, {64, 128, 256, 512}),
        ("JPEG", 512, 100, {64, 128, 256}),
        ("WEBP", 100, 65, {64}),
        ("GIF", 64, 64, set()),
    ],
)
async def test_a_picture_has_the_thumbnails_that_are_smaller_than_itself(
    ann: Person, bob: Person, stranger: httpx.AsyncClient, house: House,
    kind: str, width: int, height: int, sides: set[int],
) -> None:  # fmt: skip
    dm = await ann.dm(bob)
    given = await attach(ann, dm, picture(kind, width, height), f"street.{kind.lower()}")
    assert given["thumbnails"] is None
    await developed(house)
    await ann.say(dm, "look", attachments=[given])
    seen = (await shown(bob, dm))["thumbnails"] or {}
    assert set(map(int, seen)) == sides
    for side, url in seen.items():
        answer = await stranger.get(path(url))
        assert answer.headers["content-type"] == f"image/{kind.lower()}"
        assert max(opened(answer.content).size) == int(side)


async def test_who_reads_the_message_hears_when_its_thumbnails_are_there(
    ann: Person, bob: Person, house: House, url: str
) -> None:
    dm = await ann.dm(bob)
    given = await attach(ann, dm, picture("PNG", 64, 64), "street.png")
    await developed(house)
    said = await ann.say(dm, "look", attachments=[given, await attach(ann, dm, b"notes")])
    async with listening(url, bob) as line:
        await house.db.write(due_again, given["id"])
        heard = await line.hear()
    told = heard["d"]
    assert heard["t"] == "MESSAGE_UPDATE"
    assert set(told["attachments"][0]["thumbnails"]) == {"64", "128"}
    assert told["attachments"][1] == said["attachments"][1]
    assert told["edited_at"] is None
    assert await shown(bob, dm) == told["attachments"][0]


async def test_a_thumbnail_is_read_by_whoever_reads_the_picture(
    ann: Person, bob: Person, cem: Person, stranger: httpx.AsyncClient, house: House
) -> None:
    dm = await ann.dm(bob)
    given = await attach(ann, dm, picture("PNG", 100, 100), "street.png")
    await developed(house)
    await ann.say(dm, "look", attachments=[given])
    small = {"url": (await shown(bob, dm))["thumbnails"]["64"]}
    answer = await bob.get(bare(small))
    assert max(opened(answer.content).size) == 64
    assert answer.headers["etag"] != (await bob.get(bare(given))).headers["etag"]
    assert refusal(await cem.get(bare(small))) == (403, "Access denied")
    assert refusal(await stranger.get(bare(small))) == (401, "Authentication required")
    again = await ann.post(f"/channels/{dm}/messages", {"attachments": [small]})
    assert refusal(again)[0] == 400, "a thumbnail is no upload"


async def test_thumbnails_go_with_their_picture(ann: Person, bob: Person, house: House) -> None:
    dm = await ann.dm(bob)
    given = await attach(ann, dm, picture("PNG", 300, 300), "street.png")
    await developed(house)
    said = await ann.say(dm, "look", attachments=[given])
    names = [name.rpartition("/")[2] for name in stored(house)]
    assert len(names) == 4
    assert await house.db.read(uploads.unknown, names) == []
    await ann.delete(f"/channels/{dm}/messages/{said['id']}")
    await house.shelf.settled()
    assert stored(house) == []


async def test_thumbnails_of_a_picture_that_went_meanwhile_go_too(
    ann: Person, bob: Person, house: House
) -> None:
    dm = await ann.dm(bob)
    given = await attach(ann, dm, picture("PNG", 300, 300), "street.png")
    said = await ann.say(dm, "look", attachments=[given])
    await ann.delete(f"/channels/{dm}/messages/{said['id']}")
    name = house.shelf.files.keep(house.shelf.files.begin(), ".png")
    assert await house.db.write(thumbnails.put, int(given["id"]), {64: name}) is None
    await developed(house)
    while stored(house):
        await asyncio.sleep(0.01)


async def test_what_only_begins_like_a_picture_has_no_thumbnails(
    ann: Person, bob: Person, house: House
) -> None:
    dm = await ann.dm(bob)
    whole = picture("PNG", 300, 300)
    given = [
        await attach(ann, dm, data, "street.png")
        for data in (whole[:-20], whole[:20], png_claiming(16_384, 16_384))
    ]
    await developed(house)
    said = await ann.say(dm, "look", attachments=given)
    assert [each["thumbnails"] for each in said["attachments"]] == [None, None, None]
    assert len(stored(house)) == 3


async def test_a_picture_has_at_most_so_many_pixels_a_side(
    ann: Person, bob: Person, house: House
) -> None:
    dm = await ann.dm(bob)
    answer = await give(ann, f"/channels/{dm}/attachments", png_claiming(10, 16_385), "wall.png")
    assert refusal(answer) == (400, "File too large: over 16384 pixels a side")
    assert stored(house) == []


async def test_what_was_due_when_the_house_closed_is_made_at_the_next_start(
    config: Config,
) -> None:
    house = await House.open(config)
    file = house.shelf.files.begin()
    file.write([picture("PNG", 100, 100)])
    name = house.shelf.files.keep(file, ".png")
    given = Stored(name, "street.png", "image/png", file.size, file.sha256, 100)
    upload = await house.db.write(rows.insert, 1, given)
    await house.close()
    again = await House.open(config)
    await developed(again)
    found = await again.db.read(rows.by_id, upload.id)
    await again.close()
    assert found is not None
    assert set(found.thumbnails) == {64}
