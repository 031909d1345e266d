"""Editing and deleting messages, and what they carry besides text."""

from typing import Any

import pytest

from tests.cast import Person, refusal


async def test_an_edited_message_is_answered_whole_with_the_time_of_it(
    ann: Person, bob: Person
) -> None:
    dm = await ann.dm(bob)
    said = await ann.say(dm, "soup")
    path = f"/channels/{dm}/messages/{said['id']}"
    edited = (await ann.patch(path, {"content": " stew "})).json()
    assert edited["edited_at"] >= said["created_at"]
    assert edited == said | {"content": "stew", "edited_at": edited["edited_at"]}
    again = (await ann.patch(path, {"content": "stew"})).json()
    assert again["edited_at"] is not None
    assert (await bob.get(path)).json()["content"] == "stew"


@pytest.mark.parametrize("content", ["", " ", None, "x" * 4001])
async def test_content_that_no_message_may_have_is_refused(
    ann: Person, bob: Person, content: str | None
) -> None:
    dm = await ann.dm(bob)
    path = f"/channels/{dm}/messages/{(await ann.say(dm, 'soup'))['id']}"
    for body in ({"content": content}, {} if content is None else {"content": content}):
        status, sentence = refusal(await ann.patch(path, body))
        assert (status, sentence.partition(":")[0]) == (400, "Invalid content")
    assert (await ann.get(path)).json()["edited_at"] is None


async def test_only_the_author_edits_or_deletes(ann: Person, bob: Person, cem: Person) -> None:
    dm = await ann.dm(bob)
    path = f"/channels/{dm}/messages/{(await ann.say(dm, 'soup'))['id']}"
    for other in (bob, cem):
        assert refusal(await other.patch(path, {"content": "no"})) == (403, "Not author")
        assert refusal(await other.delete(path)) == (403, "Permission denied")
    assert (await ann.get(path)).json()["content"] == "soup"


async def test_a_deleted_message_is_gone_for_both(ann: Person, bob: Person) -> None:
    dm = await ann.dm(bob)
    kept, said = await ann.say(dm, "soup"), await ann.say(dm, "stew")
    path = f"/channels/{dm}/messages/{said['id']}"
    assert (await ann.delete(path)).json() == {"success": True}
    for answer in (
        await ann.get(path), await ann.delete(path), await ann.patch(path, {"content": "no"}),
        await bob.get(path), await bob.delete(path),
    ):  # fmt: skip
        assert refusal(answer) == (404, "Message not found")
    for person in (ann, bob):
        history = (await person.get(f"/channels/{dm}/messages")).json()
        assert [message["id"] for message in history] == [kept["id"]]
        (listed,) = (await person.get("/users/@me/channels")).json()
        assert listed["last_message_id"] == kept["id"]


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/channels/x/messages/y", (400, "Invalid channel ID")),
        ("/channels/77/messages/y", (400, "Invalid message ID")),
        ("/channels/77/messages/77", (404, "Channel not found")),
        ("/channels/DM/messages/77", (404, "Message not found")),
        ("/channels/DM/messages/999999999999999999999999", (404, "Message not found")),
    ],
)
async def test_ids_are_checked_before_the_channel_and_the_channel_before_the_message(
    ann: Person, bob: Person, cem: Person, path: str, told: tuple[int, str]
) -> None:
    dm = await ann.dm(bob)
    path = path.replace("DM", dm)
    assert refusal(await ann.patch(path, {"content": "x"})) == told
    assert refusal(await ann.delete(path)) == told
    if path.startswith(f"/channels/{dm}"):
        assert refusal(await cem.patch(path, {"content": "x"})) == (403, "Not author")
        assert refusal(await cem.delete(path)) == (403, "Permission denied")


async def test_a_blocked_author_may_delete_but_not_edit(ann: Person, bob: Person) -> None:
    dm = await ann.dm(bob)
    path = f"/channels/{dm}/messages/{(await ann.say(dm, 'soup'))['id']}"
    await bob.post("/relationships/block", {"user_id": ann.id})
    answer = await ann.patch(path, {"content": "and another thing"})
    assert refusal(answer) == (403, "Permission denied: cannot message this user")
    assert (await ann.delete(path)).status_code == 200


