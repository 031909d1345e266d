"""Roles: making, changing, ordering and giving them, and overrides in a channel."""

from typing import Any

import pytest

from tests import town
from tests.api.line import Line, listening
from tests.cast import Person, refusal
from tests.town import Town

DENIED = (403, "Permission denied")


@pytest.fixture
async def street(ann: Person, bob: Person, cem: Person) -> Town:
    """Ann's server, with Bob and Cem in it."""
    street = await town.found(ann)
    await town.join(street, bob, cem)
    return street


async def make(street: Town, by: Person, **fields: Any) -> dict[str, Any]:
    answer = await by.post(f"{street.path}/roles", fields)
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def order(street: Town) -> list[str]:
    return [role["name"] for role in (await street.owner.get(f"{street.path}/roles")).json()]


async def names(line: Line) -> list[str]:
    return [frame["t"] for frame in await line.beat() if not frame["t"].startswith("PRESENCE")]


async def test_every_server_begins_with_everyone(street: Town, bob: Person) -> None:
    (everyone,) = (await bob.get(f"{street.path}/roles")).json()
    assert (everyone["name"], everyone["position"]) == ("@everyone", 0)
    assert everyone["is_default"] is True
    assert everyone["permissions"]["messages.send"] is True
    assert "messages.manage" not in everyone["permissions"]


async def test_a_new_role_stands_just_above_everyone(street: Town, ann: Person) -> None:
    cooks = await make(
        street, ann, name="Cooks", color="#b5651d", hoist=True,
        permissions={"messages.manage": True, "members.kick": False},
    )  # fmt: skip
    assert cooks | {"id": "", "guild_id": ""} == {
        "id": "", "guild_id": "", "server_id": street.id, "name": "Cooks", "color": "#b5651d",
        "position": 1, "permissions": {"messages.manage": True}, "hoist": True,
        "mentionable": False, "is_default": False,
    }  # fmt: skip
    await make(street, ann)
    assert await order(street) == ["Cooks", "New Role", "@everyone"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": ""}, "Invalid input: name"),
        ({"name": "x" * 101}, "Invalid input: name"),
        ({"color": "red"}, "Invalid input: color"),
        ({"permissions": {"message.send": True}}, "Invalid input: permissions (message.send)"),
        ({"permissions": {"messages.send": "yes"}}, "Invalid input: permissions"),
    ],
)
async def test_a_bad_role_is_refused(
    street: Town, ann: Person, fields: dict[str, Any], sentence: str
) -> None:
    assert refusal(await ann.post(f"{street.path}/roles", fields)) == (400, sentence)
    assert await order(street) == ["@everyone"]


async def test_a_role_is_changed_moved_and_deleted(street: Town, ann: Person) -> None:
    low, mid, high = [await make(street, ann, name=name) for name in ("high", "mid", "low")][::-1]
    assert await order(street) == ["high", "mid", "low", "@everyone"]
    path = f"{street.path}/roles"
    moved = await ann.patch(f"{path}/{low['id']}", {"position": 3, "name": "up"})
    assert (moved.json()["name"], moved.json()["position"]) == ("up", 3)
    assert await order(street) == ["up", "high", "mid", "@everyone"]
    assert (await ann.delete(f"{path}/{high['id']}")).json() == {"success": True}
    assert await order(street) == ["up", "mid", "@everyone"]
    positions = [role["position"] for role in (await ann.get(path)).json()]
    assert positions == [3, 1, 0]
    far = await ann.patch(f"{path}/{mid['id']}", {"position": 7})
    assert far.json()["position"] == 7
    assert (await make(street, ann, name="new"))["position"] == 1
    near = await ann.patch(f"{path}/{low['id']}", {"position": 1})
    assert near.json()["position"] == 1
    listed = [(role["name"], role["position"]) for role in (await ann.get(path)).json()]
    assert listed == [("mid", 7), ("new", 2), ("up", 1), ("@everyone", 0)]


async def test_everyone_keeps_name_place_and_wearers(
    street: Town, ann: Person, bob: Person
) -> None:
    (everyone,) = (await ann.get(f"{street.path}/roles")).json()
    path = f"{street.path}/roles/{everyone['id']}"
    assert refusal(await ann.patch(path, {"name": "all"})) == DENIED
    assert refusal(await ann.patch(path, {"position": 1})) == DENIED
    assert refusal(await ann.delete(path)) == DENIED
    worn = f"{street.path}/members/{bob.id}/roles/{everyone['id']}"
    assert refusal(await ann.delete(worn)) == DENIED
    changed = await ann.patch(path, {"permissions": {"channels.view": True}})
    assert changed.json()["permissions"] == {"channels.view": True}


