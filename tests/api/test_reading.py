"""Read state: what waits, what was read, and what the author learns of it."""

import pytest

from plexichat.app import House
from tests.api.friends import block
from tests.api.line import listening
from tests.cast import Person, refusal


async def unread(person: Person) -> dict[str, int]:
    counts: dict[str, int] = (await person.get("/users/@me/unread")).json()["unread_counts"]
    return counts


async def test_what_waits_is_told_by_channel_and_for_all(
    ann: Person, bob: Person, cem: Person
) -> None:
    with_bob, with_cem = await ann.dm(bob), await ann.dm(cem)
    assert (await ann.get("/users/@me/unread")).json() == {"unread_counts": {}}
    for text in ("soup", "at", "seven"):
        await bob.say(with_bob, text)
    await ann.say(with_bob, "yes")
    await cem.say(with_cem, "stew")
    assert await unread(ann) == {with_bob: 3, with_cem: 1}
    assert await unread(bob) == {with_bob: 1}
    told = (await ann.get(f"/channels/{with_bob}/messages/unread")).json()
    assert told == {"channel_id": with_bob, "unread_count": 3}


async def test_reading_up_to_a_message_marks_it_and_all_before(ann: Person, bob: Person) -> None:
    dm = await ann.dm(bob)
    first, second = await bob.say(dm, "soup"), await bob.say(dm, "at seven")
    await bob.say(dm, "or eight")
    path = f"/channels/{dm}/messages/ack"

    async def ack(**params: str) -> object:
        return (await ann.post(path, params=params)).json()

    assert await ack(message_id=second["id"]) == {"success": True, "messages_marked": 2}
    assert await ack(message_id=first["id"]) == {"success": True, "messages_marked": 0}
    assert await unread(ann) == {dm: 1}
    assert await ack() == {"success": True, "messages_marked": 1}
    assert await ack(message_id="9" * 30) == {"success": True, "messages_marked": 0}
    assert await unread(ann) == {}
    read = (await ann.get(f"/channels/{dm}/messages")).json()
    assert [message["read"] for message in read] == [True, True, True]


async def test_the_author_learns_who_read(ann: Person, bob: Person) -> None:
    dm = await ann.dm(bob)
    said = await ann.say(dm, "soup")
    path = f"/channels/{dm}/messages/{said['id']}"
    assert (said["status"], said["delivery_count"], said["read_count"]) == ("sent", 0, 0)
    await bob.post(f"/channels/{dm}/messages/ack")
    seen = (await ann.get(path)).json()
    assert (seen["status"], seen["delivery_count"], seen["read_count"]) == ("read", 1, 1)
    assert seen["read_by"] == ["bob"]
    assert seen["readers"] == [{"id": bob.id, "username": "bob", "avatar_url": None}]
    theirs = (await bob.get(path)).json()
    assert (theirs["status"], theirs["read_by"], theirs["readers"]) == (None, [], [])
    assert (theirs["read"], theirs["read_count"]) == (True, 1)


async def test_listing_history_delivers_it(ann: Person, bob: Person, house: House) -> None:
    dm = await ann.dm(bob)
    said = await ann.say(dm, "soup")
    await bob.get(f"/channels/{dm}/messages")
    await house.upkeep.settled()
    seen = (await ann.get(f"/channels/{dm}/messages/{said['id']}")).json()
    assert (seen["status"], seen["delivery_count"], seen["read_count"]) == ("delivered", 1, 0)


async def test_nobody_learns_of_reading_without_receipts(ann: Person, bob: Person) -> None:
    dm = await ann.dm(bob)
    said = await ann.say(dm, "soup")
    await bob.patch("/users/@me/messaging-settings", {"read_receipts_enabled": False})
    answer = (await bob.post(f"/channels/{dm}/messages/ack")).json()
    assert answer == {"success": True, "messages_marked": 1}
    assert await unread(bob) == {}
    seen = (await ann.get(f"/channels/{dm}/messages/{said['id']}")).json()
    assert (seen["status"], seen["read_count"], seen["read_by"]) == ("delivered", 0, [])


