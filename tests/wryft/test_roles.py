"""Roles and their bits, in both vocabularies; who wears them, and who may give them."""

from typing import Any

import pytest

from plexichat.core import permissions
from plexichat.wryft import bits
from plexichat.wryft.dialect import uuid
from tests.cast import Person
from tests.town import Town, allow, found, join
from tests.wryft.cast import named, path_of, refusal
from tests.wryft.test_guilds import DENIED, NOWHERE, STRANGE, UNKNOWN


@pytest.fixture
async def town(ann: Person, bob: Person) -> Town:
    """Ann's guild, in which bob is a member."""
    made = await found(ann)
    await join(made, bob)
    return made


async def made(town: Town, name: str = "Glazer", **more: Any) -> dict[str, Any]:
    answer = await town.owner.post(f"{path_of(town)}/roles", {"name": name, **more})
    assert answer.status_code == 200, answer.text
    role: dict[str, Any] = answer.json()
    return role


def test_every_bit_stands_for_permissions_of_the_house_and_back() -> None:
    assert bits.ALL == 0xFFFF
    for bit, names in bits.NAMES.items():
        assert bits.written(permissions.bits(*names)) == bit
        said = bits.read(bit)
        assert {name for name, is_on in said.items() if is_on} == set(names)
        assert len(said) == 17
    assert bits.written(permissions.DEFAULT) == bits.DEFAULT == 13120
    assert bits.written(permissions.ALL) == bits.ALL
    assert bits.written(permissions.bits("channels.view")) == 0, "reading takes both"


async def test_a_role_is_made_with_what_is_usual_and_stands_on_top(town: Town) -> None:
    role = await made(town)
    assert role == {
        "id": role["id"], "guild_id": uuid(town.number), "name": "Glazer", "color": "#99aab5",
        "position": 1, "permissions": 13120, "mentionable": True, "hoist": False,
    }  # fmt: skip
    chosen = {
        "color": "#336699", "permissions": 0x0081, "mentionable": False, "hoist": True,
    }  # fmt: skip
    other = await made(town, "Boss", **chosen)
    assert other == {**role, **chosen, "id": other["id"], "name": "Boss", "position": 2}
    everyone = {
        **role, "id": uuid(town.number), "name": "@everyone", "position": 0, "mentionable": False,
    }  # fmt: skip
    assert (await town.owner.get(f"{path_of(town)}/roles")).json() == [other, role, everyone]
    first = (await town.owner.get(f"{town.path}/roles")).json()[0]
    assert first["permissions"] == {"administrator": True, "messages.manage": True}


async def test_permissions_without_a_bit_stay_when_a_role_is_changed(
    town: Town, ann: Person
) -> None:
    named_so = {"webhooks.manage": True, "messages.send": True, "members.kick": True}
    theirs = (await ann.post(f"{town.path}/roles", {"name": "x", "permissions": named_so})).json()
    path = f"{path_of(town)}/roles/{uuid(int(theirs['id']))}"
    answer = await ann.patch(path, {"permissions": 0x0100 | 0x0020, "name": "Potter"})
    assert answer.status_code == 200, answer.text
    assert (answer.json()["permissions"], answer.json()["name"]) == (0x0120, "Potter")
    after = (await ann.get(f"{town.path}/roles")).json()[0]
    assert after["permissions"] == {
        "webhooks.manage": True, "messages.send": True, "members.ban": True,
    }  # fmt: skip
    answer = await ann.patch(path, {"color": "#000000", "hoist": True, "mentionable": False})
    assert (answer.json()["color"], answer.json()["permissions"]) == ("#000000", 0x0120)


async def test_roles_are_moved(town: Town, ann: Person) -> None:
    low, high = await made(town, "low"), await made(town, "high")
    path = f"{path_of(town)}/roles"
    assert (await ann.patch(f"{path}/{low['id']}", {"position": 2})).json()["position"] == 2
    listed = (await ann.get(path)).json()
    assert [each["name"] for each in listed] == ["low", "high", "@everyone"]
    assert (await ann.delete(f"{path}/{high['id']}")).status_code == 204
    assert (await ann.get(path)).json()[0]["position"] == 2


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"), ({"name": "x" * 101}, "name"), ({"color": "red"}, "color"),
        ({"permissions": -1}, "permissions"), ({"permissions": 0x10000}, "permissions"),
        ({"permissions": "all"}, "permissions"), ({"hoist": "yes"}, "hoist"),
    ],
)  # fmt: skip
async def test_what_no_role_can_be_is_refused_and_changes_nothing(
    town: Town, ann: Person, wrong: dict[str, Any], field: str
) -> None:
    role = await made(town)
    path = f"{path_of(town)}/roles"
    refused = (400, f"Invalid input: {field}")
    assert refusal(await ann.post(path, {"name": "x", **wrong})) == refused
    assert refusal(await ann.patch(f"{path}/{role['id']}", wrong)) == refused
    assert refusal(await ann.post(path, {})) == (400, "Invalid input: name")
    assert (await ann.get(path)).json()[0] == role


