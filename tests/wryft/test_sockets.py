"""The sockets of the Wryft dialect, as its client uses them: many, each about one channel."""

import asyncio
import dataclasses
import json
from contextlib import AsyncExitStack
from uuid import uuid4

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from plexichat.app import House
from plexichat.config import Config
from plexichat.config import Wryft as Options
from plexichat.core import events
from plexichat.core.events import Event
from plexichat.wryft.dialect import COOKIE, uuid
from plexichat.wryft.events import word
from tests.api.line import listening
from tests.api.test_reactions import deny
from tests.cast import Join, Person
from tests.town import Town
from tests.town import join as admit
from tests.wryft.cast import named
from tests.wryft.sockets import address, at, closing, general, hear, heard
from tests.wryft.test_messages import dm, say

# What a client of this dialect has no frame for: it asks again when it wants to know.
UNSPOKEN = {
    "AddressesBlocked",
    "Attends", "BanLifted", "Banned", "BlockChanged", "ChannelCreated", "ChannelDeleted",
    "ChannelUpdated", "ConversationCreated", "EmojisChanged", "FilesForgotten", "InviteCreated",
    "InviteDeleted", "Leftovers", "MemberChanged", "MemberJoined", "MemberLeft", "MessagesRead",
    "NotesCreated", "NotificationCreated", "NotificationGone", "NotificationsRead", "PinsChanged",
    "PresenceEnded", "PresenceKept", "ReactionAdded", "ReactionRemoved", "ReactionsCleared",
    "RelationshipChanged", "RoleCreated", "RoleDeleted", "RoleUpdated", "RulesChanged",
    "SecurityAlert", "SecurityLogout", "ServerChanged", "ServerGone", "ServerJoined",
    "SessionOpened", "SessionsClosed", "StandingChanged", "TypingStarted", "TypingStopped",
    "UserUpdated", "WebhooksChanged",
}  # fmt: skip
SPOKEN = {
    "MessageCreated", "MessageDeleted", "MessageUpdated", "MessagesDeleted", "PresenceChanged",
}


def test_every_event_has_a_frame_or_is_known_to_have_none() -> None:
    kinds = {
        name for name, kind in vars(events).items()
        if isinstance(kind, type) and issubclass(kind, Event) and kind is not Event
    }  # fmt: skip
    assert kinds == SPOKEN | UNSPOKEN
    worded = {kind.__name__ for kind in word.registry if kind is not object}
    assert worded == SPOKEN


async def test_what_is_said_reaches_whoever_is_there_in_both_spellings(
    street: Town, ann: Person, bob: Person, ws: str
) -> None:
    async with (
        at(ws, general(street), ann) as named_socket,
        at(ws, uuid(int(street.general)), ann) as plain,
    ):
        said = await say(bob, general(street), "kiln is hot")
        told = {"type": "message", **said, "attachments": []}
        assert await hear(named_socket, "message") == told
        assert await hear(plain, "message") == told
        path = f"/api/messages/{general(street)}/{said['id']}"
        await bob.patch(path, {"text": "kiln is cold"})
        edited = await hear(plain, "message_edited")
        assert (edited["id"], edited["content"]) == (said["id"], "kiln is cold")
        await bob.delete(path)
        assert await hear(plain, "message_deleted") == {
            "type": "message_deleted", "id": said["id"], "channel": said["channel"],
            "channel_id": said["channel_id"],
        }  # fmt: skip


async def test_both_tongues_hear_one_another(
    street: Town, ann: Person, bob: Person, ws: str, url: str
) -> None:
    async with at(ws, general(street), ann) as socket, listening(url, bob) as line:
        await bob.say(street.general, "in one tongue")
        assert (await hear(socket, "message"))["text"] == "in one tongue"
        await line.beat()
        await say(ann, general(street), "in the other")
        (told,) = [frame["d"] for frame in await line.beat() if frame.get("t") == "MESSAGE_CREATE"]
        assert told["content"] == "in the other"


