"""How much one person may have here altogether."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from plexichat.app import House
from plexichat.config import Config, Rate, RateLimits, Uploads
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


class TestADay:
    @pytest.fixture
    def config(self, tmp_path: Path) -> Config:
        day = RateLimits(
            everyone=(), address=(), user=(), default=(), register=(), upload=(), upload_chunk=(),
            upload_bytes=(Rate(2000, 86400, 2000),),
        )  # fmt: skip
        return quick(tmp_path / "data", rate_limits=day)

    async def test_one_person_uploads_so_much_in_a_day(self, join: Join) -> None:
        ann, bob = await join("ann"), await join("bob")
        dm = await ann.dm(bob)
        await attach(ann, dm, bytes(900))
        answer = await give(ann, f"/channels/{dm}/attachments", bytes(1000))
        assert refusal(answer) == (429, "Rate limited")
        assert answer.headers["X-RateLimit-Bucket"] == "upload_bytes"
        assert 0 < answer.json()["error"]["retry_after"] <= 86400
        assert len(stored(ann.house)) == 1
        await attach(bob, dm, bytes(900))

    async def test_what_is_not_announced_is_counted_as_it_came(self, join: Join) -> None:
        ann = await join("ann")
        dm = await ann.dm(await join("bob"))

        async def form() -> AsyncIterator[bytes]:
            yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
            yield b"a" * 1500 + b"\r\n--x--\r\n"

        kind = {"Content-Type": "multipart/form-data; boundary=x"}
        path = f"/channels/{dm}/attachments"
        assert (await ann.ask("POST", path, content=form(), headers=kind)).status_code == 200
        again = await ann.ask("POST", path, content=form(), headers=kind)
        assert refusal(again) == (429, "Rate limited")


class TestWithout:
    @pytest.fixture
    def config(self, tmp_path: Path) -> Config:
        return quick(tmp_path / "data", uploads=Uploads(quota_bytes=0))

    async def test_a_quota_of_nothing_is_no_quota(self, join: Join) -> None:
        ann, bob = await join("ann"), await join("bob")
        await attach(ann, await ann.dm(bob), bytes(1000))
