"""Messages of a channel: sending and reading them back."""

import pytest

from tests.cast import Person, refusal


async def test_a_message_is_answered_whole_and_read_back_by_both(
    ann: Person, bob: Person
) -> None:
    dm = await ann.dm(bob)
    said = await ann.say(dm, "  soup at seven  ")
    assert said == {
        "id": said["id"], "channel_id": dm, "author_id": ann.id, "author_username": "ann",
        "author_avatar_url": None, "author_badges": [], "content": "soup at seven",
        "created_at": ((int(said["id"]) >> 22) + 1704067200000) // 1000, "edited_at": None,
        "reply_to_id": None, "attachments": [], "embeds": [], "pinned": False,
        "status": "sent", "delivery_count": 0, "read_count": 0, "read": True, "read_by": [],
        "readers": [], "reactions": [], "webhook_id": None,
    }  # fmt: skip
    path = f"/channels/{dm}/messages"
    assert (await ann.get(path)).json() == [said]
    theirs = said | {"status": None, "read": False}
    assert (await bob.get(f"{path}/{said['id']}")).json() == theirs


@pytest.mark.parametrize("body", [{}, {"content": None}, {"content": ""}, {"content": " \n\t "}])
async def test_a_message_of_nothing_is_refused(
    ann: Person, bob: Person, body: dict[str, object]
) -> None:
    dm = await ann.dm(bob)
    assert refusal(await ann.post(f"/channels/{dm}/messages", body)) == (400, "Empty message")
    assert (await ann.get(f"/channels/{dm}/messages")).json() == []


async def test_length_is_counted_in_code_points_after_trimming(ann: Person, bob: Person) -> None:
    dm = await ann.dm(bob)
    assert (await ann.say(dm, " " + "𐍈" * 4000 + " "))["content"] == "𐍈" * 4000
    status, sentence = refusal(await ann.post(f"/channels/{dm}/messages", {"content": "x" * 4001}))
    assert (status, sentence.partition(":")[0]) == (400, "Invalid content")


@pytest.mark.parametrize(
    ("wrong", "phrase"),
    [
        ({"content": "a\0b"}, "Invalid content"),
        ({"content": 5}, "Invalid content"),
        ({"embeds": [{"title": "a\0b"}]}, "Invalid content"),
        ({"embeds": "none"}, "Invalid content"),
        ({"attachments": 5}, "Invalid content"),
        ({"content": "soup", "reply_to_id": "x"}, "Invalid message ID"),
        ({"content": "soup", "reply_to_id": 1.5}, "Invalid message ID"),
    ],
)
async def test_what_cannot_be_content_is_refused_by_its_phrase(
    ann: Person, bob: Person, wrong: dict[str, object], phrase: str
) -> None:
    dm = await ann.dm(bob)
    assert refusal(await ann.post(f"/channels/{dm}/messages", wrong)) == (400, phrase)
    if set(wrong) == {"content"}:
        said = await ann.say(dm, "soup")
        path = f"/channels/{dm}/messages/{said['id']}"
        assert refusal(await ann.patch(path, wrong)) == (400, phrase)


async def test_a_reply_names_a_message_of_the_same_channel(
    ann: Person, bob: Person, cem: Person
) -> None:
    dm, other = await ann.dm(bob), await ann.dm(cem)
    said, elsewhere = await bob.say(dm, "soup?"), await ann.say(other, "no soup")
    assert (await ann.say(dm, "yes", reply_to_id=said["id"]))["reply_to_id"] == said["id"]
    for wrong in (elsewhere["id"], "77", "9" * 25):
        body = {"content": "yes", "reply_to_id": wrong}
        status, sentence = refusal(await ann.post(f"/channels/{dm}/messages", body))
        assert (status, sentence.partition(":")[0]) == (400, "Invalid content")


async def test_history_pages_by_key_in_both_directions(ann: Person, bob: Person) -> None:
    dm = await ann.dm(bob)
    said = [(await ann.say(dm, str(n)))["id"] for n in range(7)]
    path = f"/channels/{dm}/messages"

    async def page(**params: object) -> list[str]:
        return [m["id"] for m in (await bob.get(path, params=params)).json()]

    assert await page() == said[::-1]
    assert await page(limit=2) == [said[6], said[5]]
    assert await page(before=said[3]) == [said[2], said[1], said[0]]
    assert await page(after=said[3]) == [said[4], said[5], said[6]]
    assert await page(after=said[3], limit=1) == [said[4]]
    assert await page(before=said[3], after=said[5]) == [said[2], said[1], said[0]]
    assert await page(before="9" * 30) == said[::-1]
    assert await page(after="9" * 30) == []
    assert await page(before=0) == []


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({"limit": 0}, (400, "Invalid input: limit")),
        ({"limit": 101}, (400, "Invalid input: limit")),
        ({"limit": "many"}, (400, "Invalid input: limit")),
        ({"before": "x"}, (400, "Invalid message ID")),
        ({"after": "-1"}, (400, "Invalid message ID")),
    ],
)
async def test_a_bad_page_is_refused(
    ann: Person, bob: Person, params: dict[str, str], told: tuple[int, str]
) -> None:
    dm = await ann.dm(bob)
    assert refusal(await ann.get(f"/channels/{dm}/messages", params=params)) == told


async def test_who_is_not_in_a_conversation_learns_nothing(
    ann: Person, bob: Person, cem: Person
) -> None:
    dm = await ann.dm(bob)
    said = await ann.say(dm, "between us")
    path = f"/channels/{dm}/messages"
    assert refusal(await cem.get(path)) == (403, "Access denied")
    assert refusal(await cem.get(f"{path}/{said['id']}")) == (403, "Access denied")
    assert refusal(await cem.get(f"{path}/77")) == (403, "Access denied")
    assert refusal(await cem.post(path, {"content": "hello"})) == (403, "Permission denied")


async def test_unknown_channels_and_messages_are_404_and_bad_ids_400(
    ann: Person, bob: Person
) -> None:
    dm = await ann.dm(bob)
    told = {
        "/channels/x/messages": (400, "Invalid channel ID"),
        "/channels/77/messages": (404, "Channel not found"),
        f"/channels/{dm}/messages/x": (400, "Invalid message ID"),
        f"/channels/{dm}/messages/77": (404, "Message not found"),
        "/channels/x/messages/y": (400, "Invalid channel ID"),
    }
    for path, expected in told.items():
        assert refusal(await ann.get(path)) == expected


async def test_a_message_of_another_channel_is_not_found(
    ann: Person, bob: Person, cem: Person
) -> None:
    elsewhere = await ann.say(await ann.dm(cem), "no soup")
    path = f"/channels/{await ann.dm(bob)}/messages/{elsewhere['id']}"
    assert refusal(await ann.get(path)) == (404, "Message not found")


async def test_authors_are_shown_as_they_are_now(ann: Person, bob: Person) -> None:
    dm = await ann.dm(bob)
    await ann.say(dm, "soup")
    await ann.patch("/users/@me", {"username": "anna"})
    assert (await bob.get(f"/channels/{dm}/messages")).json()[0]["author_username"] == "anna"
