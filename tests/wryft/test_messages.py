"""Messages of channels and between two, as the Wryft dialect has them."""

import re
from typing import Any
from uuid import uuid4

from plexichat.wryft.dialect import uuid
from tests.api.test_reactions import deny
from tests.cast import Person
from tests.town import Town, found, join
from tests.wryft.cast import named, refusal

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def spellings(street: Town) -> list[str]:
    channel, guild = uuid(int(street.general)), uuid(street.number)
    return [channel, f"{guild}-general", channel.upper()]


async def dm(one: Person, other: Person) -> str:
    answer = await one.get(f"/api/dms/{named(one)}/{named(other)}")
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


async def say(person: Person, place: str, text: str) -> dict[str, Any]:
    answer = await person.post(f"/api/messages/{place}", {"text": text, "author": "somebody else"})
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def test_every_spelling_of_a_channel_is_the_same_place(
    street: Town, ann: Person, bob: Person
) -> None:
    said = [await say(bob, place, place[-7:]) for place in spellings(street)]
    for place in spellings(street):
        assert (await ann.get(f"/api/messages/{place}")).json() == said
    first = said[0]
    assert first == {
        "id": first["id"],
        "channel": f"{uuid(street.number)}-general",
        "channel_id": uuid(int(street.general)),
        "author": "bob",
        "author_id": named(bob),
        "text": first["text"],
        "content": first["text"],
        "timestamp": first["timestamp"],
        "created_at": first["created_at"],
        "edited": False,
        "edited_at": None,
    }
    assert re.fullmatch(r"(0[1-9]|1[0-2]):[0-5]\d [AP]M", first["timestamp"])
    assert TIME.fullmatch(first["created_at"])


async def test_a_page_is_the_newest_messages_with_the_oldest_first(
    street: Town, ann: Person
) -> None:
    place = spellings(street)[0]
    said = [await say(ann, place, str(number)) for number in range(5)]
    path = f"/api/messages/{place}"
    assert (await ann.get(f"{path}?limit=2")).json() == said[3:]
    assert (await ann.get(f"{path}?limit=2&before={said[3]['id']}")).json() == said[1:3]
    for wrong in ("limit=0", "limit=101", "limit=x", "before=7"):
        assert (await ann.get(f"{path}?{wrong}")).status_code == 400


async def test_it_is_said_as_text_or_as_content(street: Town, ann: Person) -> None:
    path = f"/api/messages/{spellings(street)[0]}"
    assert (await ann.post(path, {"content": "soup"})).json()["text"] == "soup"
    both = await ann.post(path, {"text": "bread", "content": "soup"})
    assert both.json()["content"] == "bread"
    assert refusal(await ann.post(path, {"text": "  "})) == (400, "Empty message")
    assert (await ann.post(path, {"text": "x" * 4000})).status_code == 200
    told = 400, "Invalid content: more than 4000 characters"
    assert refusal(await ann.post(path, {"text": "x" * 4001})) == told
    assert (await ann.post(path, {"text": 5})).status_code == 400


async def test_one_edits_and_deletes_what_is_ones_own(
    street: Town, ann: Person, bob: Person, cem: Person
) -> None:
    place = spellings(street)[1]
    said = await say(bob, place, "soop")
    path = f"/api/messages/{place}/{said['id']}"
    assert refusal(await ann.patch(path, {"text": "mine"})) == (403, "Not author")
    assert (await cem.patch(path, {"text": "mine"})).status_code in (403, 404)
    edited = await bob.patch(path, {"text": "soup"})
    assert (edited.status_code, edited.content) == (200, b"")
    (seen,) = (await ann.get(f"/api/messages/{place}")).json()
    assert (seen["text"], seen["edited"]) == ("soup", True)
    assert TIME.fullmatch(seen["edited_at"])
    assert (await bob.delete(f"/api/messages/{place}/{uuid4()}")).status_code == 404
    gone = await ann.delete(path)
    assert (gone.status_code, gone.content) == (200, b"")
    assert (await ann.get(f"/api/messages/{place}")).json() == []
    assert refusal(await bob.patch(path, {"text": "x"})) == (404, "Message not found")


