"""Bans: who is kept out of a server, by whom, and who hears of it."""

import pytest

from tests.api.line import listening
from tests.api.test_servers import told
from tests.cast import Person, refusal
from tests.town import Town, allow, found, join


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
