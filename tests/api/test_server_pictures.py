"""What a session is told of servers at its start, on request, and of the people in them."""

from typing import Any

import pytest

from tests.api.friends import befriend, block, remove
from tests.api.line import Line, listening
from tests.api.test_servers import told
from tests.cast import Person
from tests.town import Town, allow, found, join


@pytest.fixture
async def town(ann: Person, bob: Person) -> Town:
    """Ann's server, in which bob is a member."""
    made = await found(ann)
    await join(made, bob)
    return made


async def presences(line: Line) -> list[tuple[str, str]]:
    return [
        (said["d"]["user_id"], said["d"]["status"])
        for said in await line.beat()
        if said["t"] == "PRESENCE_UPDATE"
    ]


async def both_here(one: Line, ann: Person, other: Line, bob: Person) -> None:
    """Wait until it is settled that these two are here, and told."""
    for person in (ann, bob):
        await person.put("/users/@me/presence", {"status": "online"})
    for line in (one, other):
        await line.beat()


def seen(line: Line) -> dict[str, str]:
    return {each["user_id"]: each["status"] for each in line.ready["presences"]}


async def test_a_session_begins_with_ones_servers(
    town: Town, ann: Person, bob: Person, url: str
) -> None:
    await allow(town, bob, "members.kick")
    await bob.patch(f"{town.path}/members/{bob.id}", {"nickname": "Bobby"})
    async with listening(url, bob) as line:
        (guild,) = line.ready["guilds"]
    server = (await bob.get(town.path)).json()
    assert {field: guild[field] for field in server} == server
    assert guild["unavailable"] is False
    assert guild["voice_states"] == []
    assert [channel["id"] for channel in guild["channels"]] == [town.general]
    assert [role["name"] for role in guild["roles"]] == ["sheriff", "@everyone"]
    (himself,) = guild["members"]
    assert (himself["user"]["id"], himself["nick"]) == (bob.id, "Bobby")
    assert len(himself["roles"]) == 1


async def test_a_server_joined_is_shown_as_a_new_session_would_show_it(
    town: Town, bob: Person, cem: Person, url: str
) -> None:
    async with listening(url, cem) as line:
        await join(town, cem)
        ((_, joined),) = await told(line)
    members = joined.pop("members")
    assert [each["user_id"] for each in members] == [town.owner.id, bob.id, cem.id]
    for each, listed in zip(members, (await cem.get(f"{town.path}/members")).json(), strict=True):
        assert {key: each[key] for key in listed if key != "presence"} == {
            key: value for key, value in listed.items() if key != "presence"
        }
    async with listening(url, cem) as line:
        (guild,) = line.ready["guilds"]
        assert guild.pop("members") == members[2:]
        assert guild == joined


async def test_members_of_one_server_see_who_is_here(
    town: Town, ann: Person, bob: Person, cem: Person, url: str
) -> None:
    async with listening(url, ann) as hers, listening(url, cem) as strange:
        await ann.put("/users/@me/presence", {"status": "online"})
        async with listening(url, bob) as his:
            assert seen(his)[ann.id] == "online"
            await bob.put("/users/@me/presence", {"status": "idle"})
            assert (bob.id, "idle") in await presences(hers)
        assert await presences(strange) == []


async def test_who_joins_is_shown_who_is_here_and_is_shown_to_them(
    town: Town, ann: Person, cem: Person, url: str
) -> None:
    async with listening(url, ann) as hers, listening(url, cem) as theirs:
        await both_here(hers, ann, theirs, cem)
        await join(town, cem)
        (guild,) = [said["d"] for said in await theirs.beat() if said["t"] == "GUILD_CREATE"]
        assert (ann.id, "online") in [(p["user_id"], p["status"]) for p in guild["presences"]]
        assert await presences(hers) == [(cem.id, "online")]