async def test_who_is_not_there_is_told_nothing(street: Town, cem: Person, ann: Person) -> None:
    for place in spellings(street):
        for ask in (cem.get, cem.post):
            assert (await ask(f"/api/messages/{place}")).status_code in (403, 404)
    assert (await ann.get(f"/api/messages/{uuid4()}")).status_code == 404
    for wrong in ("soup", f"{uuid(street.number)}", f"{uuid(street.number)}-", "dm-7"):
        status = (await ann.get(f"/api/messages/{wrong}")).status_code
        assert status == (404 if wrong == uuid(street.number) else 400), wrong


async def test_a_guild_without_that_channel_has_no_messages_in_it(
    street: Town, ann: Person
) -> None:
    place = f"{uuid(street.number)}-kiln"
    assert (await ann.get(f"/api/messages/{place}")).json() == []
    assert refusal(await ann.post(f"/api/messages/{place}", {"text": "x"})) == (
        404, "Channel not found",
    )  # fmt: skip


async def test_two_people_have_one_conversation(ann: Person, bob: Person, cem: Person) -> None:
    opened = (await ann.get(f"/api/dms/{named(ann)}/{named(bob)}")).json()
    one, other = sorted((named(ann), named(bob)))
    assert opened == {
        "id": opened["id"], "user1_id": one, "user2_id": other,
        "other_user": {"id": named(bob), "username": "bob", "avatar_url": None},
    }  # fmt: skip
    assert (await ann.get(f"/api/dms/{named(ann)}")).json() == [opened]
    (seen,) = (await bob.get(f"/api/dms/{named(bob)}")).json()
    assert (seen["id"], seen["other_user"]["id"]) == (opened["id"], named(ann))

    path = f"/api/dms/{named(ann)}/{opened['id']}/messages"
    said = (await ann.post(path, {"text": "tea?"})).json()
    assert said == {
        "id": said["id"], "dm_id": opened["id"], "author_id": named(ann), "author": "ann",
        "text": "tea?", "content": "tea?", "created_at": said["created_at"], "edited_at": None,
    }  # fmt: skip
    assert TIME.fullmatch(said["created_at"])
    theirs = f"/api/dms/{named(bob)}/{opened['id']}/messages"
    assert (await bob.get(theirs)).json() == [said]
    for ask in (bob.patch, bob.delete):
        refused = await ask(f"{theirs}/{said['id']}", json={"text": "x"})
        assert refusal(refused) == (404, "Message not found")
    assert (await ann.patch(f"{path}/{said['id']}", {"text": "coffee?"})).content == b""
    mine = f"/api/messages/dm-{opened['id']}"
    assert (await ann.patch(f"{mine}/{said['id']}", {"text": "cake?"})).status_code == 200
    assert [each["text"] for each in (await bob.get(theirs)).json()] == ["cake?"]
    assert (await ann.delete(f"{path}/{said['id']}")).status_code == 200
    assert (await bob.get(theirs)).json() == []
    stranger = f"/api/dms/{named(cem)}/{opened['id']}/messages"
    assert refusal(await cem.get(stranger)) == (403, "Access denied")


async def test_nobody_acts_in_another_name(ann: Person, bob: Person) -> None:
    talk = await dm(ann, bob)
    for method, path in (
        ("GET", f"/api/dms/{named(bob)}"),
        ("GET", f"/api/dms/{named(bob)}/{named(ann)}"),
        ("GET", f"/api/dms/{named(bob)}/{talk}/messages"),
        ("POST", f"/api/dms/{named(bob)}/{talk}/messages"),
    ):
        assert (await ann.ask(method, path, json={"text": "x"})).status_code == 403, path


async def test_a_conversation_with_oneself_a_stranger_or_a_blocker_is_refused(
    ann: Person, bob: Person
) -> None:
    me = f"/api/dms/{named(ann)}"
    assert (await ann.get(f"{me}/{named(ann)}")).status_code == 400
    assert refusal(await ann.get(f"{me}/{uuid4()}")) == (404, "User not found")
    assert refusal(await ann.get(f"{me}/nobody")) == (400, "Invalid other user id")
    assert (await bob.post("/relationships/block", {"user_id": ann.id})).status_code == 200
    assert refusal(await ann.get(f"{me}/{named(bob)}")) == (403, "Cannot message")


