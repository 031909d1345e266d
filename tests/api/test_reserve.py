"""What is refused when the disk is nearly full, and what goes on."""

from collections.abc import AsyncIterator

import pytest

from plexichat.app import House
from tests import town
from tests.cast import Person, refusal
from tests.giving import attach, give, stored
from tests.pictures import picture
from tests.town import Town

FULL = (507, "Insufficient storage")


@pytest.fixture
async def street(ann: Person, bob: Person) -> AsyncIterator[Town]:
    """Ann's server with bob in it, on a disk that fills up once they have settled."""
    street = await town.found(ann)
    await town.join(street, bob)
    yield street
    ann.house.db.room.reserve = 0


def fill(house: House) -> None:
    house.db.room.reserve = house.db.room.free() * 2


async def test_what_would_stay_is_refused(street: Town, ann: Person) -> None:
    bell = (await ann.post("/webhooks", {"channel_id": street.general, "name": "Bell"})).json()
    film = {"filename": "dog.bmp", "content_type": "image/bmp", "total_size": 5}
    before = stored(ann.house)
    fill(ann.house)
    for answer in (
        await ann.post(f"/channels/{street.general}/messages", {"content": "soup"}),
        await ann.post(f"/webhooks/{bell['id']}/{bell['token']}", {"content": "soup"}),
        await give(ann, f"/channels/{street.general}/attachments", b"leek"),
        await give(ann, "/users/@me/avatar", picture("PNG"), "me.png"),
        await ann.post("/media/upload/session", film),
    ):
        assert refusal(answer) == FULL, answer.request.url
    assert stored(ann.house) == before


async def test_what_makes_room_or_takes_none_goes_on(
    street: Town, ann: Person, bob: Person
) -> None:
    path = f"/channels/{street.general}/messages"
    file = await attach(ann, street.general, b"leek")
    said = [await ann.say(street.general, "soup", attachments=[file])]
    said += [await bob.say(street.general, "bread")]
    fill(ann.house)
    assert (await bob.get(path)).is_success
    assert (await bob.patch(f"{path}/{said[1]['id']}", {"content": "rye"})).is_success
    assert (await bob.post(f"{path}/ack")).is_success
    for message in said:
        assert (await ann.delete(f"{path}/{message['id']}")).is_success
    await ann.house.shelf.settled()
    assert stored(ann.house) == []
    assert (await bob.post("/auth/logout")).is_success
    assert (await ann.delete(street.path)).is_success
    await town.cleared(ann)