async def test_a_block_lets_no_receipt_through(
    ann: Person, bob: Person, url: str
) -> None:
    dm = await ann.dm(bob)
    before, after = await bob.say(dm, "soup?"), await bob.say(dm, "ann?")
    await ann.post(f"/channels/{dm}/messages/ack", params={"message_id": before["id"]})
    await block(ann, bob)
    async with listening(url, bob) as bobs, listening(url, ann) as anns:
        assert (await ann.post(f"/channels/{dm}/messages/ack")).json()["messages_marked"] == 1
        assert "MESSAGE_ACK" in [frame["t"] for frame in await anns.beat()]
        assert "MESSAGE_ACK" not in [frame["t"] for frame in await bobs.beat()]
    assert await unread(ann) == {}
    read = [(await bob.get(f"/channels/{dm}/messages/{each['id']}")).json()["read_by"]
            for each in (before, after)]
    assert read == [["ann"], []]


async def test_the_last_read_message_is_told(ann: Person, bob: Person) -> None:
    dm = await ann.dm(bob)
    path = f"/channels/{dm}/messages/last-read"
    nothing = {"channel_id": dm, "last_read_message_id": None, "last_read_at": None}
    assert (await ann.get(path)).json() == nothing
    said = await bob.say(dm, "soup")
    await ann.post(f"/channels/{dm}/messages/ack")
    last = (await ann.get(path)).json()
    assert last["last_read_message_id"] == said["id"]
    assert last["last_read_at"] >= said["created_at"]


async def test_messages_can_be_unread_again(ann: Person, bob: Person) -> None:
    dm = await ann.dm(bob)
    said = [(await bob.say(dm, str(number)))["id"] for number in range(4)]
    await ann.post(f"/channels/{dm}/messages/ack")
    path = f"/channels/{dm}/messages/mark-unread"
    assert (await ann.post(path)).json() == {"success": True, "unread_count": 1}
    answer = await ann.post(path, {"message_id": said[1]})
    assert answer.json() == {"success": True, "unread_count": 3}
    assert (await ann.post(path, {"message_id": None})).json()["unread_count"] == 3
    assert await unread(ann) == {dm: 3}
    assert refusal(await ann.post(path, {"message_id": "77"})) == (404, "Message not found")
    assert refusal(await ann.post(path, {"message_id": "x"})) == (400, "Invalid message ID")


async def test_several_channels_are_read_at_once(ann: Person, bob: Person, cem: Person) -> None:
    with_bob, with_cem, theirs = await ann.dm(bob), await ann.dm(cem), await bob.dm(cem)
    first = await bob.say(with_bob, "soup")
    await bob.say(with_bob, "stew")
    await cem.say(with_cem, "bread")
    marks = {with_bob: first["id"], with_cem: None, theirs: None, "77": None}
    assert (await ann.post("/channels/ack/bulk", marks)).json() == {"success": True}
    assert await unread(ann) == {with_bob: 1}
    assert (await ann.post("/channels/ack/bulk", {})).json() == {"success": True}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"x": None}, (400, "Invalid channel ID")),
        ({"77": "x"}, (400, "Invalid message ID")),
        ({"77": -1}, (400, "Invalid message ID")),
        ({"77": []}, (400, "Invalid input")),
        ([], (400, "Invalid input")),
        ({str(id): None for id in range(1001)}, (400, "Invalid input: over 1000 channels")),
    ],
)
async def test_wrong_marks_are_refused(
    ann: Person, body: object, told: tuple[int, str]
) -> None:
    assert refusal(await ann.post("/channels/ack/bulk", body)) == told


async def test_each_refusal_is_told_in_its_order(ann: Person, bob: Person, cem: Person) -> None:
    dm = await ann.dm(bob)
    for ask, route in (
        ("POST", "ack"), ("GET", "unread"), ("GET", "last-read"), ("POST", "mark-unread"),
    ):  # fmt: skip
        async def asked(person: Person, channel: str, ask: str = ask, route: str = route) -> object:
            return refusal(await person.ask(ask, f"/channels/{channel}/messages/{route}"))

        assert await asked(ann, "x") == (400, "Invalid channel ID")
        assert await asked(ann, "77") == (404, "Channel not found")
        assert await asked(cem, dm) == (403, "Access denied")
    answer = await ann.post("/channels/77/messages/ack", params={"message_id": "x"})
    assert refusal(answer) == (400, "Invalid message ID")


async def test_deleted_messages_do_not_wait(ann: Person, bob: Person) -> None:
    dm = await ann.dm(bob)
    said = [(await bob.say(dm, text))["id"] for text in ("soup", "stew", "bread")]
    await bob.delete(f"/channels/{dm}/messages/{said[1]}")
    assert await unread(ann) == {dm: 2}
    answer = (await ann.post(f"/channels/{dm}/messages/ack")).json()
    assert answer == {"success": True, "messages_marked": 2}