async def test_a_blocked_pair_is_offline_to_one_another(
    town: Town, ann: Person, bob: Person, url: str
) -> None:
    async with listening(url, ann) as hers, listening(url, bob) as his:
        await both_here(hers, ann, his, bob)
        await block(ann, bob)
        assert await presences(hers) == [(bob.id, "offline")]
        assert await presences(his) == [(ann.id, "offline")]
        await bob.put("/users/@me/presence", {"status": "dnd"})
        assert await presences(hers) == []
        listed = (await ann.get(f"{town.path}/members/{bob.id}")).json()
        assert listed["presence"] == {"status": "offline"}
        async with listening(url, bob) as again:
            assert ann.id not in seen(again)
        await his.beat()
        await remove(ann, bob)
        assert await presences(hers) == [(bob.id, "dnd")]
        assert await presences(his) == [(ann.id, "online")]


async def test_a_new_name_reaches_the_members_of_the_same_servers(
    town: Town, ann: Person, bob: Person, cem: Person, url: str
) -> None:
    await befriend(ann, bob)
    async with listening(url, bob) as his, listening(url, cem) as strange:
        await ann.patch("/users/@me", {"username": "anna"})
        ((name, change),) = await told(his)
        assert (name, change["user"]["username"]) == ("USER_UPDATE", "anna")
        assert await told(strange) == []


async def chunks(line: Line, **wanted: Any) -> list[Any]:
    await line.say(8, **wanted)
    return [d for name, d in await told(line) if name == "GUILD_MEMBERS_CHUNK"]


async def test_a_socket_that_asks_is_told_the_members(
    town: Town, ann: Person, bob: Person, url: str
) -> None:
    async with listening(url, bob) as asking, listening(url, ann) as other:
        (chunk,) = await chunks(asking, guild_id=town.id)
        assert await told(other) == []
        assert chunk["guild_id"] == chunk["server_id"] == town.id
        assert (chunk["chunk_index"], chunk["chunk_count"], chunk["not_found"]) == (0, 1, [])
        assert chunk["members"] == (await bob.get(f"{town.path}/members")).json()


async def test_members_can_be_asked_for_by_name_and_by_id(
    town: Town, ann: Person, bob: Person, cem: Person, url: str
) -> None:
    await ann.patch(f"{town.path}/members/{ann.id}", {"nickname": "Mayor_1"})

    def names(chunk: Any) -> list[str]:
        return [member["username"] for member in chunk["members"]]

    async with listening(url, bob) as line:
        for query, expected in (("BO", ["bob"]), ("mayor_", ["ann"]), ("%", []), ("o", [])):
            (chunk,) = await chunks(line, guild_id=town.id, query=query)
            assert names(chunk) == expected
        (chunk,) = await chunks(line, guild_id=town.id, user_ids=[bob.id, cem.id])
        assert (names(chunk), chunk["not_found"]) == (["bob"], [cem.id])
        (chunk,) = await chunks(line, guild_id=town.id, limit=1)
        assert names(chunk) == ["ann"]


async def test_a_stranger_who_asks_for_members_hears_nothing(
    town: Town, cem: Person, url: str
) -> None:
    async with listening(url, cem) as line:
        for guild_id in (town.id, "77", "maple"):
            assert await chunks(line, guild_id=guild_id) == []
        await line.say(8)
        assert (await line.hangup())[0] == 4002


async def test_a_list_of_members_goes_out_in_chunks_with_what_changes_after_them(
    town: Town, ann: Person, bob: Person, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plexichat.api.conversation.MEMBERS_AT_ONCE", 1)
    async with listening(url, bob) as line:
        await line.beat()
        await line.say(8, guild_id=town.id)
        await ann.patch(f"{town.path}/members/{bob.id}", {"nickname": "Bobby"})
        nickname = None
        for name, d in await told(line):
            if name == "GUILD_MEMBERS_CHUNK":
                assert d["chunk_count"] == 2
                for member in d["members"]:
                    nickname = member["nickname"] if member["user_id"] == bob.id else nickname
            elif name == "GUILD_MEMBER_UPDATE":
                nickname = d["nick"]
        assert nickname == "Bobby"