async def test_a_direct_message_is_painted_and_announced(
    ann: Person, bob: Person, ws: str
) -> None:
    talk = await dm(ann, bob)
    async with (
        at(ws, f"dm-{talk}", bob) as room,
        at(ws, f"user-{named(bob)}", bob) as own,
        at(ws, f"user-{named(ann)}", ann) as other,
    ):
        path = f"/api/dms/{named(ann)}/{talk}/messages"
        said = (await ann.post(path, {"text": "tea?"})).json()
        painted = await hear(room, "message")
        assert (painted["channel"], painted["content"]) == (f"dm-{talk}", "tea?")
        assert await hear(own, "dm_message") == {
            "type": "dm_message", "id": said["id"], "dm_id": talk, "author_id": named(ann),
            "author": "ann", "content": "tea?", "timestamp": said["created_at"],
            "attachments": [],
        }  # fmt: skip
        kinds = {told["type"] for told in await heard(other, ws, f"user-{named(ann)}", ann)}
        assert "dm_message" not in kinds


async def test_who_it_is_is_said_by_cookie_query_or_first_frame(
    street: Town, ann: Person, ws: str
) -> None:
    place = general(street)
    for cookie in (f"{COOKIE}={ann.token}", f"a=b; {COOKIE}={ann.token}"):
        async with connect(address(ws, place), additional_headers={"Cookie": cookie}) as socket:
            assert (await hear(socket))["user"] == "ann"
    stale = {"Cookie": f"{COOKIE}=gone"}
    async with connect(address(ws, place, ann), additional_headers=stale) as socket:
        assert (await hear(socket))["user"] == "ann"
    async with connect(address(ws, place)) as socket:
        await socket.send('"noise"')
        await socket.send(json.dumps({"type": "auth", "token": ann.token}))
        assert await hear(socket) == {"type": "user_joined", "user": "ann"}


async def test_who_proves_nothing_hears_nothing(
    street: Town, ann: Person, cem: Person, ws: str
) -> None:
    async with connect(address(ws, general(street))) as silent:
        await say(ann, general(street), "for members")
        for token, code in (("gone", 4001), (cem.token, 4003)):
            async with connect(address(ws, general(street))) as socket:
                await socket.send(json.dumps({"type": "auth", "token": token}))
                assert await closing(socket) == code
        await silent.close()
        assert [said async for said in silent] == []


@pytest.mark.parametrize(
    ("place", "status"),
    [
        ("{guild}-general", 403), ("{channel}", 403), ("{guild}-kiln", 403),
        ("server-{guild}", 403), ("user-{ann}", 403), ("voice-{channel}", 403),
        ("soup", 400), ("user-soup", 400), ("dm-7", 400), ("{nothing}", 404),
        ("server-{nothing}", 404),
    ],
)  # fmt: skip
async def test_a_stranger_is_refused_in_the_handshake(
    street: Town, ann: Person, cem: Person, ws: str, place: str, status: int
) -> None:
    filled = place.format(
        guild=uuid(street.number), channel=uuid(int(street.general)), ann=named(ann),
        nothing=uuid4(),
    )  # fmt: skip
    with pytest.raises(InvalidStatus) as refused:
        await connect(address(ws, filled, cem))
    response = refused.value.response
    assert response.status_code in (status, 404 if "guild" in place else status)
    assert json.loads(response.body)["status"] == response.status_code


async def test_a_handshake_that_lacks_something_is_refused(
    street: Town, ann: Person, ws: str
) -> None:
    for query in ("", "?channel=x", "?user=ann", "?channel=&user=ann"):
        with pytest.raises(InvalidStatus) as refused:
            await connect(ws + query)
        assert refused.value.response.status_code == 400
    for headers, status in (
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://[elsewhere"}, 403),
        ({"Cookie": f"{COOKIE}=gone"}, 401),
    ):
        with pytest.raises(InvalidStatus) as refused:
            await connect(address(ws, general(street)), additional_headers=headers)
        assert refused.value.response.status_code == status
    ours = ws.replace("ws://", "http://").removesuffix("/ws")
    for origin in (ours, f"{ours.rpartition(':')[0]}:5173"):
        page = {"Origin": origin}
        async with connect(address(ws, general(street), ann), additional_headers=page) as socket:
            assert (await hear(socket))["type"] == "user_joined"


async def test_who_loses_a_channel_hears_no_more_of_it(
    street: Town, ann: Person, bob: Person, ws: str
) -> None:
    async with at(ws, general(street), bob) as socket:
        await say(ann, general(street), "before")
        assert (await hear(socket, "message"))["text"] == "before"
        await deny(street, "channels.view")
        for number in range(200):
            await say(ann, general(street), f"after {number}")
        await socket.close()
        assert [json.loads(said)["type"] async for said in socket if "after" in str(said)] == []


