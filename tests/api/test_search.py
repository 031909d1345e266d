"""Searching a channel."""

import pytest

from tests.cast import Person, refusal


async def test_what_is_found_are_whole_messages_the_newest_first(
    ann: Person, bob: Person
) -> None:
    dm = await ann.dm(bob)
    said = [await ann.say(dm, f"Crème brûlée at {hour}") for hour in (7, 8, 9)]
    await bob.say(dm, "no cream for me")
    path = f"/channels/{dm}/messages/search"

    async def find(**params: object) -> object:
        return (await ann.get(path, params=params)).json()

    assert await find(content="cr BRULEE") == []
    assert await find(content="brulee CREME") == said[::-1]
    assert await find(content="crème 8") == [said[1]]
    assert await find(content="brulee", limit=2) == [said[2], said[1]]
    assert await find(content="") == []
    assert await find(content='"*') == []


async def test_each_refusal_is_told_in_its_order(ann: Person, bob: Person, cem: Person) -> None:
    dm = await ann.dm(bob)
    path = f"/channels/{dm}/messages/search"
    assert refusal(await ann.get(path)) == (400, "Invalid input: content")
    for limit in ("0", "101", "x"):
        answer = await ann.get(path, params={"content": "soup", "limit": limit})
        assert refusal(answer) == (400, "Invalid input: limit")
    asked = {"content": "soup"}
    assert refusal(await cem.get(path, params=asked)) == (403, "Access denied")
    answer = await ann.get("/channels/77/messages/search", params=asked)
    assert refusal(answer) == (404, "Channel not found")
    answer = await ann.get("/channels/x/messages/search", params=asked)
    assert refusal(answer) == (400, "Invalid channel ID")
    answer = await ann.get(path, params={"content": "x" * 513})
    assert refusal(answer) == (400, "Invalid input: content of over 512 characters")


@pytest.mark.parametrize("limit", [None, 25, 30])
async def test_twenty_five_are_found_unless_otherwise_asked(
    ann: Person, bob: Person, limit: int | None
) -> None:
    dm = await ann.dm(bob)
    for number in range(31):
        await ann.say(dm, f"soup {number}")
    asked = {"content": "soup"} | ({} if limit is None else {"limit": str(limit)})
    found = (await bob.get(f"/channels/{dm}/messages/search", params=asked)).json()
    assert len(found) == (limit or 25)
