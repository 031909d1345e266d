"""One evening told in both tongues: whatever one of them does, the other sees at once."""

import json
from typing import Any

from websockets.asyncio.client import connect

from plexichat.wryft.dialect import read_id, uuid
from tests.api.line import Line, listening
from tests.cast import Person
from tests.wryft.cast import named
from tests.wryft.sockets import address, at, hear, heard
from tests.wryft.test_messages import dm, say


def number(id: str) -> str:
    """The id of the one tongue in the other."""
    return str(read_id(id, "thing"))


async def told(line: Line, name: str) -> list[Any]:
    """What a gateway session has heard of a kind of event so far."""
    return [frame["d"] for frame in await line.beat() if frame.get("t") == name]


async def test_asked_in_one_tongue_and_accepted_in_the_other(
    ann: Person, bob: Person, url: str
) -> None:
    async with listening(url, bob) as line:
        asked = await ann.post("/api/friends/requests", {"username": "bob"})
        assert asked.status_code == 200, asked.text
        (event,) = await told(line, "RELATIONSHIP_ADD")
        assert (event["user_id"], event["username"]) == (ann.id, "ann")
        assert (await bob.put(f"/relationships/{ann.id}/accept")).status_code == 200
    (friend,) = (await ann.get("/api/friends")).json()
    assert (friend["user_id"], friend["status"]) == (named(bob), "accepted")
    assert (await bob.delete(f"/relationships/{ann.id}")).status_code == 200
    assert (await ann.get("/api/friends")).json() == []


async def test_written_in_one_and_edited_in_the_other(
    ann: Person, bob: Person, ws: str, url: str
) -> None:
    talk = await dm(ann, bob)
    async with at(ws, f"dm-{talk}", bob) as room, listening(url, bob) as line:
        said = await ann.say(number(talk), "tea?")
        painted = await hear(room, "message")
        assert (number(painted["id"]), painted["text"]) == (said["id"], "tea?")
        path = f"/api/dms/{named(ann)}/{talk}/messages/{painted['id']}"
        assert (await ann.patch(path, {"text": "coffee?"})).status_code == 200
        assert (await hear(room, "message_edited"))["content"] == "coffee?"
        (event,) = await told(line, "MESSAGE_UPDATE")
        assert (event["id"], event["content"]) == (said["id"], "coffee?")
        assert (await ann.delete(path)).status_code == 200
        assert (await hear(room, "message_deleted"))["id"] == painted["id"]
    assert (await bob.get(f"/channels/{number(talk)}/messages")).json() == []


async def test_a_role_taken_in_one_is_silence_in_the_other(
    ann: Person, bob: Person, ws: str, url: str
) -> None:
    guild = (await ann.post("/api/guilds", {"name": "Pottery Club"})).json()
    code = (await ann.post(f"/api/guilds/{guild['id']}/invites")).json()["code"]
    joined = await bob.post(f"/channels/invites/{code}")
    assert joined.status_code == 200, joined.text
    channels = (await bob.get(f"/api/guilds/{guild['id']}/channels")).json()
    (general,) = (each for each in channels if each["name"] == "general")
    server, channel = number(guild["id"]), number(general["id"])

    role = (await ann.post(f"/api/guilds/{guild['id']}/roles", {"name": "Glazer"})).json()
    worn = await ann.post(f"/api/guilds/{guild['id']}/roles/{role['id']}/members",
                          {"user_id": named(bob)})  # fmt: skip
    assert worn.status_code == 200, worn.text
    roles = (await ann.get(f"/servers/{server}/roles")).json()
    (everyone,) = (each["id"] for each in roles if each["is_default"])
    for kind, verdict in ((everyone, "deny"), (number(role["id"]), "allow")):
        path = f"/channels/{channel}/permissions/role/{kind}"
        put = await ann.put(path, {verdict: {"channels.view": True}})
        assert put.status_code == 200, put.text

    place = f"{guild['id']}-general"
    async with at(ws, place, bob) as socket, listening(url, bob) as line:
        await say(ann, place, "for glazers")
        assert (await hear(socket, "message"))["text"] == "for glazers"
        assert [each["content"] for each in await told(line, "MESSAGE_CREATE")] == ["for glazers"]

        taken = await ann.delete(f"/servers/{server}/members/{bob.id}/roles/{number(role['id'])}")
        assert taken.status_code == 200, taken.text
        for count in range(100):
            await (say(ann, place, str(count)) if count % 2 else ann.say(channel, str(count)))
        assert await told(line, "MESSAGE_CREATE") == []
        await socket.close()
        assert [text async for text in socket if json.loads(text)["type"] == "message"] == []
    assert (await bob.get(f"/api/messages/{general['id']}")).status_code == 403
    shown = (await bob.get(f"/api/guilds/{guild['id']}/channels")).json()
    assert general["id"] not in {each["id"] for each in shown}


async def test_presence_and_typing_cross_over(
    ann: Person, bob: Person, ws: str, url: str
) -> None:
    assert (await ann.post("/api/friends/requests", {"username": "bob"})).status_code == 200
    assert (await bob.put(f"/relationships/{ann.id}/accept")).status_code == 200
    talk = await dm(ann, bob)
    async with listening(url, bob) as line, connect(address(ws, f"user-{named(ann)}", ann)):
        assert (await ann.post("/api/presence", {"status": "dnd"})).status_code == 200
        seen = await told(line, "PRESENCE_UPDATE")
        assert seen[-1]["status"] == "dnd"
        assert (await ann.post(f"/api/dms/{talk}/typing")).status_code == 204
        (event,) = await told(line, "TYPING_START")
        assert (event["channel_id"], event["user_id"]) == (number(talk), ann.id)
    async with at(ws, f"user-{named(ann)}", ann) as socket:
        await bob.put("/users/@me/presence", {"status": "idle"})
        while (frame := await hear(socket, "presence_update"))["status"] != "idle":
            pass
        assert frame["user_id"] == named(bob)


async def test_who_is_removed_from_a_guild_hears_no_more(
    ann: Person, bob: Person, ws: str
) -> None:
    guild = (await ann.post("/api/guilds", {"name": "Pottery Club"})).json()
    code = (await ann.post(f"/api/guilds/{guild['id']}/invites")).json()["code"]
    assert (await bob.post(f"/api/invites/{code}/join")).status_code == 200
    place = f"server-{guild['id']}"
    async with at(ws, place, ann) as stays, at(ws, place, bob) as goes:
        kicked = await ann.delete(f"/servers/{number(guild['id'])}/members/{bob.id}")
        assert kicked.status_code == 200, kicked.text
        await heard(stays, ws, place, ann)
        await goes.close()
        told = [json.loads(text) async for text in goes]
        assert [each for each in told if each["type"].startswith("user_")] == []
    assert uuid(int(number(guild["id"]))) == guild["id"]


async def test_a_reaction_of_one_is_seen_in_the_other(
    ann: Person, bob: Person, url: str
) -> None:
    talk = await dm(ann, bob)
    said = await bob.say(number(talk), "cake")
    path = f"/api/dms/messages/{uuid(int(said['id']))}/reactions"
    async with listening(url, bob) as line:
        assert (await ann.post(path, {"emoji": "🍰"})).status_code == 200
        (event,) = await told(line, "MESSAGE_REACTION_ADD")
        assert event["user_id"] == ann.id
    assert (await bob.put(
        f"/channels/{number(talk)}/messages/{said['id']}/reactions/🍰")
    ).status_code == 200  # fmt: skip
    assert [each["user_id"] for each in (await ann.get(path)).json()] == [named(ann), named(bob)]
