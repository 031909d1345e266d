"""Pinned messages."""

from pathlib import Path

import pytest

from plexichat.config import Config, Messages
from tests.cast import Person, quick, refusal


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return quick(tmp_path / "data", messages=Messages(max_pins=2))


async def test_pins_are_listed_the_newest_first(ann: Person, bob: Person) -> None:
    dm = await ann.dm(bob)
    one, two = await ann.say(dm, "one"), await bob.say(dm, "two")
    path = f"/channels/{dm}/pins"
    assert (await ann.get(path)).json() == []
    for message in (two, one, two):
        assert (await bob.put(f"{path}/{message['id']}")).json() == {"success": True}
    listed = (await ann.get(path)).json()
    assert [message["id"] for message in listed] == [one["id"], two["id"]]
    assert listed[0] == one | {"pinned": True, "status": listed[0]["status"]}
    assert (await ann.get(f"/channels/{dm}/messages/{one['id']}")).json()["pinned"] is True


async def test_a_pin_can_be_taken_down_once(ann: Person, bob: Person) -> None:
    dm = await ann.dm(bob)
    path = f"/channels/{dm}/pins/{(await ann.say(dm, 'one'))['id']}"
    await ann.put(path)
    assert (await bob.delete(path)).json() == {"success": True}
    status, sentence = refusal(await bob.delete(path))
    assert (status, sentence.partition(":")[0]) == (404, "Message not found")
    assert (await ann.get(f"/channels/{dm}/pins")).json() == []


async def test_a_channel_has_only_so_many_pins(ann: Person, bob: Person) -> None:
    dm = await ann.dm(bob)
    paths = [f"/channels/{dm}/pins/{(await ann.say(dm, str(n)))['id']}" for n in range(3)]
    for path in paths[:2]:
        assert (await ann.put(path)).status_code == 200
    assert refusal(await ann.put(paths[2])) == (400, "Pin limit reached")
    await ann.delete(paths[0])
    assert (await ann.put(paths[2])).status_code == 200


async def test_each_refusal_is_told_in_its_order(ann: Person, bob: Person, cem: Person) -> None:
    dm = await ann.dm(bob)
    said = (await ann.say(dm, "one"))["id"]
    for verb in (ann.put, ann.delete):
        assert refusal(await verb("/channels/x/pins/y")) == (400, "Invalid channel ID")
        assert refusal(await verb("/channels/77/pins/y")) == (400, "Invalid message ID")
        assert refusal(await verb("/channels/77/pins/77")) == (404, "Channel not found")
        assert refusal(await verb(f"/channels/{dm}/pins/77")) == (404, "Message not found")
    for verb in (cem.put, cem.delete):
        for id in (said, "77"):
            assert refusal(await verb(f"/channels/{dm}/pins/{id}")) == (403, "Permission denied")
    assert refusal(await cem.get(f"/channels/{dm}/pins")) == (403, "Access denied")
    assert refusal(await ann.get("/channels/77/pins")) == (404, "Channel not found")
    assert refusal(await ann.get("/channels/x/pins")) == (400, "Invalid channel ID")
