"""The document of messages, row by row: reading and writing them.

Rights that a role gives are proved in conversations.
"""

from typing import Any

import pytest

from tests.api.friends import block
from tests.api.seeds.document import (
    BASES,
    ID,
    LISTED,
    MESSAGE,
    OTHER_ID,
    SUCCESS,
    curl,
    fails,
    promise,
)
from tests.cast import Person, refusal
from tests.giving import attach

# GET /channels/{channel_id}/messages


@pytest.mark.parametrize("base", BASES)
async def test_seed_get_messages_example(ann: Person, dm: str, base: str) -> None:
    await ann.say(dm, "Hello, world!")
    last = await ann.say(dm, "And again")
    command = """curl -X GET "https://api.plexichat.com/channels/123456789012345678/messages?\
limit=25&before=234567890123456789" \\
      -H "Authorization: Bearer YOUR_SESSION_TOKEN" """
    answer = await curl(ann, command, base, {ID: dm, OTHER_ID: last["id"]})
    assert answer.status_code == 200
    promise(answer.json(), [LISTED])
    assert [message["content"] for message in answer.json()] == ["Hello, world!"]


async def test_seed_get_messages_limit_50_from_1_to_100(ann: Person, dm: str) -> None:
    for n in range(51):
        await ann.say(dm, str(n))
    path = f"/channels/{dm}/messages"
    for limit, found in (("", 50), ("?limit=1", 1), ("?limit=100", 51)):
        assert len((await ann.get(path + limit)).json()) == found
    for limit in ("0", "101"):
        assert (await ann.get(f"{path}?limit={limit}")).status_code == 400


async def test_seed_get_messages_before_this_id(ann: Person, dm: str) -> None:
    said = [(await ann.say(dm, str(n)))["id"] for n in range(3)]
    answer = await ann.get(f"/channels/{dm}/messages", params={"before": said[2]})
    assert [message["id"] for message in answer.json()] == [said[1], said[0]]


async def test_seed_get_messages_after_this_id(ann: Person, dm: str) -> None:
    said = [(await ann.say(dm, str(n)))["id"] for n in range(3)]
    answer = await ann.get(f"/channels/{dm}/messages", params={"after": said[0]})
    assert [message["id"] for message in answer.json()] == [said[1], said[2]]


async def test_seed_get_messages_403_access_denied(cem: Person, dm: str) -> None:
    await fails(cem, "GET", f"/channels/{dm}/messages", (403, "Access denied"))


async def test_seed_get_messages_404_channel_not_found(ann: Person) -> None:
    await fails(ann, "GET", f"/channels/{ID}/messages", (404, "Channel not found"))


# GET /channels/{channel_id}/messages/search


@pytest.mark.parametrize("base", BASES)
async def test_seed_search_messages_example(ann: Person, bob: Person, dm: str, base: str) -> None:
    said = await ann.say(dm, "Hello, world!")
    await bob.say(dm, "goodbye")
    path = "/channels/123456789012345678/messages/search?content=hello&limit=10"
    answer = await ann.get(base + path.replace(ID, dm))
    assert answer.status_code == 200
    promise(answer.json(), [LISTED])
    assert [message["id"] for message in answer.json()] == [said["id"]]


async def test_seed_search_messages_content_required(ann: Person, dm: str) -> None:
    path = f"/channels/{dm}/messages/search"
    assert (await ann.get(path)).status_code == 400
    assert (await ann.get(path, params={"content": "hello"})).json() == []


async def test_seed_search_messages_limit_25_from_1_to_100(ann: Person, dm: str) -> None:
    for n in range(26):
        await ann.say(dm, f"hello {n}")
    path = f"/channels/{dm}/messages/search?content=hello"
    for limit, found in (("", 25), ("&limit=1", 1), ("&limit=100", 26)):
        assert len((await ann.get(path + limit)).json()) == found
    for limit in ("0", "101"):
        assert (await ann.get(f"{path}&limit={limit}")).status_code == 400


# POST /channels/{channel_id}/messages


