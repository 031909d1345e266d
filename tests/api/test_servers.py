"""Servers: beginning, finding, changing and leaving them, and who hears of it."""

from typing import Any

from tests.api.line import Line, listening
from tests.cast import Person, refusal
from tests.town import found, join


async def told(line: Line) -> list[tuple[str, Any]]:
    """What a line was told until now: names and payloads, presence aside."""
    return [(said["t"], said["d"]) for said in await line.beat() if said["t"] != "PRESENCE_UPDATE"]


async def test_a_new_server_has_its_owner_and_a_channel_general(ann: Person) -> None:
    answer = await ann.post("/servers", {"name": "Maple Street", "description": "neighbours"})
    assert answer.status_code == 200
    made = answer.json()
    assert made["name"] == "Maple Street"
    assert made["description"] == "neighbours"
    assert made["owner_id"] == ann.id
    assert made["member_count"] == 1
    assert made["icon_url"] is None
    assert made["verification_level"] == made["default_message_notifications"] == 0
    assert (await ann.get(f"/servers/{made['id']}")).json() == made
    assert (await ann.get("/servers")).json() == [made]


async def test_servers_are_listed_by_name(ann: Person) -> None:
    for name in ("oak", "Birch", "maple"):
        await found(ann, name)
    listed = (await ann.get("/servers")).json()
    assert [server["name"] for server in listed] == ["Birch", "maple", "oak"]


async def test_a_name_is_two_to_a_hundred_characters(ann: Person) -> None:
    for name in (None, "", "x", "  ", "y" * 101):
        assert refusal(await ann.post("/servers", {"name": name})) == (400, "Invalid input: name")
    long = {"name": "Maple", "description": "z" * 1001}
    assert refusal(await ann.post("/servers", long)) == (400, "Invalid input: description")


async def test_a_hundred_servers_are_enough_for_anybody(ann: Person) -> None:
    for number in range(100):
        await found(ann, f"number {number}")
    answer = await ann.post("/servers", {"name": "one more"})
    assert refusal(answer) == (400, "Server limit")


async def test_a_stranger_sees_nothing_of_a_server(ann: Person, bob: Person) -> None:
    town = await found(ann)
    for path in (town.path, f"{town.path}/permissions"):
        assert refusal(await bob.get(path)) == (403, "Access denied")
    assert refusal(await bob.post(f"{town.path}/leave")) == (403, "Access denied")
    assert (await bob.get("/servers")).json() == []


async def test_unknown_servers_are_not_found(ann: Person) -> None:
    assert refusal(await ann.get("/servers/77")) == (404, "Server not found")
    assert refusal(await ann.get("/servers/maple")) == (400, "Invalid server ID")


async def test_permissions_are_listed_with_those_one_lacks(ann: Person, bob: Person) -> None:
    town = await found(ann)
    await join(town, bob)
    assert set((await ann.get(f"{town.path}/permissions")).json().values()) == {True}
    mine = (await bob.get(f"{town.path}/permissions")).json()
    assert mine["messages.send"] is True
    assert mine["administrator"] is mine["server.manage"] is False


async def test_who_joins_sees_the_server_and_the_others_see_who_joins(
    ann: Person, bob: Person, url: str
) -> None:
    town = await found(ann)
    async with listening(url, ann) as hers, listening(url, bob) as his:
        await join(town, bob)
        ((name, guild),) = await told(his)
        assert name == "GUILD_CREATE"
        assert guild["member_count"] == 2
        assert [channel["name"] for channel in guild["channels"]] == ["general"]
        assert [role["name"] for role in guild["roles"]] == ["@everyone"]
        ((name, joined),) = await told(hers)
        assert name == "GUILD_MEMBER_ADD"
        assert joined["guild_id"] == joined["server_id"] == town.id
        assert joined["user"]["id"] == bob.id
        assert joined["roles"] == []


async def test_a_founder_is_shown_their_server(ann: Person, url: str) -> None:
    async with listening(url, ann) as line:
        town = await found(ann)
        ((name, guild),) = await told(line)
        assert (name, guild["id"]) == ("GUILD_CREATE", town.id)


async def test_who_leaves_hears_no_more_and_the_rest_hear_it(
    ann: Person, bob: Person, url: str
) -> None:
    town = await found(ann)
    await join(town, bob)
    async with listening(url, ann) as hers, listening(url, bob) as his:
        assert (await bob.post(f"{town.path}/leave")).json() == {"success": True}
        gone = {"id": town.id, "server_id": town.id, "guild_id": town.id, "unavailable": False}
        assert await told(his) == [("GUILD_DELETE", gone)]
        left = {"guild_id": town.id, "server_id": town.id, "user": {"id": bob.id}}
        assert await told(hers) == [("GUILD_MEMBER_REMOVE", left)]
    assert (await bob.get("/servers")).json() == []
    assert (await town.shown())["member_count"] == 1


async def test_an_owner_cannot_leave(ann: Person) -> None:
    town = await found(ann)
    answer = await ann.post(f"{town.path}/leave")
    assert refusal(answer) == (403, "Owners cannot leave")
