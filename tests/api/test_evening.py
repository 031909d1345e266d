"""READY before + events = READY after: what clients know of the world is what the API tells."""

import asyncio
from pathlib import Path

import pytest

from plexichat.app import House
from plexichat.config import Config
from tests.api.friends import befriend, block
from tests.api.line import listening
from tests.cast import Join, Person
from tests.evening import rule, talk
from tests.evening.device import Device
from tests.evening.glance import mistakes
from tests.evening.story import NAMES, Evening, quiet
from tests.town import found
from tests.town import join as move_in

STEPS = 5000


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return quiet(tmp_path / "data")


async def test_after_an_evening_of_twenty_everybody_sees_what_there_is(
    house: House, url: str, join: Join
) -> None:
    evening = await Evening.begin(house, url, join, seed=1, people=len(NAMES))
    try:
        await evening.last(STEPS)
    finally:
        await evening.close()
    assert evening.happened.keys() == {deed.__name__ for deed in (*talk.DEEDS, *rule.DEEDS)}
    assert min(evening.happened.values()) > 0
    assert sum(evening.happened.values()) > STEPS / 2


async def test_a_friend_whom_one_blocks_is_a_stranger_from_then_on(
    house: House, url: str, ann: Person, bob: Person
) -> None:
    await befriend(ann, bob)
    device = Device(url, ann)
    await device.begin()
    try:
        async with listening(url, bob):
            while bob.number not in house.presence.here():
                await asyncio.sleep(0)
            await device.beat()
            assert device.picture.presences[bob.id]["status"] == "online"
            await block(ann, bob)
        while bob.number in house.presence.here():
            await asyncio.sleep(0)
        await move_in(await found(bob), ann)
        await device.beat()
        assert await mistakes(ann, device.picture) == []
    finally:
        await device.close()
