"""One socket's talk: who it is, what it says to others, and to whom that is passed on.

What the client would echo is dropped: the house has told it already. The rest is passed on as from
the person whose socket it is, whatever the frame claims.
"""

import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import msgspec

from plexichat.core import channels, permissions, presence, relationships, users
from plexichat.core.audiences import attend
from plexichat.core.errors import Refusal, Unauthenticated
from plexichat.core.events import Audience, Viewers
from plexichat.core.sessions import Me
from plexichat.gateway.session import Session
from plexichat.gateway.socket import Socket
from plexichat.gateway.wire import Closing
from plexichat.wryft.dialect import read_id, uuid
from plexichat.wryft.events import Frame, frame
from plexichat.wryft.subjects import Subject, find

if TYPE_CHECKING:
    from plexichat.wryft.sockets import Sockets

INTRODUCTION_SECONDS = 10

FAULT = Closing(4000, "Unknown error")
NOT_AUTHENTICATED = Closing(4001, "Not authenticated")
OVERSIZED = Closing(4002, "Frame too large")
NOT_ALLOWED = Closing(4003, "Access denied")
TOO_MUCH = Closing(4008, "Rate limited")
SHUTDOWN = Closing(1001, "Server shutdown")


class Conversation:
    def __init__(self, sockets: "Sockets", socket: Socket, place: str) -> None:
        self._sockets = sockets
        self._house = sockets.house
        self._socket = socket
        self._place = place
        self._number = next(sockets.numbers)
        self._me: Me | None = None
        self._name = ""
        self._subject: Subject | None = None
        self._session: Session | None = None
        self._seen = True  # whether others may notice that this person comes and goes

    def wait(self) -> None:
        """Nobody has said yet who this is."""
        self._socket.expect(INTRODUCTION_SECONDS, NOT_AUTHENTICATED)

    async def enter(self, me: Me, subject: Subject) -> None:
        """From now on the socket hears what is about its subject."""
        house = self._house
        self._me, self._subject = me, subject
        self._session = session = house.hub.attach(
            self._socket, me.id, me.session_id, topic=subject.topic
        )
        await house.db.write(attend, me.id, house.audiences.known())
        self._seen = not await house.db.read(presence.hides, me.id)
        self._name = (await house.db.read(users.get, me.id)).username
        session.begin()
        if subject.channel is not None:
            self._sockets.visits.note(me.id, subject.channel)
        self._announce("user_joined")

    def left(self) -> None:
        """The socket is gone."""
        if self._me is not None:
            self._seen = self._seen and not self._house.presence.hides(self._me.id)
            self._announce("user_left")

    async def hear(self, said: str | bytes) -> None:
        verdict = self._house.limits.take("wryft_frames", self._number)
        if verdict is not None and verdict.retry_after > 0:
            self._socket.close(TOO_MUCH)
            return
        try:
            told = msgspec.json.decode(said, type=dict[str, Any])
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            return
        with suppress(Refusal):
            if self._me is None:
                await self._introduce(told)
            else:
                await self._relay(self._me, told)

    async def _introduce(self, told: Frame) -> None:
        token = told.get("token")
        if told.get("type") != "auth" or not isinstance(token, str):
            return
        try:
            me = self._sockets.whoever([token])
        except Unauthenticated:
            self._socket.close(NOT_AUTHENTICATED)
            return
        try:
            subject = await self._house.db.read(find, me.id, self._place)
        except Refusal:
            self._socket.close(NOT_ALLOWED)
            return
        self._socket.expect(float("inf"), NOT_AUTHENTICATED)
        await self.enter(me, subject)

    async def _relay(self, me: Me, told: Frame) -> None:
        """Pass a frame on, if it is one of those that are for others."""
        assert self._subject is not None
        kind, (topic, _) = told.get("type"), self._subject.topic
        relay = RELAYS.get((topic, kind)) if isinstance(kind, str) else None
        if relay is not None:
            self._house.live.touch(me.session_id, int(time.time() * 1000))
            await relay(self, me, told)

    async def _voice(self, me: Me, told: Frame) -> None:
        """A step of a connection, to everybody in the voice channel; who it is for picks it up."""
        if self._is_mine(me, told):
            self._pass_on(told)

    async def _voice_joined(self, me: Me, told: Frame) -> None:
        if self._is_mine(me, told):
            here = {"peerId": uuid(me.id), "username": self._name, "channelId": told["channelId"]}
            self._pass_on({"type": "voice_user_joined", **here})

    async def _voice_left(self, me: Me, told: Frame) -> None:
        if self._is_mine(me, told):
            here = {"peerId": uuid(me.id), "channelId": told["channelId"]}
            self._pass_on({"type": "voice_user_left", **here})

    async def _voice_moved(self, me: Me, told: Frame) -> None:
        """Who came to a voice channel or left it, to those of the server who may view it."""
        assert self._subject is not None
        server_id = self._subject.topic[1]
        if told.get("peerId") != uuid(me.id) or not isinstance(told.get("channelId"), str):
            return
        channel = await self._house.db.read(
            channels.get, me.id, read_id(told["channelId"], "channel"), needed=permissions.VIEW
        )
        if channel.server_id == server_id:
            if "username" in told:
                told["username"] = self._name
            self._pass_on(told, Viewers(server_id, channel.id))

    async def _signal(self, me: Me, told: Frame) -> None:
        await self._reach(me, told.get("to_user_id"), {**told, "from_user_id": uuid(me.id)})

    async def _call(self, me: Me, told: Frame) -> None:
        call_id, callee = told.get("call_id"), told.get("callee_id")
        reached = await self._reach(me, callee, {**told, "caller_id": uuid(me.id)})
        if reached and isinstance(call_id, str):
            self._sockets.calls.note(call_id, me.id, read_id(str(callee), "user"))

    async def _respond(self, me: Me, told: Frame) -> None:
        await self._reach(me, told.get("caller_id"), told)

    async def _hang_up(self, me: Me, told: Frame) -> None:
        """The client seldom says who the other side is; the call does."""
        other = told.get("other_user_id")
        if not isinstance(other, str):
            found = self._sockets.calls.other(str(told.get("call_id")), me.id)
            other = None if found is None else uuid(found)
        await self._reach(me, other, {**told, "ended_by": uuid(me.id)})

    async def _reach(self, me: Me, user_id: object, told: Frame) -> bool:
        """Say something to another person's own sockets, if the two have to do with each other."""
        if not isinstance(user_id, str):
            return False
        other = read_id(user_id, "user")
        await self._house.db.read(relationships.refuse_strangers, me.id, other)
        self._sockets.tell(other, told)
        return True

    def _is_mine(self, me: Me, told: Frame) -> bool:
        """Whether a frame speaks of its own person, in the channel that its socket is about."""
        assert self._subject is not None
        here = uuid(self._subject.topic[1])
        return told.get("peerId") == uuid(me.id) and told.get("channelId") == here

    def _pass_on(self, told: Frame, audience: Audience | None = None) -> None:
        assert self._subject is not None
        payload = frame(told, self._subject.topic)
        self._sockets.pass_on(payload, audience or self._subject.audience)

    def _announce(self, kind: str) -> None:
        assert self._me is not None
        alone = None if self._seen else frozenset((self._me.id,))
        self._pass_on({"type": kind, "user": self._name}, alone)


Relay = Callable[[Conversation, Me, Frame], Awaitable[None]]

RELAYS: dict[tuple[str, str], Relay] = {
    ("voice", "voice_join"): Conversation._voice_joined,
    ("voice", "voice_leave"): Conversation._voice_left,
    ("voice", "voice_offer"): Conversation._voice,
    ("voice", "voice_answer"): Conversation._voice,
    ("voice", "voice_ice_candidate"): Conversation._voice,
    ("server", "voice_user_joined"): Conversation._voice_moved,
    ("server", "voice_user_left"): Conversation._voice_moved,
    ("user", "webrtc_signal"): Conversation._signal,
    ("user", "incoming_call"): Conversation._call,
    ("user", "call_response"): Conversation._respond,
    ("user", "call_ended"): Conversation._hang_up,
}
