"""Channels of a server: making, naming, ordering and ending them, and slowmode."""

from typing import Any

import pytest

from tests import town
from tests.api.line import listening
from tests.cast import Person, refusal
from tests.town import Town

COUNT = "SELECT (SELECT count(*) FROM channel), (SELECT count(*) FROM message)"
DENIED = (403, "Permission denied")


@pytest.fixture
async def street(ann: Person, bob: Person) -> Town:
    """Ann's server, with Bob in it."""
    street = await town.found(ann)
    await town.join(street, bob)
    return street


async def make(street: Town, name: str, **fields: Any) -> dict[str, Any]:
    answer = await street.owner.post(f"{street.path}/channels", {"name": name, **fields})
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def names(street: Town, person: Person) -> list[str]:
    listed = (await person.get(f"{street.path}/channels")).json()
    return [channel["name"] for channel in listed]


async def test_a_new_channel_stands_at_the_end_and_has_every_field(
    street: Town, ann: Person, bob: Person
) -> None:
    made = await make(street, "kitchen", topic="recipes")
    assert made == {
        "id": made["id"], "server_id": street.id, "guild_id": street.id, "name": "kitchen",
        "channel_type": "text", "type": "text", "topic": "recipes", "position": 1,
        "category_id": None, "nsfw": False, "slowmode_seconds": 0, "read_receipts_enabled": True,
        "created_at": made["created_at"], "recipient_id": None, "recipient": None,
        "last_message_id": None,
    }  # fmt: skip
    assert (await bob.get(f"/channels/{made['id']}")).json() == made
    assert await names(street, bob) == ["general", "kitchen"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Movie Night!", "movie-night"),
        ("--a__b--", "a-b"),
        ("Küche & Café", "küche-café"),
        ("Кухня №5", "кухня-5"),
        ("朝ごはん", "朝ごはん"),
        ("हिन्दी बातें", "हिन्दी-बातें"),
    ],
)
async def test_names_of_written_channels_keep_letters_and_digits(
    street: Town, given: str, kept: str
) -> None:
    assert (await make(street, given))["name"] == kept
    assert (await make(street, given, type="announcement"))["name"] == kept
    assert (await make(street, given, channel_type="voice"))["name"] == given


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Invalid input: name"),
        ({"name": ""}, "Invalid input: name"),
        ({"name": "!!!"}, "Invalid input: name"),
        ({"name": " ", "type": "voice"}, "Invalid input: name"),
        ({"name": "x" * 101}, "Invalid input: name"),
        ({"name": "x", "type": "thread"}, "Invalid input: type"),
        ({"name": "x", "topic": "y" * 1025}, "Invalid input: topic"),
        ({"name": "x", "slowmode_seconds": 21601}, "Invalid input: slowmode_seconds"),
        ({"name": "x", "slowmode_seconds": -1}, "Invalid input: slowmode_seconds"),
        ({"name": "x", "position": -1}, "Invalid input: position"),
        ({"name": "x", "category_id": "77"}, "Invalid input: category_id"),
        ({"name": "x", "category_id": "kitchen"}, "Invalid category ID"),
    ],
)
async def test_a_bad_channel_is_refused(
    street: Town, ann: Person, fields: dict[str, Any], sentence: str
) -> None:
    assert refusal(await ann.post(f"{street.path}/channels", fields)) == (400, sentence)
    assert await names(street, ann) == ["general"]


async def test_only_who_manages_channels_makes_changes_and_ends_them(
    street: Town, bob: Person, cem: Person
) -> None:
    path = f"{street.path}/channels"
    for person, refused in ((bob, DENIED), (cem, (403, "Access denied"))):
        assert refusal(await person.post(path, {"name": "x"})) == refused
        assert refusal(await person.patch(f"/channels/{street.general}", {"name": "x"})) == refused
        assert refusal(await person.delete(f"/channels/{street.general}")) == refused
    await town.allow(street, bob, "channels.manage")
    made = await bob.post(path, {"name": "x"})
    assert made.status_code == 200
    changed = await bob.patch(f"/channels/{made.json()['id']}", {"name": "y"})
    assert changed.json()["name"] == "y"
    assert (await bob.delete(f"/channels/{made.json()['id']}")).json() == {"success": True}


async def test_unknown_channels_and_conversations_cannot_be_changed(
    street: Town, ann: Person, bob: Person
) -> None:
    dm = await ann.dm(bob)
    for ask in (ann.patch, ann.delete):
        assert refusal(await ask(f"/channels/{dm}")) == (403, "Channel access denied")
        assert refusal(await ask("/channels/77")) == (404, "Channel not found")
        assert refusal(await ask("/channels/x")) == (400, "Invalid channel ID")


