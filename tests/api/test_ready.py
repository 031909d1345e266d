"""The picture a session begins with, and the law that keeps it true."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from plexichat.app import House
from tests import pictures
from tests.api.line import listening
from tests.cast import Person
from tests.giving import give

Picture = dict[str, Any]


async def test_ready_says_who_and_where_one_is(url: str, ann: Person) -> None:
    async with listening(url, ann) as line:
        ready = line.ready
    assert ready["v"] == 10
    assert ready["user"] == {
        "id": ann.id,
        "username": "ann",
        "avatar": None,
        "avatar_url": None,
        "email": "ann@example.org",
        "email_verified": False,
        "badges": [],
        "discriminator": "0",
        "bot": False,
    }
    assert len(ready["session_id"]) == 32
    assert int(ready["session_id"], 16) >= 0
    assert ready["resume_gateway_url"] == "ws://127.0.0.1:8000/gateway"
    assert ready["application"] == {"id": ann.id, "flags": 0}
    assert ready["guilds"] == ready["private_channels"] == ready["relationships"] == []
    assert ready["settings"] == (await ann.get("/users/@me/messaging-settings")).json()
    assert ready["server_version"] == "a.1.0-49"


async def test_ready_shows_what_http_shows(url: str, ann: Person, bob: Person) -> None:
    await bob.say(await bob.dm(ann), "hello")
    await bob.post("/relationships", {"user_id": ann.id, "message": "it is me"})
    async with listening(url, ann) as line:
        assert line.ready["private_channels"] == (await ann.get("/users/@me/channels")).json()
        assert line.ready["relationships"] == (await ann.get("/relationships/@me")).json()


async def test_a_friend_with_an_open_socket_is_shown_as_online(
    url: str, ann: Person, bob: Person
) -> None:
    await befriend(ann, bob)
    async with listening(url, bob), listening(url, ann) as line:
        picture = facts(line.ready)
        while bob.id not in picture["presences"]:
            frame = await line.hear()
            apply(picture, frame["t"], frame["d"])
        async with listening(url, ann) as again:
            assert facts(again.ready) == picture
        assert picture["presences"][bob.id]["status"] == "online"


async def befriend(ann: Person, bob: Person) -> None:
    await ann.post("/relationships", {"user_id": bob.id})
    await bob.put(f"/relationships/{ann.id}/accept")


async def unfriend(ann: Person, bob: Person) -> None:
    await befriend(ann, bob)
    await ann.delete(f"/relationships/{bob.id}")


async def ask(ann: Person, bob: Person) -> None:
    await ann.post("/relationships", {"user_id": bob.id, "message": "it is me"})


async def block(ann: Person, bob: Person) -> None:
    await befriend(ann, bob)
    await ann.post("/relationships/block", {"user_id": bob.id})


async def write(ann: Person, bob: Person) -> None:
    await ann.say(await ann.dm(bob), "hello")


async def answer(ann: Person, bob: Person) -> None:
    channel = await ann.dm(bob)
    await ann.say(channel, "hello")
    await bob.say(channel, "hello yourself")
    await ann.say(channel, "how are you?")


async def read(ann: Person, bob: Person) -> None:
    channel = await ann.dm(bob)
    await bob.say(channel, "hello")
    await bob.say(channel, "are you there?")
    await ann.post(f"/channels/{channel}/messages/ack")


async def rename(ann: Person, bob: Person) -> None:
    await ann.dm(bob)
    await ann.patch("/users/@me", {"username": "anna"})


async def change(ann: Person, bob: Person) -> None:
    await ann.patch("/users/@me", {"email": "anna@example.org"})
    await give(ann, "/users/@me/avatar", pictures.picture("PNG"), "me.png")
    await ann.patch("/users/@me/messaging-settings", {"allow_dms_from": "friends"})


VERBS = (befriend, unfriend, ask, block, write, answer, read, rename, change)


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.__name__)
async def test_ready_before_and_the_events_make_ready_after(
    url: str, ann: Person, bob: Person, verb: Callable[[Person, Person], Awaitable[None]]
) -> None:
    async with listening(url, ann) as anns, listening(url, bob) as bobs:
        await verb(ann, bob)
        for person, line in ((ann, anns), (bob, bobs)):
            picture = facts(line.ready)
            for frame in await line.beat():
                apply(picture, frame["t"], frame["d"])
            async with listening(url, person) as after:
                assert picture == facts(after.ready)


def facts(ready: Picture) -> Picture:
    """READY as a client keeps it: by id, and presence in one place."""
    return {
        "user": ready["user"],
        "settings": ready["settings"],
        "channels": {each["id"]: each for each in ready["private_channels"]},
        "relationships": {
            each["user_id"]: {**each, "presence": None} for each in ready["relationships"]
        },
        "unread": dict(ready["unread_counts"]),
        "presences": {each["user_id"]: each for each in ready["presences"]},
    }


def apply(picture: Picture, name: str, d: Any) -> None:
    """What a client does with an event."""
    match name:
        case "CHANNEL_CREATE":
            picture["channels"][d["id"]] = d
        case "MESSAGE_CREATE":
            picture["channels"][d["channel_id"]]["last_message_id"] = d["id"]
            if d["author_id"] != picture["user"]["id"]:
                unread = picture["unread"]
                unread[d["channel_id"]] = unread.get(d["channel_id"], 0) + 1
        case "MESSAGE_ACK" if d["user_id"] == picture["user"]["id"]:
            assert d["message_id"] == picture["channels"][d["channel_id"]]["last_message_id"]
            picture["unread"].pop(d["channel_id"], None)
        case "MESSAGE_ACK" | "NOTIFICATION_CREATE" | "NOTIFICATION_UPDATE" | "NOTIFICATION_DELETE":
            pass
        case "RELATIONSHIP_ADD":
            picture["relationships"][d["user_id"]] = d | {"presence": None}
            if d["status"] != "friend":
                picture["presences"].pop(d["user_id"], None)
        case "RELATIONSHIP_REMOVE":
            del picture["relationships"][d["user_id"]]
            picture["presences"].pop(d["user_id"], None)
        case "PRESENCE_UPDATE" if d["status"] == "offline":
            picture["presences"].pop(d["user_id"], None)
        case "PRESENCE_UPDATE":
            picture["presences"][d["user_id"]] = d
        case "USER_UPDATE" if d["user"]["id"] == picture["user"]["id"]:
            picture |= d
        case "USER_UPDATE":
            for channel in picture["channels"].values():
                if channel["recipient_id"] == d["user"]["id"]:
                    channel["recipient"].update(d["user"])
        case _:
            raise AssertionError(f"nobody knows {name}")


async def test_a_heartbeat_is_use_of_the_session(url: str, ann: Person, house: House) -> None:
    async with listening(url, ann) as line:
        house.live.used()
        await line.beat()
        assert [str(session_id) for _, session_id in house.live.used()] == [
            ann.token.partition(".")[0]
        ]
