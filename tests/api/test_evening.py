"""READY before + events = READY after: what clients know of the world is what the API tells."""

from pathlib import Path

import pytest

from plexichat.app import House
from plexichat.config import Config
from tests.cast import Join
from tests.evening import rule, talk
from tests.evening.story import NAMES, Evening, quiet

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