async def test_what_is_denied_changes_what_there_is_and_what_is_allowed_alone_is_all(
    street: Town, ann: Person
) -> None:
    given = {"channels.view": True, "messages.send": True}
    role = await make(street, ann, permissions={**given, "messages.read": False})
    assert role["permissions"] == given

    async def patch(**named: bool) -> dict[str, bool]:
        wanted = {"permissions": {name.replace("_", "."): on for name, on in named.items()}}
        told = (await ann.patch(f"{street.path}/roles/{role['id']}", wanted)).json()
        permissions: dict[str, bool] = told["permissions"]
        return permissions

    assert await patch(messages_send=False) == {"channels.view": True}
    assert await patch(messages_send=True, channels_view=False) == {"messages.send": True}
    assert await patch(messages_manage=True) == {"messages.manage": True}
    assert await patch() == {}


async def test_who_manages_roles_gives_no_more_than_they_have(
    street: Town, ann: Person, bob: Person, cem: Person
) -> None:
    await town.allow(street, bob, "roles.manage", "members.kick", position=2)
    path = f"{street.path}/roles"
    kick = await make(street, bob, name="kickers", permissions={"members.kick": True})
    for unheld in ("members.ban", "administrator"):
        answer = await bob.post(path, {"permissions": {unheld: True}})
        assert refusal(answer) == DENIED
        answer = await bob.patch(f"{path}/{kick['id']}", {"permissions": {unheld: True}})
        assert refusal(answer) == DENIED
    ban = await make(street, ann, name="banners", permissions={"members.ban": True})
    worn = f"{street.path}/members/{cem.id}/roles"
    assert refusal(await bob.put(f"{worn}/{ban['id']}")) == DENIED
    await ann.put(f"{worn}/{ban['id']}")
    assert (await bob.delete(f"{worn}/{ban['id']}")).json() == {"success": True}
    assert (await bob.put(f"{worn}/{kick['id']}")).json() == {"success": True}
    assert (await bob.put(f"{worn}/{kick['id']}")).json() == {"success": True}
    assert (await cem.get(f"{street.path}/permissions")).json()["members.kick"] is True
    assert (await bob.delete(f"{worn}/{kick['id']}")).json() == {"success": True}
    assert (await cem.get(f"{street.path}/permissions")).json()["members.kick"] is False


async def test_nobody_touches_a_role_or_person_that_does_not_stand_below(
    street: Town, ann: Person, bob: Person, cem: Person
) -> None:
    high = await town.allow(street, ann, "messages.manage", position=9)
    await town.allow(street, cem, "members.kick", position=5)
    own = await town.allow(street, bob, "roles.manage", "members.manage_roles", position=5)
    path = f"{street.path}/roles"
    for role_id in (high, own):
        assert refusal(await bob.patch(f"{path}/{role_id}", {"name": "x"})) == DENIED
        assert refusal(await bob.delete(f"{path}/{role_id}")) == DENIED
    low = await make(street, bob, name="low")
    assert refusal(await bob.patch(f"{path}/{low['id']}", {"position": 99})) == DENIED
    for person in (ann, cem):
        worn = f"{street.path}/members/{person.id}/roles/{low['id']}"
        assert refusal(await bob.put(worn)) == DENIED


async def test_members_without_the_right_and_strangers_are_refused(
    street: Town, bob: Person, dee: Person
) -> None:
    path = f"{street.path}/roles"
    assert refusal(await bob.post(path, {"name": "x"})) == DENIED
    assert refusal(await dee.get(path)) == (403, "Access denied")
    assert refusal(await dee.post(path, {"name": "x"})) == (403, "Access denied")
    assert refusal(await bob.get("/servers/77/roles")) == (404, "Server not found")
    assert refusal(await bob.get("/servers/x/roles")) == (400, "Invalid server ID")


async def test_unknown_roles_and_members_are_404(street: Town, ann: Person, bob: Person) -> None:
    assert refusal(await ann.patch(f"{street.path}/roles/77", {})) == (404, "Role not found")
    assert refusal(await ann.delete(f"{street.path}/roles/77")) == (404, "Role not found")
    role = await make(street, ann)
    for member, worn in ((bob.id, "77"), ("77", role["id"])):
        answer = await ann.put(f"{street.path}/members/{member}/roles/{worn}")
        assert refusal(answer) == (404, "Member or role not found")


async def test_members_hear_of_roles_and_of_who_wears_them(
    street: Town, ann: Person, bob: Person, cem: Person, url: str
) -> None:
    async with listening(url, cem) as line:
        role = await make(street, ann, name="Cooks")
        await ann.patch(f"{street.path}/roles/{role['id']}", {"hoist": True})
        await ann.put(f"{street.path}/members/{bob.id}/roles/{role['id']}")
        await ann.delete(f"{street.path}/roles/{role['id']}")
        assert await names(line) == [
            "GUILD_ROLE_CREATE", "GUILD_ROLE_UPDATE", "GUILD_MEMBER_UPDATE", "GUILD_ROLE_DELETE",
        ]  # fmt: skip


