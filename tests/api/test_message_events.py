"""What the gateway tells of messages, pins and reading, to whom, and in which words."""

from typing import Any

import pytest

from tests.api.line import Line, listening
from tests.cast import Person

NOWHERE = {"server_id": None, "guild_id": None}


async def told(line: Line) -> list[tuple[str, Any]]:
    """What was said of messages since the last time; who comes and goes has its own tests."""
    return [
        (frame["t"], frame["d"])
        for frame in await line.beat()
        if frame["t"].startswith(("MESSAGE", "CHANNEL"))
    ]


async def test_an_edit_is_told_to_every_socket(url: str, ann: Person, bob: Person) -> None:
    dm = await ann.dm(bob)
    said = await ann.say(dm, "soup")
    async with listening(url, ann) as anns, listening(url, bob) as bobs:
        path = f"/channels/{dm}/messages/{said['id']}"
        edited = (await ann.patch(path, {"content": "stew"})).json()
        neutral = edited | NOWHERE | {"status": None, "read": False, "read_by": [], "readers": []}
        for line in (anns, bobs):
            assert await told(line) == [("MESSAGE_UPDATE", neutral)]


async def test_a_deletion_is_told_to_every_socket(url: str, ann: Person, bob: Person) -> None:
    dm = await ann.dm(bob)
    said = [(await ann.say(dm, str(number)))["id"] for number in range(3)]
    async with listening(url, ann) as anns, listening(url, bob) as bobs:
        await ann.delete(f"/channels/{dm}/messages/{said[0]}")
        gone = {"message_ids": [said[2], said[1], "77"]}
        await ann.post(f"/channels/{dm}/messages/bulk-delete", gone)
        for line in (anns, bobs):
            assert await told(line) == [
                ("MESSAGE_DELETE", {"id": said[0], "channel_id": dm, **NOWHERE}),
                (
                    "MESSAGE_DELETE_BULK",
                    {"channel_id": dm, "message_ids": [said[2], said[1]], **NOWHERE},
                ),
            ]


async def test_pins_are_told_with_the_message_and_the_whole_list(
    url: str, ann: Person, bob: Person
) -> None:
    dm = await ann.dm(bob)
    one, two = await ann.say(dm, "one"), await ann.say(dm, "two")
    await ann.put(f"/channels/{dm}/pins/{one['id']}")
    async with listening(url, ann) as anns, listening(url, bob) as bobs:
        await bob.put(f"/channels/{dm}/pins/{two['id']}")
        await ann.delete(f"/channels/{dm}/pins/{one['id']}")
        for line in (anns, bobs):
            (first, pinned), (second, both), (third, unpinned), (fourth, left) = await told(line)
            assert first == third == "MESSAGE_UPDATE"
            assert second == fourth == "CHANNEL_PINS_UPDATE"
            assert (pinned["id"], pinned["pinned"]) == (two["id"], True)
            assert (unpinned["id"], unpinned["pinned"]) == (one["id"], False)
            assert both == {
                "channel_id": dm, "pinned_message_ids": [two["id"], one["id"]],
                **NOWHERE,
            }  # fmt: skip
            assert left["pinned_message_ids"] == [two["id"]]


@pytest.mark.parametrize("receipts", [True, False])
async def test_reading_is_told_to_the_others_only_with_receipts(
    url: str, ann: Person, bob: Person, receipts: bool
) -> None:
    dm = await ann.dm(bob)
    said = await ann.say(dm, "soup")
    await bob.patch("/users/@me/messaging-settings", {"read_receipts_enabled": receipts})
    async with listening(url, ann) as anns, listening(url, bob) as bobs:
        await bob.post(f"/channels/{dm}/messages/ack")
        mark = {"channel_id": dm, "user_id": bob.id, "message_id": said["id"], **NOWHERE}
        read = ("MESSAGE_ACK", mark)
        assert await told(bobs) == [read]
        assert await told(anns) == ([read] if receipts else [])
        await bob.post(f"/channels/{dm}/messages/mark-unread")
        unread = ("MESSAGE_ACK", mark | {"message_id": None})
        assert await told(bobs) == [unread]
        assert await told(anns) == []


async def test_a_message_to_an_open_socket_is_delivered_at_once(
    url: str, ann: Person, bob: Person
) -> None:
    dm = await ann.dm(bob)
    async with listening(url, bob) as bobs:
        said = await ann.say(dm, "soup")
        assert (said["status"], said["delivery_count"]) == ("delivered", 1)
        ((_, heard),) = await told(bobs)
        assert heard == said | NOWHERE | {"status": None, "read": False}


async def test_strangers_hear_nothing(url: str, ann: Person, bob: Person, cem: Person) -> None:
    async with listening(url, cem) as cems:
        dm = await ann.dm(bob)
        said = await ann.say(dm, "soup")
        await ann.put(f"/channels/{dm}/pins/{said['id']}")
        await bob.post(f"/channels/{dm}/messages/ack")
        await ann.patch(f"/channels/{dm}/messages/{said['id']}", {"content": "stew"})
        await ann.delete(f"/channels/{dm}/messages/{said['id']}")
        assert await told(cems) == []


async def test_ready_counts_what_waits(url: str, ann: Person, bob: Person, cem: Person) -> None:
    with_bob, with_cem = await ann.dm(bob), await ann.dm(cem)
    for text in ("soup", "stew"):
        await bob.say(with_bob, text)
    await ann.say(with_cem, "bread")
    async with listening(url, ann) as line:
        assert line.ready["unread_counts"] == {with_bob: 2}


async def test_counts_of_ready_and_the_events_make_the_counts_of_the_next_ready(
    url: str, ann: Person, bob: Person
) -> None:
    """A client that was there from the first message never needs to ask again."""
    dm = await ann.dm(bob)
    async with listening(url, ann) as anns, listening(url, bob) as bobs:
        said = [(await (ann, bob)[number % 2].say(dm, str(number)))["id"] for number in range(8)]
        await ann.post(f"/channels/{dm}/messages/ack", params={"message_id": said[3]})
        await bob.delete(f"/channels/{dm}/messages/{said[5]}")
        await ann.post(f"/channels/{dm}/messages/mark-unread", {"message_id": said[1]})
        await bob.post(f"/channels/{dm}/messages/bulk-delete", {"message_ids": [said[1], "77"]})
        await bob.post(f"/channels/{dm}/messages/ack")
        for person, line in ((ann, anns), (bob, bobs)):
            authors, mark = {}, 0
            assert line.ready["unread_counts"] == {}
            for name, d in await told(line):
                match name:
                    case "MESSAGE_CREATE":
                        authors[int(d["id"])] = d["author_id"]
                    case "MESSAGE_DELETE":
                        del authors[int(d["id"])]
                    case "MESSAGE_DELETE_BULK":
                        for id in d["message_ids"]:
                            del authors[int(id)]
                    case "MESSAGE_ACK" if d["user_id"] == person.id:
                        mark = int(d["message_id"] or 0)
            count = sum(id > mark and author != person.id for id, author in authors.items())
            async with listening(url, person) as after:
                assert after.ready["unread_counts"] == ({dm: count} if count else {})
                assert (count > 0) is (person is ann)


async def test_notes_are_told_to_their_owner_when_they_begin(
    url: str, ann: Person, bob: Person
) -> None:
    await ann.dm(bob)
    async with listening(url, ann) as anns, listening(url, bob) as bobs:
        notes = (await ann.get("/users/@me/notes")).json()
        await ann.get("/users/@me/notes")
        assert await told(anns) == [("CHANNEL_CREATE", notes)]
        assert await told(bobs) == []