@pytest.mark.parametrize("base", BASES)
async def test_seed_post_message_example(ann: Person, bob: Person, dm: str, base: str) -> None:
    asked = await bob.say(dm, "soup?")
    command = """curl -X POST https://api.plexichat.com/channels/CHANNEL/messages \\
      -H "Authorization: Bearer YOUR_SESSION_TOKEN" \\
      -H "Content-Type: application/json" \\
      -d '{
        "content": "Hello, world!",
        "reply_to_id": "123456789012345678"
      }'"""
    answer = await curl(ann, command, base, {"CHANNEL": dm, ID: asked["id"]})
    assert answer.status_code == 200
    promise(answer.json(), LISTED)
    assert answer.json()["reply_to_id"] == asked["id"]


async def test_seed_post_message_content_max_4000_chars(ann: Person, dm: str) -> None:
    for length, status in ((4000, 200), (4001, 400)):
        answer = await ann.post(f"/channels/{dm}/messages", {"content": "ü" * length})
        assert answer.status_code == status


async def test_seed_post_message_reply_to_id_is_a_snowflake(ann: Person, dm: str) -> None:
    first = await ann.say(dm, "hello")
    assert (await ann.say(dm, "again", reply_to_id=first["id"]))["reply_to_id"] == first["id"]
    answer = await ann.post(f"/channels/{dm}/messages", {"content": "x", "reply_to_id": "soup"})
    assert answer.status_code == 400


async def test_seed_post_message_attachments(ann: Person, dm: str) -> None:
    given = await attach(ann, dm, b"soup", "soup.txt")
    answer = await ann.post(f"/channels/{dm}/messages", {"attachments": [given]})
    assert [each["filename"] for each in answer.json()["attachments"]] == ["soup.txt"]


async def test_seed_post_message_embeds(ann: Person, dm: str) -> None:
    answer = await ann.post(f"/channels/{dm}/messages", {"embeds": [{"title": "Soup"}]})
    assert [each["title"] for each in answer.json()["embeds"]] == ["Soup"]


async def test_seed_post_message_at_least_one_of_content_attachments_embeds(
    ann: Person, dm: str
) -> None:
    given = await attach(ann, dm, b"soup")
    for body, status in (
        ({"content": "hello"}, 200),
        ({"attachments": [given["id"]]}, 200),
        ({"embeds": [{"title": "Soup"}]}, 200),
        ({"content": "", "attachments": [], "embeds": []}, 400),
    ):
        assert (await ann.post(f"/channels/{dm}/messages", body)).status_code == status


async def test_seed_post_message_400_empty_message(ann: Person, dm: str) -> None:
    answer = await ann.post(f"/channels/{dm}/messages", {})
    assert refusal(answer) == (400, "Empty message")


async def test_seed_post_message_400_invalid_content(ann: Person, dm: str) -> None:
    answer = await ann.post(f"/channels/{dm}/messages", {"content": "x" * 4001})
    assert refusal(answer)[0] == 400
    assert refusal(answer)[1].startswith("Invalid content")


async def test_seed_post_message_403_permission_denied(
    ann: Person, bob: Person, cem: Person, dm: str
) -> None:
    await fails(cem, "POST", f"/channels/{dm}/messages", (403, "Permission denied"))
    await block(bob, ann)
    await fails(ann, "POST", f"/channels/{dm}/messages", (403, "Permission denied"))


async def test_seed_post_message_404_channel_not_found(ann: Person) -> None:
    await fails(ann, "POST", f"/channels/{ID}/messages", (404, "Channel not found"))


# GET /channels/{channel_id}/messages/{message_id}


@pytest.mark.parametrize("base", BASES)
async def test_seed_get_message_returns_the_message_object(
    ann: Person, dm: str, messages: list[Any], base: str
) -> None:
    own = messages[1]
    answer = await ann.get(f"{base}/channels/{dm}/messages/{own['id']}")
    assert (answer.status_code, answer.json()["id"]) == (200, own["id"])
    promise(answer.json(), MESSAGE)


