"""Direct messages: opening and listing them."""

import pytest

from tests.cast import Person, refusal


async def test_opening_a_dm_is_idempotent_for_both(ann: Person, bob: Person) -> None:
    opened = (await ann.post("/users/@me/channels", {"recipient_id": bob.id})).json()
    assert opened == {
        "id": opened["id"], "type": "dm", "channel_type": "dm", "recipient_id": bob.id,
        "recipient": {"id": bob.id, "username": "bob", "avatar_url": None},
    }  # fmt: skip
    assert await ann.dm(bob) == opened["id"]
    assert await bob.dm(ann) == opened["id"]


async def test_a_recipient_may_be_a_number(ann: Person, bob: Person) -> None:
    opened = await ann.post("/users/@me/channels", {"recipient_id": int(bob.id)})
    assert opened.json()["recipient_id"] == bob.id


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, (400, "recipient_id required")),
        ({"recipient_id": None}, (400, "recipient_id required")),
        ({"recipient_id": "bob"}, (400, "Invalid recipient ID")),
        ({"recipient_id": -5}, (400, "Invalid recipient ID")),
        ({"recipient_id": []}, (400, "Invalid recipient ID")),
        ({"recipient_id": "77"}, (404, "User not found")),
        ({"recipient_id": "9" * 30}, (404, "User not found")),
    ],
)
async def test_a_bad_recipient_is_refused(
    ann: Person, body: dict[str, object], told: tuple[int, str]
) -> None:
    assert refusal(await ann.post("/users/@me/channels", body)) == told


async def test_nobody_opens_a_dm_with_themselves(ann: Person) -> None:
    answer = await ann.post("/users/@me/channels", {"recipient_id": ann.id})
    assert refusal(answer) == (400, "Invalid recipient ID")


async def test_dms_are_listed_for_both_by_latest_activity(
    ann: Person, bob: Person, cem: Person
) -> None:
    with_bob, with_cem = await ann.dm(bob), await ann.dm(cem)
    listed = (await ann.get("/users/@me/channels")).json()
    assert [dm["id"] for dm in listed] == [with_cem, with_bob]
    assert [dm["last_message_id"] for dm in listed] == [None, None]
    said = await bob.say(with_bob, "soup at seven")
    listed = (await ann.get("/users/@me/channels")).json()
    assert [dm["id"] for dm in listed] == [with_bob, with_cem]
    assert listed[0]["last_message_id"] == said["id"]
    bobs = (await bob.get("/users/@me/channels")).json()
    assert [dm["recipient"]["username"] for dm in bobs] == ["ann"]


async def test_notes_are_made_once_and_listed_nowhere_else(ann: Person) -> None:
    notes = (await ann.get("/users/@me/notes")).json()
    assert notes == {
        "id": notes["id"], "type": "notes", "channel_type": "notes", "name": "Personal Notes",
        "last_message_id": None, "last_message_at": None,
    }  # fmt: skip
    said = await ann.say(notes["id"], "buy leeks")
    assert (said["status"], said["delivery_count"], said["read_count"]) == ("sent", 0, 0)
    again = (await ann.get("/users/@me/notes")).json()
    latest = {"last_message_id": said["id"], "last_message_at": said["created_at"]}
    assert again == notes | latest
    assert (await ann.get("/users/@me/channels")).json() == []
    assert (await ann.get("/users/@me/unread")).json() == {"unread_counts": {}}


async def test_notes_are_for_nobody_else(ann: Person, bob: Person) -> None:
    notes = (await ann.get("/users/@me/notes")).json()["id"]
    assert (await bob.get("/users/@me/notes")).json()["id"] != notes
    assert refusal(await bob.get(f"/channels/{notes}/messages")) == (403, "Access denied")
    answer = await bob.post(f"/channels/{notes}/messages", {"content": "hello"})
    assert refusal(answer) == (403, "Permission denied")