async def test_the_copies_of_a_client_are_dropped(
    street: Town, ann: Person, bob: Person, ws: str
) -> None:
    place = general(street)
    async with at(ws, place, ann) as socket, at(ws, place, bob) as other:
        for kind in ("message", "message_edited", "message_deleted", "typing", "nonsense"):
            forged = {"type": kind, "id": str(uuid4()), "channel": place, "content": "forged"}
            await other.send(json.dumps({**forged, "author": "ann#undefined"}))
        for noise in ("", "not json", "[]", "7", '{"type": 5}', "{" * 2000):
            await other.send(noise)
        await other.send(b"\x00\xff")
        await asyncio.sleep(0)
        said = await say(bob, place, "real")
        assert (await hear(socket, "message"))["id"] == said["id"]


async def test_presence_is_told_to_those_who_know_the_person(
    street: Town, ann: Person, bob: Person, cem: Person, ws: str
) -> None:
    async with (
        at(ws, f"user-{named(ann)}", ann) as one,
        at(ws, f"user-{named(cem)}", cem) as stranger,
    ):
        await bob.put("/users/@me/presence", {"status": "dnd"})
        while (told := await hear(one, "presence_update"))["status"] != "dnd":
            pass
        assert told["userId"] == told["user_id"] == named(bob)
        seen = await heard(stranger, ws, f"user-{named(cem)}", cem)
        assert [each for each in seen if each.get("userId") != named(cem)] == []


async def test_who_hides_comes_and_goes_unseen(
    street: Town, ann: Person, bob: Person, ws: str
) -> None:
    await bob.put("/users/@me/presence", {"status": "invisible"})
    async with at(ws, general(street), ann) as socket:
        async with at(ws, general(street), bob):
            pass
        told = await heard(socket, ws, general(street), ann)
        assert [each for each in told if each.get("user") == "bob"] == []


async def test_who_hides_while_there_goes_unseen(
    street: Town, ann: Person, bob: Person, ws: str
) -> None:
    async with at(ws, general(street), ann) as socket:
        for status in ("dnd", "invisible"):
            await bob.put("/users/@me/presence", {"status": "online"})
            async with at(ws, general(street), bob):
                while (await hear(socket, "user_joined"))["user"] != "bob":
                    pass
                await bob.put("/users/@me/presence", {"status": status})
            if status == "dnd":
                assert (await hear(socket, "user_left"))["user"] == "bob"
        told = await heard(socket, ws, general(street), ann)
        assert {"type": "user_left", "user": "bob"} not in told


async def test_a_revoked_token_closes_its_sockets(street: Town, ann: Person, ws: str) -> None:
    async with at(ws, general(street), ann) as socket:
        await ann.post("/auth/logout")
        assert await closing(socket) == 4004


class TestCrowds:
    @pytest.fixture
    def config(self, config: Config) -> Config:
        return dataclasses.replace(config, wryft=Options(max_sockets_per_user=3))

    async def test_one_socket_too_many_closes_the_oldest(
        self, street: Town, ann: Person, ws: str, house: House
    ) -> None:
        async with AsyncExitStack() as stack:
            sockets = [
                await stack.enter_async_context(connect(address(ws, general(street), ann)))
                for _ in range(4)
            ]
            assert await closing(sockets[0]) == 4008
            said = await say(ann, general(street), "still here")
            for socket in sockets[1:]:
                assert (await hear(socket, "message"))["id"] == said["id"]


def test_a_person_may_hold_thirty_two() -> None:
    assert Options().max_sockets_per_user >= 32


async def test_thirty_friends_come_in_at_once(street: Town, join: Join, ws: str) -> None:
    people = [await join(f"guest{number}") for number in range(10)]
    await admit(street, *people)
    async with AsyncExitStack() as stack:
        places = [(person, general(street)) for person in people for _ in range(3)]
        sockets = await asyncio.gather(
            *(
                stack.enter_async_context(connect(address(ws, place, person), max_queue=None))
                for person, place in places
            )
        )
        said = await say(street.owner, general(street), "welcome")
        for socket in sockets:
            assert (await hear(socket, "message"))["id"] == said["id"]
