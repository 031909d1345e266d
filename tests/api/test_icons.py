"""Pictures of servers: giving, showing, removing."""

import httpx
import pytest

from plexichat.app import House
from tests.api.line import listening
from tests.api.test_servers import told
from tests.cast import Person, refusal
from tests.giving import give, stored
from tests.pictures import opened, picture
from tests.town import Town, found, join


@pytest.fixture
async def town(ann: Person, bob: Person) -> Town:
    """Ann's server, in which bob is a member."""
    made = await found(ann)
    await join(made, bob)
    return made


async def test_an_icon_is_given_and_every_member_hears_of_it(
    town: Town, ann: Person, bob: Person, stranger: httpx.AsyncClient, house: House, url: str
) -> None:
    where = f"{house.shapes.origin}/avatars/servers/{town.id}"
    async with listening(url, bob) as line:
        answer = await give(ann, f"{town.path}/icon", picture("PNG", 1000, 800), "street.png")
        assert answer.json()["icon_url"] == where
        ids = {"server_id": town.id, "guild_id": town.id}
        assert await told(line) == [("GUILD_UPDATE", answer.json() | ids)]
    shown = await stranger.get(f"/avatars/servers/{town.id}")
    assert opened(shown.content).size == (512, 410)


async def test_an_icon_can_be_given_as_an_avatar_is(
    town: Town, ann: Person, house: House
) -> None:
    path = f"/avatars/servers/{town.id}"
    made = (await give(ann, path, picture("JPEG"), "street.jpg")).json()
    assert made["icon_url"] == f"{house.shapes.origin}{path}"
    assert (made["success"], made["width"], made["height"]) == (True, 64, 48)


async def test_a_new_icon_takes_the_place_of_the_old_one(
    town: Town, ann: Person, house: House
) -> None:
    for kind in ("PNG", "JPEG"):
        await give(ann, f"{town.path}/icon", picture(kind), f"street.{kind.lower()}")
    await house.shelf.settled()
    assert [name[-4:] for name in stored(house)] == [".jpg"]
    assert (await ann.delete(f"/avatars/servers/{town.id}")).json() == {"success": True}
    assert (await town.shown())["icon_url"] is None
    await house.shelf.settled()
    assert stored(house) == []


async def test_an_icon_goes_with_its_server(town: Town, ann: Person, house: House) -> None:
    await give(ann, f"{town.path}/icon", picture("PNG"), "street.png")
    await ann.delete(town.path)
    await house.shelf.settled()
    assert stored(house) == []


async def test_initials_stand_in_for_an_icon(town: Town, stranger: httpx.AsyncClient) -> None:
    for server_id, letters in ((town.id, "MS"), ("77", "?")):
        drawn = await stranger.get(f"/avatars/servers/{server_id}")
        assert drawn.headers["content-type"] == "image/svg+xml"
        assert f">{letters}</text>" in drawn.text


async def test_only_who_manages_a_server_gives_it_an_icon(
    town: Town, bob: Person, cem: Person, house: House
) -> None:
    for path in (f"{town.path}/icon", f"/avatars/servers/{town.id}"):
        for person, phrase in ((bob, "Permission denied"), (cem, "Access denied")):
            answer = await give(person, path, picture("PNG"), "street.png")
            assert refusal(answer) == (403, phrase)
    assert refusal(await bob.delete(f"/avatars/servers/{town.id}")) == (403, "Permission denied")
    assert stored(house) == []


async def test_what_is_no_picture_or_too_large_is_no_icon(town: Town, ann: Person) -> None:
    answer = await give(ann, f"{town.path}/icon", b"hello", "street.png")
    assert refusal(answer) == (400, "Invalid file type")
    answer = await give(ann, f"{town.path}/icon", bytes((2 << 20) + 1), "street.png")
    assert refusal(answer) == (400, "File too large")
    answer = await give(ann, "/servers/77/icon", picture("PNG"), "street.png")
    assert refusal(answer) == (404, "Server not found")
