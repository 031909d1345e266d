"""One conversation with a client of the gateway (contract 16, sections 1 to 5).

HELLO, then IDENTIFY or RESUME, then dispatches. A frame that breaks a rule closes the socket with
the code that names the rule; whether the session may be resumed is for the client to know.
"""

import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from msgspec import Raw, Struct

from plexichat.api import shapes
from plexichat.api.frames import (
    ALREADY_AUTHENTICATED,
    AUTHENTICATION_FAILED,
    DECODE_ERROR,
    HEARTBEAT,
    HEARTBEAT_ACK,
    HELLO,
    IDENTIFY,
    INVALID_INTENTS,
    INVALID_SESSION,
    MEMBERS_AT_ONCE,
    NOT_AUTHENTICATED,
    PRESENCE_UPDATE,
    RATE_LIMITED,
    REQUEST_GUILD_MEMBERS,
    RESUME,
    SESSION_TIMED_OUT,
    TYPING_START,
    TYPING_STOP,
    UNKNOWN_OPCODE,
    VERSION_CHECK,
    VERSION_OUTDATED,
    VOICE_AND_INTERACTIONS,
    WITH_DATA,
    Frame,
    Hangup,
    Identify,
    MembersWanted,
    Resume,
    VersionCheck,
    channel_of,
    decode,
    dispatch,
)
from plexichat.api.intents import ALL, DEFAULT, PRIVILEGED
from plexichat.api.presence import PresenceFrame
from plexichat.api.presence import wanted as presence_of
from plexichat.api.ready import ready
from plexichat.api.shapes import VersionInfo
from plexichat.api.shapes_servers import members_told
from plexichat.core import members, typing, versions
from plexichat.core.audiences import attend
from plexichat.core.errors import Invalid, Refusal, Unauthenticated
from plexichat.core.events import Around
from plexichat.core.ready import picture
from plexichat.core.sessions import Me
from plexichat.gateway.session import Session
from plexichat.gateway.socket import Socket
from plexichat.web import bodies

if TYPE_CHECKING:
    from plexichat.app import House


class VersionChecked(Struct):
    compatible: bool
    server_version: VersionInfo
    min_supported_version: VersionInfo | None
    update_required: bool
    update_recommended: bool
    message: str
    update_url: str | None