async def test_everything_about_a_channel_can_be_changed_and_taken_away(
    street: Town, ann: Person
) -> None:
    category = await make(street, "Rooms", type="category")
    path = f"/channels/{street.general}"
    wanted = {
        "name": "Main Street", "topic": "all", "position": 7, "category_id": category["id"],
        "nsfw": True, "slowmode_seconds": 5, "read_receipts_enabled": False,
    }  # fmt: skip
    changed = (await ann.patch(path, wanted)).json()
    assert changed == (await ann.get(path)).json()
    assert {key: changed[key] for key in wanted} == {**wanted, "name": "main-street"}
    assert (await ann.patch(path, {"category_id": None, "topic": ""})).json() == {
        **changed, "category_id": None, "topic": None,
    }  # fmt: skip
    nested = await ann.patch(f"/channels/{category['id']}", {"category_id": category["id"]})
    assert refusal(nested) == (400, "Invalid input: category_id")


async def test_a_deleted_category_sets_its_channels_free(street: Town, ann: Person) -> None:
    category = await make(street, "Rooms", type="category")
    inside = await make(street, "attic", category_id=category["id"])
    assert inside["category_id"] == category["id"]
    await ann.delete(f"/channels/{category['id']}")
    assert (await ann.get(f"/channels/{inside['id']}")).json()["category_id"] is None


async def test_a_deleted_channel_is_nowhere_and_nobodys_entrance(
    street: Town, ann: Person, bob: Person
) -> None:
    said = await bob.say(street.general, "hello")
    assert (await ann.delete(f"/channels/{street.general}")).status_code == 200
    assert (await street.shown())["default_channel_id"] is None
    assert await names(street, ann) == []
    for path in ("", "/messages", f"/messages/{said['id']}", "/pins"):
        answer = await ann.get(f"/channels/{street.general}{path}")
        assert refusal(answer) == (404, "Channel not found")
    assert (await ann.get("/users/@me/unread")).json() == {"unread_counts": {}}
    await town.cleared(ann)
    assert await ann.house.db.read(lambda snap: snap.execute(COUNT).fetchone()) == (0, 0)


async def test_a_server_holds_five_hundred_channels(street: Town, ann: Person) -> None:
    for number in range(499):
        await make(street, f"room {number}")
    answer = await ann.post(f"{street.path}/channels", {"name": "one more"})
    assert refusal(answer) == (400, "Channel limit")


async def test_conversations_are_shown_as_channels(ann: Person, bob: Person, cem: Person) -> None:
    dm = await ann.dm(bob)
    shown = (await ann.get(f"/channels/{dm}")).json()
    assert (shown["type"], shown["name"], shown["server_id"]) == ("dm", "bob", None)
    assert shown["recipient"]["id"] == shown["recipient_id"] == bob.id
    notes = (await ann.get("/users/@me/notes")).json()["id"]
    assert (await ann.get(f"/channels/{notes}")).json()["name"] == "Personal Notes"
    for channel_id in (dm, notes):
        assert refusal(await cem.get(f"/channels/{channel_id}")) == (403, "Access denied")


async def test_whoever_views_a_channel_hears_of_its_life(
    street: Town, ann: Person, bob: Person, url: str
) -> None:
    async with listening(url, bob) as line:
        made = await make(street, "kitchen")
        changed = (await ann.patch(f"/channels/{made['id']}", {"topic": "soup"})).json()
        await ann.patch(f"/channels/{made['id']}", {"topic": "soup"})
        await ann.delete(f"/channels/{made['id']}")
        gone = {"id": made["id"], "server_id": street.id, "guild_id": street.id}
        assert [(said["t"], said["d"]) for said in await line.beat()] == [
            ("CHANNEL_CREATE", made), ("CHANNEL_UPDATE", changed), ("CHANNEL_DELETE", gone),
        ]  # fmt: skip


async def test_slowmode_makes_one_wait_and_says_how_long(
    street: Town, ann: Person, bob: Person
) -> None:
    path = f"/features/channels/{street.general}/slowmode"
    assert refusal(await bob.put(path, {"interval_ms": 0})) == DENIED
    answer = await ann.put(path, {"interval_ms": 29_001})
    assert answer.json() == {"channel_id": street.general, "slowmode_seconds": 30}
    assert (await bob.get(path)).json() == answer.json()
    assert refusal(await ann.put(path, {})) == (400, "Invalid input: interval_ms")
    said = await bob.say(street.general, "first")
    await bob.delete(f"/channels/{street.general}/messages/{said['id']}")
    late = await bob.post(f"/channels/{street.general}/messages", {"content": "second"})
    assert late.status_code == 429
    assert 0 < late.json()["error"]["retry_after"] <= 30
    assert 0 < int(late.headers["retry-after"]) <= 30
    await ann.say(street.general, "I need not wait")
    await ann.say(street.general, "at all")


@pytest.mark.parametrize(
    "name",
    ["messages.bypass_slowmode", "messages.manage", "channels.manage", "administrator"],
)
async def test_who_looks_after_a_channel_need_not_wait(
    street: Town, ann: Person, bob: Person, name: str
) -> None:
    await ann.patch(f"/channels/{street.general}", {"slowmode_seconds": 30})
    await town.allow(street, bob, name)
    await bob.say(street.general, "first")
    await bob.say(street.general, "second")
