"""Members: who is listed, and who may name, silence and send away whom."""

import asyncio
import time

import pytest

from plexichat.core import servers
from plexichat.core.errors import Invalid
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
    return f"{town.path}/members/{person.id}"


async def test_members_are_listed_by_id(town: Town, ann: Person, bob: Person) -> None:
    role_id = await allow(town, bob, "members.kick")
    listed = (await bob.get(f"{town.path}/members")).json()
    assert [member["user_id"] for member in listed] == [ann.id, bob.id]
    his = listed[1]
    assert his["joined_at"] > 0
    assert his == {
        "member_id": bob.id, "user_id": bob.id, "username": "bob", "nickname": None,
        "avatar_url": None, "joined_at": his["joined_at"], "roles": [role_id],
        "presence": {"status": "offline"}, "badges": [], "timeout_until": None,
        "timeout_reason": None,
    }  # fmt: skip
    assert (await ann.get(path(town, bob))).json() == his


async def test_a_list_of_members_goes_on_after_the_last_one(
    town: Town, ann: Person, bob: Person
) -> None:
    first = (await bob.get(f"{town.path}/members?limit=1")).json()
    rest = (await bob.get(f"{town.path}/members?after={first[0]['user_id']}")).json()
    assert [member["user_id"] for member in first + rest] == [ann.id, bob.id]
    for query in ("limit=0", "limit=1001", "limit=x"):
        answer = await bob.get(f"{town.path}/members?{query}")
        assert refusal(answer) == (400, "Invalid input: limit")
    answer = await bob.get(f"{town.path}/members?after=bob")
    assert refusal(answer) == (400, "Invalid user ID")


async def test_who_is_here_is_listed_as_they_show_themselves(
    town: Town, ann: Person, bob: Person, url: str
) -> None:
    async with listening(url, bob) as line:
        await bob.put("/users/@me/presence", {"status": "dnd"})
        await line.beat()
        assert (await ann.get(path(town, bob))).json()["presence"] == {"status": "dnd"}


async def test_a_stranger_sees_no_members(town: Town, cem: Person, ann: Person) -> None:
    for where in (f"{town.path}/members", path(town, ann)):
        assert refusal(await cem.get(where)) == (403, "Access denied")
    assert refusal(await ann.get(path(town, cem))) == (404, "Member not found")
    assert refusal(await ann.get(f"{town.path}/members/cem")) == (400, "Invalid member ID")
    assert refusal(await ann.get("/servers/77/members")) == (404, "Server not found")


async def test_a_kicked_member_hears_no_more_and_the_others_hear_of_it(
    town: Town, ann: Person, bob: Person, url: str
) -> None:
    async with listening(url, bob) as his, listening(url, ann) as hers:
        assert (await ann.delete(path(town, bob))).json() == {"success": True}
        ((name, gone),) = await told(his)
        assert (name, gone["id"]) == ("GUILD_DELETE", town.id)
        ((name, left),) = await told(hers)
        assert (name, left["user"]) == ("GUILD_MEMBER_REMOVE", {"id": bob.id})
    assert refusal(await bob.get(town.path)) == (403, "Access denied")


async def test_kicking_needs_the_right_and_a_higher_place(
    town: Town, ann: Person, bob: Person, cem: Person
) -> None:
    await join(town, cem)
    assert refusal(await bob.delete(path(town, cem))) == (403, "Permission denied")
    await allow(town, bob, "members.kick", position=1)
    await allow(town, cem, "messages.manage", position=1)
    for above in (ann, cem, bob):
        assert refusal(await bob.delete(path(town, above))) == (403, "Permission denied")
    await allow(town, bob, "members.kick", position=2)
    assert (await bob.delete(path(town, cem))).status_code == 200
    assert refusal(await bob.delete(path(town, cem))) == (404, "Member not found")


async def test_ones_own_nickname_is_free_and_others_are_for_whoever_may(
    town: Town, ann: Person, bob: Person, url: str
) -> None:
    async with listening(url, ann) as line:
        named = (await bob.patch(path(town, bob), {"nickname": " Bobby "})).json()
        assert named["nickname"] == "Bobby"
        ((name, changed),) = await told(line)
        assert name == "GUILD_MEMBER_UPDATE"
        assert changed["user"] == {"id": bob.id}
        assert changed["nick"] == "Bobby"
        assert (await bob.patch(path(town, bob), {})).json() == named
        assert await told(line) == []
    assert refusal(await bob.patch(path(town, ann), {"nickname": "Annie"})) == (
        403, "Permission denied",
    )  # fmt: skip
    long = await bob.patch(path(town, bob), {"nickname": "x" * 33})
    assert refusal(long) == (400, "Invalid input: nickname")
    assert (await ann.patch(path(town, bob), {"nickname": None})).json()["nickname"] is None