async def test_roles_are_for_who_manages_them_and_stands_above(
    town: Town, ann: Person, bob: Person, cem: Person
) -> None:
    path = f"{path_of(town)}/roles"
    boss = await made(town, "boss", permissions=0)
    for who, refused in ((bob, DENIED), (cem, STRANGE)):
        assert refusal(await who.post(path, {"name": "x"})) == refused
        assert refusal(await who.patch(f"{path}/{boss['id']}", {"name": "x"})) == refused
        assert refusal(await who.delete(f"{path}/{boss['id']}")) == refused
        members = f"{path}/{boss['id']}/members"
        assert refusal(await who.post(members, {"user_id": named(bob)})) == refused
        assert refusal(await who.delete(f"{members}/{named(bob)}")) == refused
    assert refusal(await cem.get(path)) == STRANGE
    assert refusal(await cem.get(f"{NOWHERE}/roles")) == UNKNOWN
    assert refusal(await cem.post(f"{NOWHERE}/roles", {"name": "x"})) == UNKNOWN
    await ann.patch(f"{path}/{boss['id']}", {"position": 9})
    own = await allow(town, bob, "roles.manage", "messages.send", position=1)
    answer = await bob.post(path, {"name": "helper", "permissions": 0x0100})
    assert answer.json()["position"] == 1, "below one's own"
    assert refusal(await bob.post(path, {"name": "x", "permissions": 0x0001})) == DENIED
    assert refusal(await bob.patch(f"{path}/{boss['id']}", {"name": "x"})) == DENIED
    assert refusal(await bob.delete(f"{path}/{uuid(int(own))}")) == DENIED
    helper = f"{path}/{answer.json()['id']}"
    assert refusal(await bob.patch(helper, {"permissions": 0x0101})) == DENIED
    assert (await bob.patch(helper, {"name": "aid"})).status_code == 200
    assert (await bob.delete(helper)).status_code == 204


async def test_what_is_not_there_is_gone_already_but_everyone_stays(
    town: Town, ann: Person
) -> None:
    path = f"{path_of(town)}/roles"
    nobody = "5c0ffee5-0001-4a00-8a00-0000000000a1"
    assert refusal(await ann.patch(f"{path}/{nobody}", {"name": "x"})) == (404, "Role not found")
    gone = await ann.delete(f"{path}/{nobody}")
    assert (gone.status_code, gone.content) == (204, b"")
    assert refusal(await ann.delete(f"{path}/{uuid(town.number)}")) == (400, "Permission denied")
    assert refusal(await ann.delete(f"{path}/7")) == (400, "Invalid role id")
    assert len((await ann.get(path)).json()) == 1
    answer = await ann.patch(f"{path}/{uuid(town.number)}", {"permissions": 0})
    assert answer.json()["permissions"] == 0


async def test_members_wear_roles_and_take_them_off(
    town: Town, ann: Person, bob: Person, cem: Person
) -> None:
    role = await made(town)
    members = f"{path_of(town)}/roles/{role['id']}/members"
    worn = f"{path_of(town)}/members/{named(bob)}/roles"
    for _ in range(2):
        given = await ann.post(members, {"user_id": named(bob)})
        assert (given.status_code, given.content) == (200, b"")
    assert (await bob.get(worn)).json() == [role]
    (theirs,) = (await ann.get(f"{town.path}/members?after={ann.id}")).json()
    assert [uuid(int(each)) for each in theirs["roles"]] == [role["id"]]
    for _ in range(2):
        taken = await ann.delete(f"{members}/{named(bob)}")
        assert (taken.status_code, taken.content) == (204, b"")
    assert (await bob.get(worn)).json() == []
    nobody = (404, "Member or role not found")
    assert refusal(await ann.post(members, {"user_id": named(cem)})) == nobody
    assert refusal(await ann.post(members, {"user_id": "7"})) == (400, "Invalid user id")
    assert refusal(await ann.post(members, {})) == (400, "Invalid user id")
    assert refusal(await ann.delete(f"{members}/{named(cem)}")) == nobody
    everyone = f"{path_of(town)}/roles/{uuid(town.number)}/members/{named(bob)}"
    assert refusal(await ann.delete(everyone)) == (400, "Permission denied")
    stranger = f"{path_of(town)}/members/{named(cem)}/roles"
    assert refusal(await ann.get(stranger)) == (404, "Member not found")
    assert refusal(await cem.get(worn)) == STRANGE
    assert refusal(await cem.get(f"{NOWHERE}/members/{named(bob)}/roles")) == UNKNOWN
