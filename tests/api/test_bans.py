"""Bans: who is kept out of a server, by whom, and who hears of it."""

import pytest

from plexichat.core import leftovers
from tests.api.line import listening
from tests.api.test_servers import told
from tests.cast import Person, refusal
from tests.town import Town, allow, cleared, found, join


@pytest.fixture
async def town(ann: Person, bob: Person) -> Town:
    """Ann's server, in which bob is a member."""
    made = await found(ann)
    await join(made, bob)
    return made


def path(town: Town, person: Person) -> str:
    return f"{town.path}/bans/{person.id}"


async def test_a_banned_member_is_gone_and_listed(town: Town, ann: Person, bob: Person) -> None:
    assert (await ann.put(path(town, bob), {"reason": "spam"})).json() == {"success": True}
    assert refusal(await bob.get(town.path)) == (403, "Access denied")
    (ban,) = (await ann.get(f"{town.path}/bans")).json()
    assert ban["banned_at"] > 0
    assert ban == {
        "user_id": bob.id, "reason": "spam", "banned_by": ann.id, "banned_at": ban["banned_at"]
    }  # fmt: skip
    assert refusal(await ann.put(path(town, bob))) == (409, "Already exists")


async def test_only_those_who_may_ban_hear_of_bans(
    town: Town, ann: Person, bob: Person, cem: Person, url: str
) -> None:
    await join(town, cem)
    async with (
        listening(url, ann) as hers,
        listening(url, bob) as his,
        listening(url, cem) as theirs,
    ):
        await ann.put(path(town, bob), {"reason": "spam"})
        assert [name for name, _ in await told(hers)] == ["GUILD_BAN_ADD", "GUILD_MEMBER_REMOVE"]
        assert [name for name, _ in await told(his)] == ["GUILD_DELETE"]
        assert [name for name, _ in await told(theirs)] == ["GUILD_MEMBER_REMOVE"]
        await ann.delete(path(town, bob))
        ((name, lifted),) = await told(hers)
        assert (name, lifted["user_id"]) == ("GUILD_BAN_REMOVE", bob.id)
        assert await told(his) == await told(theirs) == []


async def test_somebody_who_never_came_can_be_banned(town: Town, ann: Person, cem: Person) -> None:
    assert (await ann.put(path(town, cem))).status_code == 200
    assert (await town.shown())["member_count"] == 2
    assert (await ann.delete(path(town, cem))).json() == {"success": True}
    assert refusal(await ann.delete(path(town, cem))) == (404, "Ban not found")
    for nothing in (f"{town.path}/bans/77", f"/servers/77/bans/{cem.id}"):
        assert refusal(await ann.put(nothing)) == (404, "Server or user not found")


async def test_banning_needs_the_right_and_a_higher_place(
    town: Town, ann: Person, bob: Person, cem: Person
) -> None:
    for method, where in (("GET", f"{town.path}/bans"), ("DELETE", path(town, cem))):
        assert refusal(await bob.ask(method, where)) == (403, "Permission denied")
        assert refusal(await cem.ask(method, where)) == (403, "Access denied")
    assert refusal(await bob.put(path(town, cem))) == (403, "Permission denied")
    await allow(town, bob, "members.ban")
    for above in (ann, bob):
        assert refusal(await bob.put(path(town, above))) == (403, "Permission denied")
    assert refusal(await bob.put(f"{town.path}/bans/77")) == (404, "Server or user not found")
    answer = await bob.put(path(town, cem), {"reason": "x" * 513})
    assert refusal(answer) == (400, "Invalid input: reason")


async def test_what_a_banned_member_said_lately_goes_with_them(
    town: Town, ann: Person, bob: Person, url: str
) -> None:
    his = [(await bob.say(town.general, f"spam {number}"))["id"] for number in range(3)]
    hers = (await ann.say(town.general, "please stop"))["id"]
    async with listening(url, ann) as line:
        await ann.put(path(town, bob), {"delete_message_days": 1})
        await cleared(ann)
        deleted = [d for name, d in await told(line) if name == "MESSAGE_DELETE_BULK"]
        assert [each["channel_id"] for each in deleted] == [town.general]
        assert sorted(deleted[0]["message_ids"]) == his
    left = (await ann.get(f"/channels/{town.general}/messages")).json()
    assert [message["id"] for message in left] == [hers]


async def test_more_words_than_one_call_deletes_go_in_several(
    town: Town, ann: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leftovers, "MESSAGES_AT_ONCE", 2)
    for number in range(5):
        await bob.say(town.general, f"spam {number}")
    await ann.put(path(town, bob), {"delete_message_days": 7})
    await cleared(ann)
    assert (await ann.get(f"/channels/{town.general}/messages")).json() == []


async def test_words_are_kept_unless_they_are_to_go(town: Town, ann: Person, bob: Person) -> None:
    said = await bob.say(town.general, "hello")
    for days in (-1, 8):
        answer = await ann.put(path(town, bob), {"delete_message_days": days})
        assert refusal(answer) == (400, "Invalid input: delete_message_days")
    assert (await ann.put(path(town, bob))).status_code == 200
    await cleared(ann)
    (left,) = (await ann.get(f"/channels/{town.general}/messages")).json()
    assert left["id"] == said["id"]


async def test_bans_are_in_the_audit_log(town: Town, ann: Person, bob: Person) -> None:
    await ann.put(path(town, bob), {"reason": "spam"})
    await ann.delete(path(town, bob))
    lifted, banned = (await ann.get(f"{town.path}/audit-logs?limit=2")).json()
    assert (banned["action"], banned["target_name"]) == ("member_ban", "bob")
    assert banned["reason"] == "spam"
    assert (lifted["action"], lifted["target_id"]) == ("member_unban", bob.id)
