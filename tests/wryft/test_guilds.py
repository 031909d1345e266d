"""Guilds: beginning them, finding them, what they show of themselves, and who is in them."""

from typing import Any

import httpx
import pytest

from tests.cast import Person
from tests.town import Town, allow, found, join
from tests.wryft.cast import named, path_of, refusal

NOWHERE = "/api/guilds/5c0ffee5-0001-4a00-8a00-0000000000a1"
STRANGE = (403, "Access denied")
UNKNOWN = (404, "Server not found")
DENIED = (403, "Permission denied")


@pytest.fixture
async def town(ann: Person, bob: Person) -> Town:
    """Ann's guild, in which bob is a member."""
    made = await found(ann)
    await join(made, bob)
    return made


async def begun(person: Person, name: str = "Pottery Club", **more: Any) -> dict[str, Any]:
    answer = await person.post("/api/guilds", {"name": name, **more})
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_a_guild_begins_with_rooms_to_write_and_to_talk_in(ann: Person) -> None:
    made = await begun(ann, "  Pottery Club ")
    assert made == {
        "id": made["id"], "name": "Pottery Club", "owner_id": named(ann), "icon": "PO",
        "description": None, "is_public": False, "is_verified": False, "member_count": 1,
        "created_at": made["created_at"],
    }  # fmt: skip
    assert made["created_at"].endswith("Z")
    (server,) = (await ann.get("/servers")).json()
    assert (server["name"], server["owner_id"]) == ("Pottery Club", ann.id)
    channels = {
        (each["type"], each["name"]): each
        for each in (await ann.get(f"/servers/{server['id']}/channels")).json()
    }
    texts, voices = channels["category", "Text Channels"], channels["category", "Voice Channels"]
    assert (texts["position"], voices["position"]) == (0, 1)
    assert channels["text", "general"]["category_id"] == texts["id"]
    assert channels["text", "general"]["id"] == server["default_channel_id"]
    for name in ("General", "Lounge"):
        assert channels["voice", name]["category_id"] == voices["id"]
    assert len(channels) == 5
    (everyone,) = (await ann.get(f"/servers/{server['id']}/roles")).json()
    assert (everyone["id"], everyone["is_default"]) == (server["id"], True)


@pytest.mark.parametrize("name", [None, "", "   ", "x" * 101, 7])
async def test_a_guild_has_a_name_of_up_to_a_hundred_letters(ann: Person, name: Any) -> None:
    body = {} if name is None else {"name": name}
    assert refusal(await ann.post("/api/guilds", body)) == (400, "Invalid input: name")
    assert (await ann.get("/api/guilds")).json() == []
    assert (await begun(ann, "x"))["icon"] == "X"


async def test_ones_guilds_are_listed_newest_first(town: Town, ann: Person, bob: Person) -> None:
    made = await begun(ann)
    assert [each["name"] for each in (await ann.get("/api/guilds")).json()] == [
        "Pottery Club", "Maple Street",
    ]  # fmt: skip
    assert [each["name"] for each in (await bob.get("/api/guilds")).json()] == ["Maple Street"]
    assert (await ann.get("/api/guilds")).json()[0] == made


async def test_anybody_finds_the_guilds_that_want_to_be_found(
    town: Town, ann: Person, stranger: httpx.AsyncClient
) -> None:
    assert (await stranger.get("/api/guilds/public")).json() == []
    small = await begun(ann, is_public=True)
    settings = {"is_public": True, "description": "neighbours"}
    assert (await ann.patch(f"{path_of(town)}/settings", settings)).status_code == 200
    large = {
        "id": path_of(town).rpartition("/")[2], "name": "Maple Street", "icon": "MA",
        "description": "neighbours", "member_count": 2, "icon_url": None, "is_verified": False,
    }  # fmt: skip
    listed = (await stranger.get("/api/guilds/public")).json()
    assert [each["id"] for each in listed] == [large["id"], small["id"]]
    assert listed[0] == large
    await ann.patch(f"{path_of(town)}/settings", {"is_public": False})
    await ann.delete(f"/api/guilds/{small['id']}")
    assert (await stranger.get("/api/guilds/public")).json() == []