async def test_seed_get_message_400_invalid_message_id(ann: Person, dm: str) -> None:
    await fails(ann, "GET", f"/channels/{dm}/messages/soup", (400, "Invalid message ID"))


async def test_seed_get_message_403_access_denied(ann: Person, cem: Person, dm: str) -> None:
    said = await ann.say(dm, "hello")
    await fails(cem, "GET", f"/channels/{dm}/messages/{said['id']}", (403, "Access denied"))


async def test_seed_get_message_404_message_not_found(ann: Person, dm: str) -> None:
    await fails(ann, "GET", f"/channels/{dm}/messages/{ID}", (404, "Message not found"))


# PATCH /channels/{channel_id}/messages/{message_id}


@pytest.mark.parametrize("base", BASES)
async def test_seed_patch_message_example(ann: Person, dm: str, base: str) -> None:
    said = await ann.say(dm, "Hello, world!")
    command = """curl -X PATCH https://api.plexichat.com/channels/123456789012345678/messages/\
234567890123456789 \\
      -H "Authorization: Bearer YOUR_SESSION_TOKEN" \\
      -H "Content-Type: application/json" \\
      -d '{
        "content": "Updated message content"
      }'"""
    answer = await curl(ann, command, base, {ID: dm, OTHER_ID: said["id"]})
    assert answer.status_code == 200
    promise(answer.json(), {**LISTED, "edited_at": 1704067200})
    assert answer.json()["content"] == "Updated message content"


async def test_seed_patch_message_only_the_author_can_edit(
    ann: Person, bob: Person, dm: str
) -> None:
    said = await ann.say(dm, "hello")
    path = f"/channels/{dm}/messages/{said['id']}"
    assert (await bob.patch(path, {"content": "bye"})).status_code == 403
    assert (await ann.get(path)).json()["content"] == "hello"


async def test_seed_patch_message_content_required_max_4000_chars(ann: Person, dm: str) -> None:
    said = await ann.say(dm, "hello")
    for content, status in (("x" * 4000, 200), ("x" * 4001, 400), (None, 400)):
        answer = await ann.patch(f"/channels/{dm}/messages/{said['id']}", {"content": content})
        assert answer.status_code == status


async def test_seed_patch_message_400_invalid_content(ann: Person, dm: str) -> None:
    said = await ann.say(dm, "hello")
    answer = await ann.patch(f"/channels/{dm}/messages/{said['id']}", {"content": "x" * 4001})
    assert refusal(answer)[1].startswith("Invalid content")


async def test_seed_patch_message_403_not_author(ann: Person, bob: Person, dm: str) -> None:
    said = await ann.say(dm, "hello")
    await fails(bob, "PATCH", f"/channels/{dm}/messages/{said['id']}", (403, "Not author"))


async def test_seed_patch_message_404_message_not_found(ann: Person, dm: str) -> None:
    await fails(ann, "PATCH", f"/channels/{dm}/messages/{ID}", (404, "Message not found"))


# DELETE /channels/{channel_id}/messages/{message_id}


@pytest.mark.parametrize("base", BASES)
async def test_seed_delete_message_example(ann: Person, dm: str, base: str) -> None:
    said = await ann.say(dm, "Hello, world!")
    command = """curl -X DELETE https://api.plexichat.com/channels/123456789012345678/messages/\
234567890123456789 \\
      -H "Authorization: Bearer YOUR_SESSION_TOKEN" """
    answer = await curl(ann, command, base, {ID: dm, OTHER_ID: said["id"]})
    assert (answer.status_code, answer.json()) == (200, SUCCESS)
    assert (await ann.get(f"/channels/{dm}/messages")).json() == []


async def test_seed_delete_message_403_permission_denied(
    ann: Person, bob: Person, dm: str
) -> None:
    said = await ann.say(dm, "hello")
    path = f"/channels/{dm}/messages/{said['id']}"
    await fails(bob, "DELETE", path, (403, "Permission denied"))


async def test_seed_delete_message_404_message_not_found(ann: Person, dm: str) -> None:
    await fails(ann, "DELETE", f"/channels/{dm}/messages/{ID}", (404, "Message not found"))
