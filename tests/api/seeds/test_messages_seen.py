"""The document of messages, row by row: pins, read receipts, typing and the objects."""

from typing import Any

import pytest

from tests.api.line import listening
from tests.api.seeds.document import (
    ATTACHMENT,
    BASES,
    ID,
    LISTED,
    MESSAGE,
    OTHER_ID,
    SUCCESS,
    fails,
    holds,
    promise,
)
from tests.cast import Person
from tests.giving import attach

# Pins


@pytest.mark.parametrize("base", BASES)
async def test_seed_get_pins_returns_pinned_message_objects(
    bob: Person, dm: str, messages: list[Any], base: str
) -> None:
    answer = await bob.get(f"{base}/channels/{dm}/pins")
    assert answer.status_code == 200
    promise(answer.json(), [{**LISTED, "pinned": True}])
    assert [message["id"] for message in answer.json()] == [messages[1]["id"]]


@pytest.mark.parametrize("base", BASES)
async def test_seed_put_pin_example(ann: Person, bob: Person, dm: str, base: str) -> None:
    said = await ann.say(dm, "hello")
    answer = await bob.put(f"{base}/channels/{dm}/pins/{said['id']}")
    assert (answer.status_code, answer.json()) == (200, SUCCESS)
    assert (await ann.get(f"/channels/{dm}/messages/{said['id']}")).json()["pinned"] is True


async def test_seed_put_pin_403_permission_denied(ann: Person, cem: Person, dm: str) -> None:
    said = await ann.say(dm, "hello")
    await fails(cem, "PUT", f"/channels/{dm}/pins/{said['id']}", (403, "Permission denied"))


async def test_seed_put_pin_404_message_not_found(ann: Person, dm: str) -> None:
    await fails(ann, "PUT", f"/channels/{dm}/pins/{ID}", (404, "Message not found"))


@pytest.mark.parametrize("base", BASES)
async def test_seed_delete_pin_example(ann: Person, dm: str, base: str) -> None:
    said = await ann.say(dm, "hello")
    await ann.put(f"/channels/{dm}/pins/{said['id']}")
    answer = await ann.delete(f"{base}/channels/{dm}/pins/{said['id']}")
    assert (answer.status_code, answer.json()) == (200, SUCCESS)
    assert (await ann.get(f"/channels/{dm}/pins")).json() == []


# Read receipts


@pytest.mark.parametrize("base", BASES)
async def test_seed_post_ack_example(ann: Person, bob: Person, dm: str, base: str) -> None:
    await ann.say(dm, "hello")
    answer = await bob.post(f"{base}/channels/{dm}/messages/ack")
    assert answer.status_code == 200
    promise(answer.json(), {"success": True, "messages_marked": 15})


async def test_seed_post_ack_message_id_marks_up_to_and_including_it(
    ann: Person, bob: Person, dm: str
) -> None:
    said = [(await ann.say(dm, str(n)))["id"] for n in range(3)]
    path = f"/channels/{dm}/messages/ack"
    answer = await bob.post(path, params={"message_id": said[1]})
    assert answer.json() == {"success": True, "messages_marked": 2}
    assert (await bob.get(f"/channels/{dm}/messages/unread")).json()["unread_count"] == 1


async def test_seed_post_ack_without_message_id_marks_all(
    ann: Person, bob: Person, dm: str
) -> None:
    for n in range(3):
        await ann.say(dm, str(n))
    answer = await bob.post(f"/channels/{dm}/messages/ack")
    assert answer.json() == {"success": True, "messages_marked": 3}
    assert (await bob.get(f"/channels/{dm}/messages/unread")).json()["unread_count"] == 0


@pytest.mark.parametrize("base", BASES)
async def test_seed_get_unread_example(ann: Person, bob: Person, dm: str, base: str) -> None:
    for n in range(5):
        await ann.say(dm, str(n))
    answer = await bob.get(f"{base}/channels/{dm}/messages/unread")
    assert (answer.status_code, answer.json()) == (200, {"channel_id": dm, "unread_count": 5})


@pytest.mark.parametrize("base", BASES)
async def test_seed_get_users_me_unread_example(
    ann: Person, bob: Person, cem: Person, dm: str, base: str
) -> None:
    other = await cem.dm(bob)
    await ann.say(dm, "hello")
    for n in range(2):
        await cem.say(other, str(n))
    answer = await bob.get(f"{base}/users/@me/unread")
    promise(answer.json(), {"unread_counts": {ID: 5, OTHER_ID: 12}})
    assert answer.json() == {"unread_counts": {dm: 1, other: 2}}


# POST /channels/{channel_id}/typing


@pytest.mark.parametrize("base", BASES)
async def test_seed_post_typing_example(ann: Person, dm: str, base: str) -> None:
    answer = await ann.post(f"{base}/channels/{dm}/typing")
    assert (answer.status_code, answer.json()) == (200, SUCCESS)


async def test_seed_post_typing_is_told_to_the_others_of_a_dm_conversation(
    ann: Person, bob: Person, dm: str, url: str
) -> None:
    async with listening(url, ann) as anns, listening(url, bob) as bobs:
        await ann.post(f"/channels/{dm}/typing")
        (heard,) = [frame for frame in await bobs.beat() if frame["t"] == "TYPING_START"]
        assert (heard["d"]["channel_id"], heard["d"]["user_id"]) == (dm, ann.id)
        assert [frame for frame in await anns.beat() if frame["t"] == "TYPING_START"] == []


# Objects


def test_seed_message_object_example(messages: list[Any]) -> None:
    promise(messages[1], MESSAGE)
    assert (messages[1]["status"], messages[1]["read_by"]) == ("read", ["bob"])


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("id", "string"),
        ("channel_id", "string"),
        ("author_id", "string"),
        ("author_username", "string"),
        ("author_avatar_url", "string?"),
        ("author_badges", "array"),
        ("content", "string?"),
        ("created_at", "int"),
        ("edited_at", "int?"),
        ("reply_to_id", "string?"),
        ("attachments", "array"),
        ("embeds", "array"),
        ("pinned", "bool"),
        ("status", "string?"),
        ("delivery_count", "int"),
        ("read_count", "int"),
        ("read", "bool"),
        ("read_by", "array"),
        ("reactions", "array"),
    ],
)
def test_seed_message_object_field(messages: list[Any], field: str, kind: str) -> None:
    holds(kind, [message[field] for message in messages])


async def test_seed_attachment_object_example(ann: Person, dm: str) -> None:
    promise(await attach(ann, dm, b"soup", "soup.txt"), ATTACHMENT)


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("id", "string"),
        ("filename", "string"),
        ("content_type", "string"),
        ("size", "int"),
        ("url", "string"),
        ("hash", "string?"),
    ],
)
def test_seed_attachment_object_field(messages: list[Any], field: str, kind: str) -> None:
    (attachment,) = messages[1]["attachments"]
    holds(kind, [attachment[field]])
