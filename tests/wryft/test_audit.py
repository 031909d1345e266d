"""The audit log: who did what in a guild, for whom, and for how long it quotes anybody."""

from typing import Any

import pytest

from plexichat.core import audit_log
from plexichat.store.db import Tx
from plexichat.wryft.dialect import uuid
from tests.cast import Person
from tests.town import Town, allow, found, join
from tests.wryft.cast import named, path_of, refusal
from tests.wryft.test_guilds import NOWHERE, STRANGE, UNKNOWN, begun


@pytest.fixture
async def town(ann: Person, bob: Person) -> Town:
    """Ann's guild, in which bob is a member."""
    made = await found(ann)
    await join(made, bob)
    return made


async def log(person: Person, town: Town) -> list[dict[str, Any]]:
    answer = await person.get(f"{path_of(town)}/audit-logs")
    assert answer.status_code == 200, answer.text
    lines: list[dict[str, Any]] = answer.json()
    return lines


async def test_what_is_done_to_channels_and_roles_is_told(town: Town, ann: Person) -> None:
    path = path_of(town)
    kiln = (await ann.post(f"{path}/channels", {"name": "kiln", "type": "text"})).json()
    shop = (await ann.post(f"{path}/categories", {"name": "Workshops"})).json()
    role = (await ann.post(f"{path}/roles", {"name": "Glazer"})).json()
    await ann.patch(f"{path}/roles/{role['id']}", {"name": "Potter"})
    await ann.patch(f"/channels/{town.general}", {"topic": "hats"})
    for what in (f"channels/{kiln['id']}", f"categories/{shop['id']}", f"roles/{role['id']}"):
        assert (await ann.delete(f"{path}/{what}")).status_code == 204
    lines = await log(ann, town)
    told = [(each["action_type"], each["target_type"], each["details"]) for each in lines]
    assert told == [
        ("role_delete", "role", {"role_name": "Potter"}),
        ("category_delete", "category", {"category_name": "Workshops"}),
        ("channel_delete", "channel", {"channel_name": "kiln"}),
        ("channel_update", "channel", {"channel_name": "general"}),
        ("role_update", "role", {"role_name": "Potter"}),
        ("role_create", "role", {"role_name": "Glazer"}),
        ("category_create", "category", {"category_name": "Workshops"}),
        ("channel_create", "channel", {"channel_name": "kiln", "channel_type": "text"}),
        ("member_join", "member", {"name": "bob"}),
        ("server_create", "server", {"name": "Maple Street"}),
    ]
    created = lines[7]
    assert created == {
        "id": created["id"], "guild_id": uuid(town.number), "user_id": named(ann),
        "username": "ann", "action_type": "channel_create", "target_type": "channel",
        "target_id": kiln["id"], "details": created["details"],
        "created_at": created["created_at"],
    }  # fmt: skip
    assert created["created_at"].endswith("Z")


async def test_what_becomes_of_messages_is_told_of_whoever_did_it(
    town: Town, ann: Person, bob: Person
) -> None:
    soup, bread = await bob.say(town.general, "soup"), await bob.say(town.general, "bread")
    path = f"/channels/{town.general}/messages"
    await bob.patch(f"{path}/{soup['id']}", {"content": "stew"})
    await ann.delete(f"{path}/{soup['id']}")
    assert (await bob.post(f"{path}/bulk-delete", {"message_ids": [bread["id"]]})).is_success
    told = [
        (each["action_type"], each["username"], each["target_id"], each["details"])
        for each in (await log(ann, town))[:3]
    ]
    assert told == [
        ("message_delete", "bob", uuid(int(bread["id"])),
            {"message_content": "bread", "channel_name": "general"}),
        ("message_delete", "ann", uuid(int(soup["id"])),
            {"message_content": "stew", "channel_name": "general"}),
        ("message_edit", "bob", uuid(int(soup["id"])),
            {"message_content": "soup", "channel_name": "general"}),
    ]  # fmt: skip
    note = await ann.say(await ann.dm(bob), "psst")
    await ann.delete(f"/channels/{note['channel_id']}/messages/{note['id']}")
    assert len(await log(ann, town)) == 5, "what two people say to each other is nobody's business"


async def test_after_a_week_nobody_is_quoted_any_more(
    town: Town, ann: Person, bob: Person
) -> None:
    for _ in range(2):
        said = await bob.say(town.general, "soup")
        await bob.delete(f"/channels/{town.general}/messages/{said['id']}")
    assert await ann.house.db.write(audit_log.forget_words, 500) == 0
    assert await ann.house.db.write(_a_week_later, 1) == 1
    quoted = ["message_content" in each["details"] for each in (await log(ann, town))[:2]]
    assert sorted(quoted) == [False, True]
    assert await ann.house.db.write(_a_week_later, 500) == 1
    assert "soup" not in str(await log(ann, town))


def _a_week_later(tx: Tx, limit: int) -> int:
    tx.now += audit_log.QUOTED_MS + 1000
    return audit_log.forget_words(tx, limit)


async def test_members_read_what_they_saw_and_who_may_view_the_log_reads_all(
    town: Town, ann: Person, bob: Person, cem: Person
) -> None:
    path = path_of(town)
    staff = (await ann.post(f"{path}/channels", {"name": "staff"})).json()
    hidden = {
        "role_id": uuid(town.number), "allow_view": False, "allow_send_messages": True,
        "allow_manage_messages": False,
    }  # fmt: skip
    await ann.post(f"{path}/channels/{staff['id']}/permissions", hidden)
    await ann.post(f"{path}/channels", {"name": "kiln"})
    await ann.post(f"{path}/invites")
    said = await ann.say(town.general, "oops")
    await ann.delete(f"/channels/{town.general}/messages/{said['id']}")
    assert [each["action_type"] for each in await log(bob, town)] == [
        "channel_create", "member_join", "server_create",
    ]  # fmt: skip
    await allow(town, bob, "server.view_audit_log")
    assert [each["action_type"] for each in await log(bob, town)] == [
        "message_delete", "invite_create", "channel_create", "member_join", "server_create",
    ]  # fmt: skip
    assert "staff" not in str(await log(bob, town))
    assert "staff" in str(await log(ann, town))
    assert refusal(await cem.get(f"{path}/audit-logs")) == STRANGE
    assert refusal(await cem.get(f"{NOWHERE}/audit-logs")) == UNKNOWN


async def test_the_log_shows_its_last_hundred_lines(ann: Person) -> None:
    path = f"/api/guilds/{(await begun(ann))['id']}"
    for number in range(101):
        await ann.patch(path, {"name": f"Club {number}"})
    lines = (await ann.get(f"{path}/audit-logs")).json()
    assert (len(lines), lines[0]["details"]) == (100, {"name": "Club 100"})