class Conversation:
    """One client: what it has said so far decides what it may say next."""

    def __init__(self, house: "House", socket: Socket, number: int) -> None:
        self._house = house
        self._socket = socket
        self._number = number
        self._session: Session | None = None

    def begin(self) -> None:
        settings = self._house.config.gateway
        self._send(HELLO, {"heartbeat_interval": settings.heartbeat_interval_ms})
        self._socket.expect(settings.identify_timeout_seconds, NOT_AUTHENTICATED)

    async def hear(self, said: str | bytes) -> None:
        try:
            self._count("frames", self._number)
            frame = decode(said, Frame)
            answer = ANSWERS.get(frame.op)
            if answer is not None:
                await answer(self, frame.d)
            elif frame.op in VOICE_AND_INTERACTIONS:
                self._pass_over(frame)
            else:
                raise Hangup(UNKNOWN_OPCODE)
        except Hangup as end:
            self._socket.close(end.closing)

    async def heartbeat(self, d: Raw) -> None:
        self._socket.send(HEARTBEAT_ACK)
        if self._session is not None:
            self._keep_alive()
            self._house.live.touch(self._session.login_id, int(time.time() * 1000))

    async def identify(self, d: Raw) -> None:
        """Begin a session: hold its events back, take the picture, send it, then go live."""
        self._refuse_second()
        wanted = decode(d, Identify)
        me = self._authenticate(wanted.token)
        self._count("identify", me.session_id)
        intents = wanted.intents or DEFAULT
        if not 0 <= intents <= ALL:
            raise Hangup(INVALID_INTENTS)
        house = self._house
        session = house.hub.attach(
            self._socket, me.id, me.session_id, intents | PRIVILEGED, bool(wanted.compress)
        )
        self._session = session
        self._keep_alive()
        await house.db.write(attend, me.id, house.audiences.known())
        seen = await house.db.read(picture, me.id, tuple(house.presence.here()))
        around = Around(tuple(world.server.id for world in seen.worlds))
        present = house.audiences.resolve(around)
        shape = ready(seen, house.shapes, session.id, house.presence, present)
        session.begin(dispatch("READY", shapes.encode(shape)), seen.commit)

    async def resume(self, d: Raw) -> None:
        """Go on where another socket ended, or say that it cannot be done."""
        self._refuse_second()
        wanted = decode(d, Resume)
        try:
            me = self._authenticate(wanted.token)
        except Hangup:
            self._socket.send(INVALID_SESSION)
            return
        opening = dispatch("RESUMED", b"{}")
        self._session = self._house.hub.resume(
            self._socket, wanted.session_id, me.id, me.session_id, wanted.seq, opening
        )
        if self._session is None:
            self._socket.send(INVALID_SESSION)
        else:
            self._keep_alive()

    async def check_version(self, d: Raw) -> None:
        """Tell whether a client of this version will do; one that will not is closed."""
        try:
            client = versions.parse(decode(d, VersionCheck).client_version)
        except Invalid:
            raise Hangup(DECODE_ERROR) from None
        minimum = self._house.minimum
        outdated = minimum is not None and client < minimum
        older = client < versions.SERVER
        reply = VersionChecked(
            compatible=not outdated,
            server_version=shapes.version(versions.SERVER),
            min_supported_version=None if minimum is None else shapes.version(minimum),
            update_required=outdated,
            update_recommended=older,
            message="A newer version is available" if older else "Up to date",
            update_url=self._house.config.versioning.update_url or None,
        )
        self._send(VERSION_CHECK, reply)
        if outdated:
            raise Hangup(VERSION_OUTDATED)

    async def choose_presence(self, d: Raw) -> None:
        """Be seen differently; what cannot be read or is refused changes nothing."""
        session = self._began()
        try:
            said = bodies.decode(bytes(d), PresenceFrame)
            chosen = presence_of(said, said.status or "online")
            await self._house.attendance.choose(session.login_id, session.user_id, chosen)
        except Refusal:
            pass

    async def start_typing(self, d: Raw) -> None:
        session, channel_id = self._began(), channel_of(d)
        with suppress(Refusal):
            started = await self._house.db.read(typing.start, session.user_id, channel_id)
            if started is not None:
                self._house.typing.start(started)

    async def stop_typing(self, d: Raw) -> None:
        self._house.typing.stop(channel_of(d), self._began().user_id)

    async def request_members(self, d: Raw) -> None:
        """List members of a server to this socket alone; a stranger to it hears nothing."""
        session, wanted = self._began(), decode(d, MembersWanted)
        try:
            server_id, search = wanted.read()
            found = await self._house.db.read(members.ids, session.user_id, server_id, search)
            missing = sorted(set(search.user_ids or ()).difference(found))
            starts = range(0, max(len(found), 1), MEMBERS_AT_ONCE)
            for index, start in enumerate(starts):
                chunk = found[start : start + MEMBERS_AT_ONCE]
                told = (index, len(starts), missing if index == 0 else [])
                await self._tell_members(session, server_id, chunk, *told)
        except Refusal:
            pass

    async def _tell_members(
        self, session: Session, server_id: int, chunk: list[int], *told: Any
    ) -> None:
        """Send some members as they are, and after that what changed while they were read."""
        house = self._house
        session.hold()
        payload = None
        try:
            seen = await house.db.read(members.some, session.user_id, server_id, chunk)
            shape = members_told(house.shapes, server_id, seen, house.presence, *told)
            payload = dispatch("GUILD_MEMBERS_CHUNK", shapes.encode(shape))
        finally:
            session.release(payload)

    def _pass_over(self, frame: Frame) -> None:
        """An op that leads nowhere here, as for somebody who may not speak in any channel."""
        self._began()
        if frame.op in WITH_DATA:
            decode(frame.d, dict)

    def _began(self) -> Session:
        if self._session is None:
            raise Hangup(NOT_AUTHENTICATED)
        return self._session

    def _authenticate(self, token: object) -> Me:
        bare = token.removeprefix("Bearer ") if isinstance(token, str) else ""
        try:
            return self._house.live.find(bare, int(time.time() * 1000))
        except Unauthenticated:
            raise Hangup(AUTHENTICATION_FAILED) from None

    def _refuse_second(self) -> None:
        if self._session is not None:
            raise Hangup(ALREADY_AUTHENTICATED)

    def _count(self, bucket: str, key: int) -> None:
        verdict = self._house.limits.take(bucket, key)
        if verdict is not None and verdict.retry_after > 0:
            raise Hangup(RATE_LIMITED)

    def _keep_alive(self) -> None:
        interval = self._house.config.gateway.heartbeat_interval_ms / 1000
        self._socket.expect(2 * interval, SESSION_TIMED_OUT)

    def _send(self, op: int, d: object) -> None:
        self._socket.send(shapes.encode({"op": op, "d": d}))


ANSWERS: dict[int, Callable[[Conversation, Raw], Awaitable[None]]] = {
    HEARTBEAT: Conversation.heartbeat,
    IDENTIFY: Conversation.identify,
    RESUME: Conversation.resume,
    VERSION_CHECK: Conversation.check_version,
    PRESENCE_UPDATE: Conversation.choose_presence,
    REQUEST_GUILD_MEMBERS: Conversation.request_members,
    TYPING_START: Conversation.start_typing,
    TYPING_STOP: Conversation.stop_typing,
}