async def test_several_messages_are_deleted_at_once(ann: Person, bob: Person) -> None:
    dm = await ann.dm(bob)
    ids = [(await ann.say(dm, str(number)))["id"] for number in range(4)]
    path = f"/channels/{dm}/messages/bulk-delete"
    answer = await ann.post(path, {"message_ids": [ids[0], int(ids[2]), "77"]})
    assert answer.json() == {"success": True}
    left = (await bob.get(f"/channels/{dm}/messages")).json()
    assert [message["id"] for message in left] == [ids[3], ids[1]]
    assert (await ann.post(path, {"message_ids": []})).json() == {"success": True}


async def test_bulk_deletion_says_what_is_wrong(ann: Person, bob: Person, cem: Person) -> None:
    dm = await ann.dm(bob)
    theirs = (await bob.say(dm, "soup"))["id"]
    path = f"/channels/{dm}/messages/bulk-delete"
    for body, told in (
        ({}, (400, "Invalid input: message_ids")),
        ({"message_ids": None}, (400, "Invalid input: message_ids")),
        ({"message_ids": "77"}, (400, "Invalid input: message_ids")),
        ({"message_ids": ["77"] * 101}, (400, "Invalid input: message_ids")),
        ({"message_ids": ["x"]}, (400, "Invalid message ID")),
        ({"message_ids": [theirs]}, (403, "Permission denied")),
    ):
        assert refusal(await ann.post(path, body)) == told
    assert refusal(await cem.post(path, {"message_ids": []})) == (403, "Permission denied")
    answer = await ann.post("/channels/77/messages/bulk-delete", {"message_ids": []})
    assert refusal(answer) == (404, "Channel not found")
    answer = await ann.post("/channels/x/messages/bulk-delete", {"message_ids": []})
    assert refusal(answer) == (400, "Invalid channel ID")


async def test_embeds_are_kept_complete_and_are_a_message_by_themselves(
    ann: Person, bob: Person
) -> None:
    dm = await ann.dm(bob)
    embed = {"title": "Menu", "color": "#b5f", "fields": [{"name": "Friday", "value": "beet"}]}
    answer = await ann.post(f"/channels/{dm}/messages", {"embeds": [embed]})
    said: dict[str, Any] = answer.json()
    assert said["content"] is None
    assert said["embeds"] == [
        {
            "type": "rich", "title": "Menu", "description": None, "url": None, "timestamp": None,
            "color": "#BB55FF", "footer": None, "image": None, "thumbnail": None, "author": None,
            "provider": None, "fields": [{"name": "Friday", "value": "beet", "inline": False}],
        }
    ]  # fmt: skip
    assert (await bob.get(f"/channels/{dm}/messages")).json()[0]["embeds"] == said["embeds"]


@pytest.mark.parametrize(
    "embeds",
    [[{}], [{"title": "x" * 257}], [{"url": "javascript:alert(1)"}], [{"title": "x"}] * 11, [5]],
)
async def test_a_wrong_embed_is_invalid_content(ann: Person, bob: Person, embeds: Any) -> None:
    dm = await ann.dm(bob)
    answer = await ann.post(f"/channels/{dm}/messages", {"content": "soup", "embeds": embeds})
    status, sentence = refusal(answer)
    assert (status, sentence.partition(":")[0]) == (400, "Invalid content")
    assert (await ann.get(f"/channels/{dm}/messages")).json() == []


@pytest.mark.parametrize("empty", [None, []])
async def test_no_embeds_are_no_message(ann: Person, bob: Person, empty: Any) -> None:
    dm = await ann.dm(bob)
    answer = await ann.post(f"/channels/{dm}/messages", {"embeds": empty, "attachments": empty})
    assert refusal(answer) == (400, "Empty message")