async def test_reactions_are_one_row_for_each_person_and_emoji(
    street: Town, ann: Person, bob: Person, cem: Person
) -> None:
    said = await say(ann, spellings(street)[0], "kiln is hot")
    path = f"/api/messages/{said['id']}/reactions"
    mine = (await ann.post(path, {"emoji": "🏺"})).json()
    assert mine == {
        "id": mine["id"], "message_id": said["id"], "user_id": named(ann), "emoji": "🏺",
    }  # fmt: skip
    assert (await ann.post(path, {"emoji": "🏺"})).json() == mine
    other = (await bob.post(path, {"emoji": "🏺"})).json()
    assert (await bob.get(path)).json() == [mine, other]
    gone = await bob.delete(f"{path}/🏺")
    assert (gone.status_code, gone.content) == (204, b"")
    assert (await bob.delete(f"{path}/🏺")).status_code == 204
    assert (await ann.get(path)).json() == [mine]
    assert refusal(await cem.get(path)) == (403, "Access denied")
    assert refusal(await ann.get(f"/api/messages/{uuid4()}/reactions")) == (
        404, "Message not found",
    )  # fmt: skip
    assert refusal(await ann.post(path, {"emoji": "soup"})) == (400, "Invalid emoji")
    talk = await dm(ann, bob)
    tea = (await ann.post(f"/api/dms/{named(ann)}/{talk}/messages", {"text": "tea"})).json()
    path = f"/api/dms/messages/{tea['id']}/reactions"
    assert (await bob.post(path, {"emoji": "🍵"})).status_code == 200
    assert [each["user_id"] for each in (await ann.get(path)).json()] == [named(bob)]


async def test_typing_is_told_by_id_by_key_and_by_the_name_last_opened(
    street: Town, ann: Person, bob: Person
) -> None:
    other = await found(bob, "Elm Street")
    await join(other, ann)
    channel, key, _ = spellings(street)
    for place in (channel, key):
        path = f"/api/channels/{place}/typing"
        started = await bob.post(path)
        assert (started.status_code, started.content) == (204, b"")
        assert (await ann.get(path)).json() == [{"user_id": named(bob), "username": "bob"}]
        assert (await bob.get(path)).json() == []
        assert (await bob.delete(path)).status_code == 204
        assert (await ann.get(path)).json() == []
    for town, seen in ((other, []), (street, ["bob"])):
        for person in (ann, bob):
            await person.get(f"/api/messages/{uuid(town.number)}-general")
        if town is street:
            await bob.post("/api/channels/general/typing")
        typists = (await ann.get("/api/channels/general/typing")).json()
        assert [each["username"] for each in typists] == seen
    assert (await ann.get("/api/channels/nowhere/typing")).json() == []


async def test_typing_between_two(ann: Person, bob: Person, cem: Person) -> None:
    path = f"/api/dms/{await dm(ann, bob)}/typing"
    assert (await ann.post(path)).status_code == 204
    assert [each["username"] for each in (await bob.get(path)).json()] == ["ann"]
    assert (await ann.delete(path)).status_code == 204
    assert (await bob.get(path)).json() == []
    for ask in (cem.get, cem.post, cem.delete):
        assert (await ask(path)).status_code == 403


async def test_who_may_not_write_or_view_is_refused(
    street: Town, bob: Person
) -> None:
    place = spellings(street)[0]
    await deny(street, "messages.send")
    assert (await bob.post(f"/api/messages/{place}", {"text": "x"})).status_code == 403
    assert (await bob.get(f"/api/messages/{place}")).status_code == 200
    await deny(street, "channels.view")
    assert refusal(await bob.get(f"/api/messages/{place}")) == (403, "Access denied")
    named_place = spellings(street)[1]
    assert refusal(await bob.get(f"/api/messages/{named_place}")) == (403, "Access denied")
