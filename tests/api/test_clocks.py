"""Two clocks: what a commit takes away is gone for every call that was queued behind it."""

from contextlib import suppress

import pytest
from websockets.exceptions import ConnectionClosed

from plexichat.app import House
from tests.api.friends import block
from tests.api.line import listening
from tests.api.queueing import held
from tests.cast import Person, refusal


async def test_a_call_queued_behind_a_logout_is_refused(
    house: House, ann: Person, bob: Person
) -> None:
    dm = await ann.dm(bob)
    async with held(house) as queue:
        out = await queue(ann.post("/auth/logout"))
        late = await queue(ann.post(f"/channels/{dm}/messages", {"content": "too late"}))
    assert (await out).status_code == 200
    assert refusal(await late) == (401, "Invalid token")
    assert (await bob.get(f"/channels/{dm}/messages")).json() == []


async def test_a_call_queued_before_a_logout_counts(
    house: House, ann: Person, bob: Person
) -> None:
    dm = await ann.dm(bob)
    async with held(house) as queue:
        early = await queue(ann.post(f"/channels/{dm}/messages", {"content": "in time"}))
        out = await queue(ann.post("/auth/logout"))
    assert ((await early).status_code, (await out).status_code) == (200, 200)
    assert len((await bob.get(f"/channels/{dm}/messages")).json()) == 1


@pytest.mark.parametrize("times", range(3))
async def test_a_message_queued_behind_a_block_is_refused(
    house: House, ann: Person, bob: Person, times: int
) -> None:
    dm = await ann.dm(bob)
    async with held(house) as queue:
        blocked = await queue(bob.post("/relationships/block", {"user_id": ann.id}))
        late = await queue(ann.post(f"/channels/{dm}/messages", {"content": "too late"}))
    assert (await blocked).status_code == 200
    assert refusal(await late) == (403, "Permission denied: cannot message this user")


async def test_a_revoked_socket_hears_nothing_of_what_is_committed_after(
    house: House, ann: Person, bob: Person, url: str
) -> None:
    dm = await ann.dm(bob)
    async with listening(url, ann) as line:
        async with held(house) as queue:
            gone = await queue(ann.post("/auth/sessions/revoke-all", {"except_current": False}))
            late = await queue(bob.post(f"/channels/{dm}/messages", {"content": "unheard"}))
        assert (await gone).status_code == (await late).status_code == 200
        heard = []
        with suppress(ConnectionClosed):
            while True:
                heard.append((await line.hear())["t"])
        assert "MESSAGE_CREATE" not in heard
        assert line.socket.close_code == 4004


async def test_a_block_is_in_force_for_the_next_request_too(ann: Person, bob: Person) -> None:
    dm = await ann.dm(bob)
    await block(bob, ann)
    answer = await ann.post(f"/channels/{dm}/messages", {"content": "hello?"})
    assert answer.status_code == 403
