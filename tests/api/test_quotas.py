"""How much one person may have here altogether."""

from pathlib import Path

import pytest

from plexichat.app import House
from plexichat.config import Config, Uploads
from tests.cast import Join, Person, quick, refusal
from tests.giving import attach, give, stored

FULL = (400, "File too large: your quota is full")


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return quick(tmp_path / "data", uploads=Uploads(quota_bytes=1000))


async def test_all_files_of_one_person_fit_in_their_quota(
    ann: Person, bob: Person, house: House
) -> None:
    dm = await ann.dm(bob)
    await attach(ann, dm, bytes(600))
    answer = await give(ann, f"/channels/{dm}/attachments", bytes(401))
    assert refusal(answer) == FULL
    await house.shelf.settled()
    assert len(stored(house)) == 1
    await attach(ann, dm, bytes(400))
    await attach(bob, dm, bytes(1000))


async def test_nothing_is_received_for_a_full_quota(ann: Person, bob: Person) -> None:
    dm = await ann.dm(bob)
    await attach(ann, dm, bytes(1000))
    answer = await ann.ask("POST", f"/channels/{dm}/attachments", content=b"no form at all")
    assert refusal(answer) == FULL


async def test_deleting_a_message_makes_room(ann: Person, bob: Person) -> None:
    dm = await ann.dm(bob)
    said = await ann.say(dm, "see", attachments=[await attach(ann, dm, bytes(1000))])
    await ann.delete(f"/channels/{dm}/messages/{said['id']}")
    await attach(ann, dm, bytes(1000))


class TestWithout:
    @pytest.fixture
    def config(self, tmp_path: Path) -> Config:
        return quick(tmp_path / "data", uploads=Uploads(quota_bytes=0))

    async def test_a_quota_of_nothing_is_no_quota(self, join: Join) -> None:
        ann, bob = await join("ann"), await join("bob")
        await attach(ann, await ann.dm(bob), bytes(1000))
