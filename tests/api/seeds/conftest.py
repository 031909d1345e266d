"""A conversation in which everything has happened that a message can tell of."""

from typing import Any

import pytest

from plexichat.app import House
from tests.api.seeds.document import decorate, draw
from tests.cast import Person
from tests.giving import attach


@pytest.fixture
async def dm(ann: Person, bob: Person) -> str:
    """Where Ann, who has a picture, and Bob talk."""
    await draw(ann)
    return await ann.dm(bob)


@pytest.fixture
async def messages(dm: str, ann: Person, bob: Person, house: House) -> list[Any]:
    """What Ann sees of a conversation in which everything has happened."""
    await decorate(house, ann, "staff")
    given = await attach(ann, dm, b"soup", "soup.txt")
    first = await ann.say(dm, "Hello, world!", attachments=[given["id"]])
    await bob.say(dm, "hello yourself", reply_to_id=first["id"], embeds=[{"title": "soup"}])
    await ann.patch(f"/channels/{dm}/messages/{first['id']}", {"content": "Hello, people!"})
    await ann.put(f"/channels/{dm}/pins/{first['id']}")
    await bob.post(f"/channels/{dm}/messages/ack")
    seen: list[Any] = (await ann.get(f"/channels/{dm}/messages")).json()
    return seen
