"""The audit log: what it says of every deed, in the words of the objects, and to whom."""

import time
from typing import Any

import pytest

from tests.cast import Person
from tests.town import Town, allow, found, join

VIEW = {"channels.view": True}


@pytest.fixture
async def street(ann: Person, bob: Person) -> Town:
    """Bob may read the log, and no more than anybody else besides."""
    street = await found(ann)
    await join(street, bob)
    await allow(street, bob, "server.view_audit_log")
    return street


async def log(street: Town, person: Person, **query: Any) -> list[dict[str, Any]]:
    answer = await person.get(f"{street.path}/audit-logs", params={"limit": 100, **query})
    assert answer.status_code == 200, answer.text
    listed = (await person.get("/features/users/@me/audit-logs?limit=100")).json()["entries"]
    entries: list[dict[str, Any]] = answer.json()
    assert listed == entries
    return entries


async def make(street: Town, name: str, **more: Any) -> str:
    answer = await street.owner.post(f"{street.path}/channels", {"name": name, **more})
    return str(answer.json()["id"])


async def hide(street: Town, channel_id: str) -> None:
    everyone = (await street.owner.get(f"{street.path}/roles")).json()[-1]["id"]
    path = f"/channels/{channel_id}/permissions/role/{everyone}"
    await street.owner.put(path, {"deny": VIEW})


async def test_a_line_tells_of_a_change_as_the_object_itself_does(
    street: Town, ann: Person, bob: Person
) -> None:
    rooms = await make(street, "Rooms", type="category")
    kitchen = await make(street, "kitchen")
    await ann.patch(f"/channels/{kitchen}", {"category_id": rooms, "read_receipts_enabled": False})
    role = (await ann.post(f"{street.path}/roles", {"name": "Cooks"})).json()["id"]
    given = {"permissions": {"messages.manage": True}}
    await ann.patch(f"{street.path}/roles/{role}", given)
    await ann.put(f"/channels/{kitchen}/permissions/role/{role}", {"deny": VIEW})
    until = int(time.time()) + 60
    await ann.patch(f"{street.path}/members/{bob.id}", {"timeout_until": until})
    await ann.patch(street.path, {"default_channel_id": kitchen})
    changes = [each["changes"] for each in await log(street, ann)]
    assert [each for each in changes[:6] if each] == [
        {"default_channel_id": {"old": street.general, "new": kitchen}},
        {"timeout_until": {"old": None, "new": until}},
        {"deny": {"old": {}, "new": VIEW}},
        {"permissions": {"old": {}, "new": {"messages.manage": True}}},
        {
            "category_id": {"old": None, "new": rooms},
            "read_receipts_enabled": {"old": True, "new": False},
        },
    ]


async def test_what_is_done_to_a_channel_is_told_to_whoever_views_it(
    street: Town, ann: Person, bob: Person
) -> None:
    attic, cellar = await make(street, "attic"), await make(street, "cellar")
    await ann.patch(f"/channels/{attic}", {"topic": "hats"})
    assert attic in str(await log(street, bob))
    await hide(street, attic)
    code = (await ann.post(f"/channels/{attic}/invites")).json()["code"]
    rooms = await make(street, "Rooms", type="category")
    await hide(street, rooms)
    await ann.patch(f"/channels/{cellar}", {"category_id": rooms, "topic": "wine"})
    await ann.patch(street.path, {"default_channel_id": attic})
    for ended in (False, True):
        told = await log(street, bob)
        for trace in (attic, "attic", "hats", rooms, "Rooms", code):
            assert trace not in str(told)
        assert {"topic": {"old": None, "new": "wine"}} in [each["changes"] for each in told]
        assert attic in str(await log(street, ann))
        assert rooms in str(await log(street, ann))
        if not ended:
            for channel_id in (attic, rooms, cellar):
                await ann.delete(f"/channels/{channel_id}")
    deleted = [each for each in await log(street, bob) if each["action"] == "channel_delete"]
    assert [each["target_name"] for each in deleted] == ["cellar"]
    await allow(street, bob, "administrator", position=2)
    assert await log(street, bob) == await log(street, ann)


async def test_pages_are_full_though_lines_between_are_hidden(
    street: Town, ann: Person, bob: Person
) -> None:
    attic = await make(street, "attic")
    await hide(street, attic)
    for number in range(5):
        await ann.patch(f"/channels/{attic}", {"topic": f"hats {number}"})
    path = f"{street.path}/audit-logs"
    (newest,) = (await bob.get(path, params={"limit": 1})).json()
    assert newest["action"] == "member_join"
    (older,) = (await bob.get(path, params={"limit": 1, "before": newest["id"]})).json()
    assert older["action"] == "server_create"


async def test_every_deed_that_the_contract_names_leaves_a_line(
    street: Town, ann: Person, bob: Person, cem: Person, dee: Person
) -> None:
    await ann.patch(street.path, {"name": "Oak Street"})
    kitchen = await make(street, "kitchen")
    await ann.patch(f"/channels/{kitchen}", {"topic": "recipes"})
    role = (await ann.post(f"{street.path}/roles", {"name": "Cooks"})).json()["id"]
    await ann.patch(f"{street.path}/roles/{role}", {"name": "Bakers"})
    rule = f"/channels/{kitchen}/permissions/role/{role}"
    for side in ("allow", "deny"):
        await ann.put(rule, {side: VIEW})
    await ann.delete(rule)
    members = f"{street.path}/members"
    code = (await ann.post(f"/channels/{street.general}/invites")).json()["code"]
    for person in (cem, dee):
        await person.post(f"/channels/invites/{code}")
    await ann.put(f"{members}/{cem.id}/roles/{role}")
    await ann.delete(f"{members}/{cem.id}/roles/{role}")
    await ann.patch(f"{members}/{cem.id}", {"nickname": "Chef"})
    await cem.post(f"{street.path}/leave")
    await ann.delete(f"{members}/{dee.id}")
    await ann.put(f"{street.path}/bans/{dee.id}", {"reason": "spam"})
    await ann.delete(f"{street.path}/bans/{dee.id}")
    await ann.delete(f"/channels/invites/{code}")
    await ann.delete(f"{street.path}/roles/{role}")
    await ann.delete(f"/channels/{kitchen}")
    told = [(each["action"], each["user_id"], each["target_id"]) for each in await log(street, ann)]
    assert told[:-2][::-1] == [
        ("server_update", ann.id, street.id),
        ("channel_create", ann.id, kitchen),
        ("channel_update", ann.id, kitchen),
        ("role_create", ann.id, role),
        ("role_update", ann.id, role),
        ("override_create", ann.id, role),
        ("override_update", ann.id, role),
        ("override_delete", ann.id, role),
        ("invite_create", ann.id, code),
        ("invite_use", cem.id, code),
        ("member_join", cem.id, cem.id),
        ("invite_use", dee.id, code),
        ("member_join", dee.id, dee.id),
        ("member_role_add", ann.id, cem.id),
        ("member_role_remove", ann.id, cem.id),
        ("member_update", ann.id, cem.id),
        ("member_leave", cem.id, cem.id),
        ("member_kick", ann.id, dee.id),
        ("member_ban", ann.id, dee.id),
        ("member_unban", ann.id, dee.id),
        ("invite_delete", ann.id, code),
        ("role_delete", ann.id, role),
        ("channel_delete", ann.id, kitchen),
    ]
    assert "server_create" in {each for each, _, _ in told[-2:]}