async def test_who_manages_a_guild_renames_it(
    town: Town, ann: Person, bob: Person, cem: Person
) -> None:
    path = path_of(town)
    answer = await ann.patch(path, {"name": "Oak Street"})
    assert (answer.json()["name"], answer.json()["icon"]) == ("Oak Street", "OA")
    assert (await town.shown())["name"] == "Oak Street"
    assert refusal(await ann.patch(path, {"name": " "})) == (400, "Invalid input: name")
    assert refusal(await ann.patch(path, {})) == (400, "Invalid input: name")
    assert refusal(await bob.patch(path, {"name": "Bob Street"})) == DENIED
    assert refusal(await cem.patch(path, {"name": "Cem Street"})) == STRANGE
    assert refusal(await cem.patch(NOWHERE, {"name": "Cem Street"})) == UNKNOWN
    await allow(town, bob, "server.manage")
    assert (await bob.patch(path, {"name": "Bob Street"})).status_code == 200


async def test_what_a_guild_shows_of_itself_is_settled_at_once(
    town: Town, ann: Person, bob: Person, cem: Person
) -> None:
    path = f"{path_of(town)}/settings"
    answer = await ann.patch(path, {"is_public": True, "description": "neighbours"})
    assert (answer.status_code, answer.content) == (200, b"")
    (shown,) = (await bob.get("/api/guilds")).json()
    assert (shown["is_public"], shown["description"]) == (True, "neighbours")
    assert (await town.shown())["description"] == "neighbours"
    await ann.patch(path, {"description": ""})
    (shown,) = (await bob.get("/api/guilds")).json()
    assert (shown["is_public"], shown["description"]) == (True, None)
    too_long = {"is_public": False, "description": "x" * 1001}
    assert refusal(await ann.patch(path, too_long)) == (400, "Invalid input: description")
    assert refusal(await ann.patch(path, {"is_public": "yes"}))[0] == 400
    assert (await bob.get("/api/guilds")).json() == [shown]
    assert refusal(await bob.patch(path, {"is_public": False})) == DENIED
    assert refusal(await cem.patch(path, {"is_public": False})) == STRANGE
    assert refusal(await cem.patch(f"{NOWHERE}/settings", {})) == UNKNOWN


async def test_only_the_owner_ends_a_guild(
    town: Town, ann: Person, bob: Person, cem: Person
) -> None:
    await allow(town, bob, "*")
    assert refusal(await bob.delete(path_of(town))) == (403, "Not owner")
    assert refusal(await cem.delete(path_of(town))) == STRANGE
    assert refusal(await cem.delete(NOWHERE)) == UNKNOWN
    gone = await ann.delete(path_of(town))
    assert (gone.status_code, gone.content) == (204, b"")
    assert "content-length" not in gone.headers
    assert (await bob.get("/servers")).json() == []
    assert refusal(await ann.delete(path_of(town))) == UNKNOWN


async def test_members_are_listed_by_name_with_how_they_are_seen(
    town: Town, ann: Person, bob: Person, cem: Person
) -> None:
    assert (await bob.put("/users/@me/presence", {"status": "dnd"})).status_code == 200
    path = f"{path_of(town)}/members"
    listed = (await ann.get(path)).json()
    assert [(each["id"], each["username"], each["online"], each["status"]) for each in listed] == [
        (named(ann), "ann", False, "offline"),
        (named(bob), "bob", True, "dnd"),
    ]
    assert all(each["created_at"].endswith("Z") for each in listed)
    assert refusal(await cem.get(path)) == STRANGE
    assert refusal(await cem.get(f"{NOWHERE}/members")) == UNKNOWN
    assert refusal(await cem.get("/api/guilds/7/members")) == (400, "Invalid guild id")


async def test_one_leaves_a_guild_as_often_as_one_likes(
    town: Town, ann: Person, bob: Person
) -> None:
    path = f"{path_of(town)}/leave"
    for _ in range(2):
        gone = await bob.ask("POST", path)
        assert (gone.status_code, gone.content) == (204, b"")
    assert (await bob.get("/servers")).json() == []
    assert refusal(await ann.ask("POST", path)) == (403, "Owners cannot leave")
    assert refusal(await ann.ask("POST", f"{NOWHERE}/leave")) == UNKNOWN


async def test_a_stranger_learns_of_public_guilds_only(stranger: httpx.AsyncClient) -> None:
    for method, path in [
        ("GET", "/api/guilds"), ("POST", "/api/guilds"), ("PATCH", NOWHERE), ("DELETE", NOWHERE),
        ("PATCH", f"{NOWHERE}/settings"), ("GET", f"{NOWHERE}/members"),
        ("POST", f"{NOWHERE}/leave"),
    ]:  # fmt: skip
        answer = await stranger.request(method, path)
        assert refusal(answer) == (401, "Authentication required"), path
