"""Finding messages and people wherever one may look."""

from typing import Any

import pytest

from plexichat.store import search as index
from tests.api.line import listening
from tests.cast import Join, Person, refusal
from tests.town import Town, found, join

DENIED = (403, "Access denied")


@pytest.fixture
async def street(ann: Person, bob: Person) -> Town:
    town = await found(ann)
    await join(town, bob)
    return town


async def search(person: Person, query: str, **more: Any) -> list[str]:
    answer = await person.get("/search/messages", params={"query": query, **more})
    assert answer.status_code == 200, answer.text
    return [each["content"] for each in answer.json()["results"]]


async def names(person: Person, query: str, **more: Any) -> list[str]:
    answer = await person.get("/search/users", params={"query": query, **more})
    assert answer.status_code == 200, answer.text
    return [each["username"] for each in answer.json()["results"]]


async def test_messages_are_found_wherever_one_may_read_and_nowhere_else(
    ann: Person, bob: Person, cem: Person, street: Town
) -> None:
    dm, other = await ann.dm(bob), await ann.dm(cem)
    notes = (await bob.get("/users/@me/notes")).json()["id"]
    await ann.say(street.general, "soup in the street")
    await ann.say(dm, "soup for two")
    await ann.say(other, "soup for cem")
    await bob.say(notes, "buy soup")
    assert await search(bob, "sou") == ["buy soup", "soup for two", "soup in the street"]
    assert await search(cem, "soup") == ["soup for cem"]


async def test_what_is_found_is_counted_as_in_its_channel(
    ann: Person, bob: Person, street: Town, url: str
) -> None:
    async with listening(url, bob):
        said = await ann.say(street.general, "soup")
        (found,) = (await ann.get("/search/messages?query=soup")).json()["results"]
        assert found == said
        assert found["delivery_count"] == 1


async def test_a_hidden_channel_leaves_no_trace(ann: Person, bob: Person, street: Town) -> None:
    await ann.say(street.general, "soup")
    path = f"/channels/{street.general}/permissions/member/{bob.id}"
    await ann.put(path, {"allow": {}, "deny": {"channels.view": True}})
    assert await search(bob, "soup") == []
    assert await search(bob, "soup", server_id=street.id) == []
    hidden = await bob.get(
        "/search/messages", params={"query": "soup", "channel_id": street.general}
    )
    assert refusal(hidden) == DENIED
    await ann.delete(f"{street.path}/members/{bob.id}")
    assert await search(bob, "soup") == []


async def test_a_search_can_be_narrowed(ann: Person, bob: Person, street: Town) -> None:
    dm = await ann.dm(bob)
    await ann.say(street.general, "soup of ann")
    await bob.say(street.general, "soup of bob")
    await bob.say(dm, "soup between us")
    assert await search(ann, "soup", server_id=street.id) == ["soup of bob", "soup of ann"]
    assert await search(ann, "soup", author_id=bob.id) == ["soup between us", "soup of bob"]
    assert await search(ann, "soup", channel_id=street.general, author_id=ann.id) == ["soup of ann"]
    assert await search(ann, "soup", conversation_id=dm) == ["soup between us"]
    assert await search(ann, "soup", channel_id=dm, server_id=street.id) == []


