"""Servers: beginning, finding, changing and leaving them, and who hears of it."""

from typing import Any

import pytest

from plexichat.core import leftovers
from plexichat.store.db import Snapshot
from tests.api.line import Line, listening
from tests.cast import Person, refusal
from tests.town import allow, cleared, found, join


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


async def test_a_change_is_told_to_every_member(ann: Person, bob: Person, url: str) -> None:
    town = await found(ann)
    await join(town, bob)
    async with listening(url, bob) as line:
        wanted = {"name": "Oak Street", "description": "", "default_channel_id": "0"}
        changed = (await ann.patch(town.path, wanted)).json()
        assert (changed["name"], changed["description"]) == ("Oak Street", None)
        assert changed["default_channel_id"] is None
        ids = {"server_id": town.id, "guild_id": town.id}
        assert await told(line) == [("GUILD_UPDATE", changed | ids)]
        assert (await ann.patch(town.path, {"name": "Oak Street"})).json() == changed
        assert await told(line) == []
    assert (await bob.get(town.path)).json() == changed


async def test_a_change_needs_the_right_to_it_and_a_value_that_fits(
    ann: Person, bob: Person, cem: Person
) -> None:
    town, other = await found(ann), await found(ann, "Oak Street")
    await join(town, bob)
    assert refusal(await cem.patch(town.path, {"name": "Oak"})) == (403, "Access denied")
    assert refusal(await bob.patch(town.path, {"name": "Oak"})) == (403, "Permission denied")
    await allow(town, bob, "server.manage")
    assert (await bob.patch(town.path, {"name": "Oak"})).status_code == 200
    for field, value in (("name", "x"), ("default_channel_id", other.general)):
        answer = await bob.patch(town.path, {field: value})
        assert refusal(answer) == (400, f"Invalid input: {field}")
    answer = await bob.patch(town.path, {"default_channel_id": "general"})
    assert refusal(answer) == (400, "Invalid channel ID")
    unset = await bob.patch(town.path, {"default_channel_id": None})
    assert unset.json()["default_channel_id"] is None


async def test_an_owner_can_make_another_member_the_owner(
    ann: Person, bob: Person, cem: Person, url: str
) -> None:
    town = await found(ann)
    await join(town, bob)
    path = f"{town.path}/owner"
    assert refusal(await bob.patch(path, {"user_id": bob.id})) == (403, "Not owner")
    assert refusal(await ann.patch(path, {"user_id": cem.id})) == (404, "Member not found")
    assert refusal(await ann.patch(path, {})) == (400, "Invalid user ID")
    async with listening(url, bob) as line:
        after = (await ann.patch(path, {"user_id": bob.id})).json()
        assert after["owner_id"] == bob.id
        ids = {"server_id": town.id, "guild_id": town.id}
        assert await told(line) == [("GUILD_UPDATE", after | ids)]
    assert (await ann.post(f"{town.path}/leave")).status_code == 200
    assert refusal(await bob.post(f"{town.path}/leave")) == (403, "Owners cannot leave")


async def test_only_its_owner_ends_a_server_and_nothing_of_it_stays(
    ann: Person, bob: Person, url: str
) -> None:
    town = await found(ann)
    await join(town, bob)
    await allow(town, bob, "administrator")
    assert refusal(await bob.delete(town.path)) == (403, "Not owner")
    async with listening(url, bob) as line:
        assert (await ann.delete(town.path)).json() == {"success": True}
        gone = {"id": town.id, "server_id": town.id, "guild_id": town.id, "unavailable": False}
        assert await told(line) == [("GUILD_DELETE", gone)]
    await cleared(ann)
    for person in (ann, bob):
        assert (await person.get("/servers")).json() == []
        assert refusal(await person.get(town.path)) == (404, "Server not found")
        answer = await person.get(f"/channels/{town.general}/messages")
        assert answer.status_code in (403, 404)


async def test_an_ended_server_leaves_no_row_behind(
    ann: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leftovers, "MESSAGES_AT_ONCE", 2)
    monkeypatch.setattr(leftovers, "ROWS_AT_ONCE", 1)
    kept, town = await found(ann, "kept"), await found(ann)
    await join(town, bob)
    await allow(town, bob, "members.kick")
    said = [await person.say(town.general, "hello") for person in (ann, bob, ann)]
    await ann.put(f"/channels/{town.general}/messages/{said[-1]['id']}/ack")
    await ann.delete(town.path)
    await cleared(ann)
    rows = await ann.house.db.read(counts)
    assert rows == {"server": 1, "member": 1, "channel": 1, "role": 1, "message": 0, "reading": 0,
                    "member_role": 0, "audit": 1}  # fmt: skip
    assert (await kept.shown())["member_count"] == 1


def counts(snap: Snapshot) -> dict[str, int]:
    tables = (
        "server", "member", "channel", "role", "message", "reading", "member_role", "audit"
    )  # fmt: skip
    return {
        table: snap.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables
    }


async def test_what_happens_to_a_server_is_in_its_audit_log(ann: Person, bob: Person) -> None:
    town = await found(ann)
    await join(town, bob)
    await ann.patch(town.path, {"name": "Oak Street"})
    await bob.post(f"{town.path}/leave")
    log = (await ann.get(f"{town.path}/audit-logs")).json()
    assert [entry["action"] for entry in log] == [
        "member_leave", "server_update", "member_join", "server_create",
    ]  # fmt: skip
    assert log[1]["changes"] == {"name": {"old": "Maple Street", "new": "Oak Street"}}
    assert (log[0]["user_id"], log[0]["target_name"]) == (bob.id, "bob")


async def test_an_ended_channel_leaves_no_row_behind(ann: Person) -> None:
    town = await found(ann)
    await ann.say(town.general, "hello")
    assert (await ann.delete(f"/channels/{town.general}")).status_code == 200
    await cleared(ann)
    rows = await ann.house.db.read(counts)
    assert (rows["channel"], rows["message"], rows["reading"]) == (0, 0, 0)
    assert (await town.shown())["default_channel_id"] is None