async def test_a_right_to_name_does_not_reach_those_above(
    town: Town, ann: Person, bob: Person
) -> None:
    await allow(town, bob, "members.manage_nicknames", "members.kick")
    for wanted in ({"nickname": "Annie"}, {"timeout_until": int(time.time()) + 60}):
        assert refusal(await bob.patch(path(town, ann), wanted)) == (403, "Permission denied")


async def test_a_timed_out_member_may_not_speak_until_it_ends(
    town: Town, ann: Person, bob: Person, url: str
) -> None:
    until = int(time.time()) + 600
    async with listening(url, bob) as line:
        wanted = {"timeout_until": until, "timeout_reason": "shouting"}
        silenced = (await ann.patch(path(town, bob), wanted)).json()
        assert (silenced["timeout_until"], silenced["timeout_reason"]) == (until, "shouting")
        ((name, changed),) = await told(line)
        assert (name, changed["timeout_until"]) == ("GUILD_MEMBER_UPDATE", until)
    assert not (await bob.get(f"{town.path}/permissions")).json()["messages.send"]
    longer = (await ann.patch(path(town, bob), {"timeout_until": (until + 60) * 1000})).json()
    assert longer["timeout_until"] == until + 60
    lifted = (await ann.patch(path(town, bob), {"timeout_until": None})).json()
    assert lifted["timeout_until"] is lifted["timeout_reason"] is None
    assert (await bob.get(f"{town.path}/permissions")).json()["messages.send"]


async def test_a_time_out_needs_the_right_and_a_time_to_come(
    town: Town, ann: Person, bob: Person
) -> None:
    now = int(time.time())
    answer = await bob.patch(path(town, ann), {"timeout_until": now + 60})
    assert refusal(answer) == (403, "Permission denied")
    answer = await ann.patch(path(town, ann), {"timeout_until": now + 60})
    assert refusal(answer) == (403, "Permission denied")
    for until in (now - 60, now + 29 * 86400, 1 << 70):
        answer = await ann.patch(path(town, bob), {"timeout_until": until})
        assert refusal(answer) == (400, "Invalid input: timeout_until")


async def test_nobody_escapes_a_time_out_by_leaving(town: Town, ann: Person, bob: Person) -> None:
    until = int(time.time()) + 600
    await ann.patch(path(town, bob), {"timeout_until": until, "timeout_reason": "shouting"})
    await bob.post(f"{town.path}/leave")
    await join(town, bob)
    back = (await ann.get(path(town, bob))).json()
    assert (back["timeout_until"], back["timeout_reason"]) == (until, "shouting")
    await ann.patch(path(town, bob), {"timeout_until": None})
    await bob.post(f"{town.path}/leave")
    await join(town, bob)
    assert (await ann.get(path(town, bob))).json()["timeout_until"] is None


async def test_a_server_has_room_for_so_many_members(
    town: Town, cem: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers, "MEMBERS_PER_SERVER", 2)
    with pytest.raises(Invalid, match="Member limit"):
        await join(town, cem)


async def test_a_kicked_member_hears_nothing_of_what_goes_on_and_says_nothing_any_more(
    town: Town, ann: Person, bob: Person, url: str
) -> None:
    where = f"/channels/{town.general}/messages"
    async with listening(url, bob) as his, listening(url, ann) as hers:
        calls = [ann.post(where, {"content": f"{number}"}) for number in range(100)]
        calls.insert(30, ann.delete(path(town, bob)))
        calls[60:60] = [bob.post(where, {"content": "me too"}) for _ in range(20)]
        answers = await asyncio.gather(*calls)
        said = {answer.json()["id"] for answer in answers if "content" in answer.json()}
        his_names = [name for name, _ in await told(his)]
        assert his_names.count("GUILD_DELETE") == 1
        assert his_names[-1] == "GUILD_DELETE"
        heard = [(name, d.get("author_id")) for name, d in await told(hers)]
        left = heard.index(("GUILD_MEMBER_REMOVE", None))
        assert ("MESSAGE_CREATE", bob.id) not in heard[left:]
        assert len([name for name, _ in heard if name == "MESSAGE_CREATE"]) == len(said)