@pytest.mark.parametrize("taken_in", [False, True], ids=["waiting", "indexed"])
async def test_pages_go_on_to_the_end(
    ann: Person, street: Town, taken_in: bool
) -> None:
    dm_with_oneself = (await ann.get("/users/@me/notes")).json()["id"]
    said = [f"soup {number}" for number in range(5)]
    for number, text in enumerate(said):
        await ann.say(dm_with_oneself if number % 2 else street.general, text)
    if taken_in:
        for _ in range(256):
            await ann.say(dm_with_oneself, "bread")
    seen, cursor = [], None
    while True:
        params = {"query": "soup", "limit": 2} | ({} if cursor is None else {"cursor": cursor})
        page = (await ann.get("/search/messages", params=params)).json()
        seen += [each["content"] for each in page["results"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        assert len(page["results"]) == 2
    assert seen == said[::-1]
    assert await search(ann, "soup", author_id=ann.id) == said[::-1]


async def test_a_search_that_was_stopped_goes_on_from_its_cursor(
    ann: Person, street: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page may hold less than was asked for, even nothing, and yet not be the last."""
    notes = (await ann.get("/users/@me/notes")).json()["id"]
    said = [f"soup {number}" for number in range(3)]
    for text in said:
        await ann.say(street.general, text)
        for _ in range(30):
            await ann.say(notes, "bread")
    monkeypatch.setattr(index, "SECONDS", 0)
    seen, cursor, pages = [], None, 0
    while pages == 0 or cursor is not None:
        params = {"query": "soup"} | ({} if cursor is None else {"cursor": cursor})
        page = (await ann.get("/search/messages", params=params)).json()
        seen += [each["content"] for each in page["results"]]
        cursor = page["next_cursor"]
        pages += 1
    assert seen == said[::-1]
    assert pages > len(said)
    path = f"/channels/{street.general}/messages/search"
    assert [each["content"] for each in (await ann.get(f"{path}?content=soup")).json()] == seen


@pytest.mark.parametrize("what", ["messages", "users"])
@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({}, "Invalid input: query"),
        ({"query": "  "}, "Invalid input: query"),
        ({"query": "x", "limit": 101}, "Invalid input: limit"),
        ({"query": "x", "cursor": "a"}, "Invalid input: cursor"),
        ({"query": "x", "cursor": "/w=="}, "Invalid input: cursor"),
        ({"query": "x", "server_id": "x"}, "Invalid server ID"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    ann: Person, what: str, params: dict[str, Any], message: str
) -> None:
    assert refusal(await ann.get(f"/search/{what}", params=params)) == (400, message)


@pytest.mark.parametrize("what", ["messages", "users"])
async def test_servers_of_others_are_closed(cem: Person, street: Town, what: str) -> None:
    params = {"query": "x", "server_id": street.id}
    assert refusal(await cem.get(f"/search/{what}", params=params)) == DENIED
    params["server_id"] = "77"
    assert refusal(await cem.get(f"/search/{what}", params=params)) == (404, "Server not found")


async def test_nothing_that_is_typed_is_an_instruction(ann: Person, street: Town) -> None:
    await ann.say(street.general, "soup")
    for query in ('"', "soup OR bread", "NOT soup", f"#{street.general}", "so*p", "!!!"):
        assert await search(ann, query) == []
    assert await names(ann, "%") == await names(ann, "_") == await names(ann, "a'n") == []


async def test_people_are_found_by_the_beginnings_of_words(
    ann: Person, join: Join
) -> None:
    for name in ("anna", "mira.k", "kim-anne", "Hanna"):
        await join(name)
    assert await names(ann, "AN") == ["ann", "anna", "kim-anne"]
    assert await names(ann, "mira k") == ["mira.k"]
    assert await names(ann, "nn") == []
    (first, second) = (await ann.get("/search/users", params={"query": "ann", "limit": 2})).json()[
        "results"
    ]
    assert (first["username"], first["score"]) == ("ann", 1.0)
    assert first["user_id"] == ann.id
    assert second["score"] < 1.0


async def test_people_come_in_pages_and_by_server(
    ann: Person, bob: Person, street: Town, join: Join
) -> None:
    await join("bobby")
    await join("Bobo")
    assert await names(ann, "bob", server_id=street.id) == ["bob"]
    page = (await ann.get("/search/users", params={"query": "bob", "limit": 2})).json()
    assert [each["username"] for each in page["results"]] == ["bob", "bobby"]
    assert await names(ann, "bob", cursor=page["next_cursor"]) == ["Bobo"]