async def test_an_override_hides_a_channel_and_shows_it_again(
    street: Town, ann: Person, bob: Person, url: str
) -> None:
    path = f"/channels/{street.general}/permissions"
    async with listening(url, bob) as line:
        answer = await ann.put(f"{path}/member/{bob.id}", {"deny": {"channels.view": True}})
        assert answer.json() == {
            "target_type": "member", "target_id": bob.id, "allow": {},
            "deny": {"channels.view": True},
        }  # fmt: skip
        assert await names(line) == ["GUILD_UPDATE", "CHANNEL_DELETE"]
        hidden = await bob.get(f"/channels/{street.general}/messages")
        assert refusal(hidden) == (403, "Access denied")
        assert len((await ann.get(path)).json()) == 1
        assert (await ann.delete(f"{path}/member/{bob.id}")).json() == {"success": True}
        assert await names(line) == ["CHANNEL_CREATE", "GUILD_UPDATE"]
        assert (await bob.get(f"/channels/{street.general}/messages")).status_code == 200
        gone = await ann.delete(f"{path}/member/{bob.id}")
        assert refusal(gone) == (404, "Override not found")


async def test_an_override_gives_no_more_than_its_maker_has(
    street: Town, ann: Person, bob: Person, cem: Person
) -> None:
    await town.allow(street, bob, "roles.manage", position=3)
    path = f"/channels/{street.general}/permissions"
    (everyone,) = [r for r in (await ann.get(f"{street.path}/roles")).json() if r["is_default"]]
    for kind, target in (("member", cem.id), ("role", everyone["id"])):
        given = {"allow": {"messages.manage": True}}
        assert refusal(await bob.put(f"{path}/{kind}/{target}", given)) == DENIED
        taken = {"deny": {"messages.send": True}}
        assert (await bob.put(f"{path}/{kind}/{target}", taken)).status_code == 200
    assert refusal(await bob.put(f"{path}/member/{ann.id}", taken)) == DENIED
    await ann.put(f"{path}/member/{cem.id}", {"deny": {"messages.manage": True}})
    assert refusal(await bob.put(f"{path}/member/{cem.id}", {})) == DENIED


@pytest.mark.parametrize(
    ("tail", "body", "told"),
    [
        ("team/77", {}, (400, "Invalid input: role or member")),
        ("role/x", {}, (400, "Invalid target ID")),
        ("role/77", {}, (404, "Role not found")),
        ("member/77", {}, (404, "Member not found")),
        ("member/{bob}", {"allow": {"nonsense": True}},
         (400, "Invalid input: permissions (nonsense)")),
        ("member/{bob}", {"allow": {"*": True}, "deny": {"messages.send": True}},
         (400, "Invalid input: allow and deny overlap")),
    ],
)  # fmt: skip
async def test_a_bad_override_is_refused(
    street: Town, ann: Person, bob: Person, tail: str, body: dict[str, Any], told: tuple[int, str]
) -> None:
    path = f"/channels/{street.general}/permissions/{tail.format(bob=bob.id)}"
    assert refusal(await ann.put(path, body)) == told


async def test_a_dm_has_no_overrides(ann: Person, bob: Person) -> None:
    answer = await ann.get(f"/channels/{await ann.dm(bob)}/permissions")
    assert refusal(answer) == (403, "Channel access denied")


async def test_the_audit_log_tells_who_did_what(street: Town, ann: Person, bob: Person) -> None:
    role = await make(street, ann, name="Cooks")
    await ann.patch(f"{street.path}/roles/{role['id']}", {"name": "Bakers"})
    await ann.put(f"{street.path}/members/{bob.id}/roles/{role['id']}")
    await ann.delete(f"{street.path}/roles/{role['id']}")
    path = f"{street.path}/audit-logs"
    entries = (await ann.get(path, params={"limit": 4})).json()
    assert [entry["action"] for entry in entries] == [
        "role_delete", "member_role_add", "role_update", "role_create",
    ]  # fmt: skip
    assert entries[2]["changes"] == {"name": {"old": "Cooks", "new": "Bakers"}}
    assert {entry["user"]["username"] for entry in entries} == {"ann"}
    older = await ann.get(path, params={"before": entries[0]["id"], "limit": 1})
    assert older.json()[0]["id"] == entries[1]["id"]
    only = {"action": "role_create"}
    mine = (await ann.get("/features/users/@me/audit-logs", params=only)).json()
    assert [entry["target_id"] for entry in mine["entries"]] == [role["id"]]
    assert refusal(await bob.get(path)) == DENIED
    assert (await bob.get("/features/users/@me/audit-logs")).json() == {"entries": []}
