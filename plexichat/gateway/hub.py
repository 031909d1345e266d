"""Everybody who is connected, and the fan-out to them.

`publish` never waits and never raises. An event is worded once for each wire format and then shared
by every session in its audience. One timer watches over all deadlines.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Hashable
from contextlib import suppress
from math import inf

from plexichat.config import Gateway
from plexichat.gateway.session import Dispatch, Session
from plexichat.gateway.sink import Send, accept
from plexichat.gateway.socket import CLOSE_SECONDS, Outbox, Socket
from plexichat.gateway.wire import Closing, Payload, Wire

SWEEP_SECONDS = 1.0
WARNING_SECONDS = 2.0  # between the news of a shutdown and the closing of the sockets
UNNOTICED_SECONDS = 120.0  # how long a dead connection may pass for a live one

log = logging.getLogger(__name__)


Moved = Callable[[int], object]


def ignore(user_id: int) -> None:
    """Nobody wants to know."""


class Hub:
    def __init__(
        self,
        limits: Gateway,
        arrived: Moved = ignore,
        left: Moved = ignore,
        forgotten: Moved = ignore,
    ) -> None:
        self._limits = limits
        self._forgotten = forgotten  # told when somebody's last session has ended
        self._arrived = arrived  # told when somebody's first socket carries a session
        self._left = left  # and when their last one is gone
        self._outbox = Outbox()
        self._sockets: dict[Socket, Session | None] = {}
        self._sessions: dict[str, Session] = {}
        self._users: dict[int, list[Session]] = {}  # the one attached last stands last
        self._online: dict[int, int] = {}  # how many sockets each person has
        self.replays = 0  # sessions that were resumed so far
        self._ended = 0  # what sessions were sent that are no more
        self._sweeping = False
        self._leaving = False
        self._empty = asyncio.Event()

    def publish(
        self, event: object, commit: int | None, audience: Collection[int] | None = None
    ) -> None:
        """Queue an event for its audience, or for one that has been worked out already.

        `commit` is None if it is not from the database.
        """
        if audience is None:
            audience = getattr(event, "audience", ())
        worded: dict[Wire, list[Dispatch]] = {}
        for sessions in self._followers(audience):
            for session in sessions:
                dispatches = worded.get(session.wire)
                if dispatches is None:
                    dispatches = worded[session.wire] = put_into_words(event, commit, session.wire)
                for dispatch in dispatches:
                    session.deliver(dispatch)

    def say(self, wire: Wire, text: bytes) -> None:
        """Say something that is no event to every socket of one wire format."""
        for socket in self._sockets:
            if socket.wire is wire:
                socket.send(text)

    def pass_on(self, payload: Payload, wire: Wire, audience: Collection[int]) -> None:
        """Queue what no event tells, for the sessions of one wire format."""
        dispatch = Dispatch(payload, asyncio.get_running_loop().time(), inf)
        for sessions in self._followers(audience):
            for session in sessions:
                if session.wire is wire:
                    session.deliver(dispatch)

    def connected(self, user_id: int) -> bool:
        return user_id in self._online

    def followed(self, user_id: int) -> bool:
        """Whether a session of this person hears events, on a socket or until it is resumed."""
        return user_id in self._users

    def online(self) -> Collection[int]:
        """Everybody with an open socket, at any time one looks."""
        return self._online.keys()

    @property
    def sockets(self) -> int:
        return len(self._sockets)

    @property
    def sessions(self) -> int:
        """How many there are, those that wait to be resumed included."""
        return len(self._sessions)

    @property
    def dispatches(self) -> int:
        """How many have been sent, or kept for whoever resumes, since the start."""
        return self._ended + sum(session.seq for session in self._sessions.values())

    async def open(self, wire: Wire, send: Send) -> Socket:
        """Accept a WebSocket; whoever opens it calls `leave` at its end."""
        sink = await accept(send, self._limits.permessage_deflate)
        socket = Socket(sink, wire, self._outbox, self._limits)
        self._sockets[socket] = None
        if self._leaving:
            socket.close(wire.shutdown)
        elif not self._sweeping:
            self._sweep_later()
        return socket

    def leave(self, socket: Socket) -> None:
        """The connection is gone; the session it was for may be resumed for a while."""
        session = self._sockets.pop(socket)
        if session is not None:
            self._detach(session)
            if not (session.began and session.wire.resumable):
                self.end(session)
            self._thin_out(session.user_id, session.wire)
        if not self._sockets:
            self._empty.set()

    def attach(
        self,
        socket: Socket,
        user_id: int,
        login_id: int,
        intents: int = -1,
        compress: bool = False,
        topic: Hashable = None,
    ) -> Session:
        """Start a session on a socket; it holds events back until it is told to begin."""
        session = Session(
            socket.wire, user_id, login_id, intents, compress, self._limits.replay_events, topic
        )
        self._sessions[session.id] = session
        self._users.setdefault(user_id, []).append(session)
        self._join(session, socket)
        return session

    def resume(
        self,
        socket: Socket,
        session_id: str,
        user_id: int,
        login_id: int,
        seq: int,
        opening: Payload,
    ) -> Session | None:
        """Go on after number `seq`, `opening` first; None if that is not possible without a gap."""
        session = self._sessions.get(session_id)
        if session is None or session.user_id != user_id or not session.reaches(seq):
            return None
        if self._expired(session):
            return None
        if session.socket is not None:
            session.socket.close(session.wire.replaced)
            self._detach(session)
        session.login_id = login_id
        self._users[user_id].remove(session)
        self._users[user_id].append(session)
        self._join(session, socket)
        session.replay(seq, opening)
        self.replays += 1
        return session

    def end(self, session: Session) -> None:
        """Forget a session: it cannot be resumed."""
        if self._sessions.pop(session.id, None) is None:
            return
        self._ended += session.seq
        self._detach(session)
        others = self._users[session.user_id]
        others.remove(session)
        if not others:
            del self._users[session.user_id]
            self._forgotten(session.user_id)

    def close_sessions(
        self, user_id: int, login_ids: Collection[int], code: int, reason: str
    ) -> None:
        """End what was opened with these logins, and close its sockets."""
        for session in tuple(self._users.get(user_id, ())):
            if session.login_id in login_ids:
                socket = session.socket
                self.end(session)
                if socket is not None:
                    socket.close(Closing(code, reason))

    async def shutdown(self) -> None:
        """Warn everybody, close everybody 2 s later, be rid of everybody 3 s after that."""
        self._leaving = True
        for socket in self._sockets:
            warning = socket.wire.warning(WARNING_SECONDS)
            if warning is not None:
                socket.send(warning)
        await self._emptied(WARNING_SECONDS)
        for socket in self._sockets:
            socket.close(socket.wire.shutdown)
        await self._emptied(CLOSE_SECONDS + 1)

    def _followers(self, audience: Collection[int]) -> list[list[Session]]:
        """The sessions of everybody in the audience who has any."""
        users = self._users
        if len(audience) <= len(users):
            return [sessions for sessions in map(users.get, audience) if sessions]
        return [sessions for user_id, sessions in users.items() if user_id in audience]

    def _join(self, session: Session, socket: Socket) -> None:
        session.socket = socket
        self._sockets[socket] = session
        sockets = self._online.get(session.user_id, 0)
        self._online[session.user_id] = sockets + 1
        if not sockets:
            self._arrived(session.user_id)
        if session.compress:
            socket.compress()
        self._thin_out(session.user_id, session.wire)

    def _detach(self, session: Session) -> None:
        socket, session.socket = session.socket, None
        if socket is None:
            return
        session.left_at = asyncio.get_running_loop().time()
        if socket in self._sockets:
            self._sockets[socket] = None
        self._online[session.user_id] -= 1
        if not self._online[session.user_id]:
            del self._online[session.user_id]
            self._left(session.user_id)

    def _thin_out(self, user_id: int, wire: Wire) -> None:
        """Keep to one person's limit: of open sockets, and of sessions that wait to be resumed."""
        limit = wire.sockets_per_user
        mine = [each for each in self._users.get(user_id, ()) if each.wire is wire]
        live = [each.socket for each in mine if each.socket and not each.socket.closing]
        left = [each for each in mine if each.socket is None]
        for socket in live[:-limit]:
            socket.close(socket.wire.crowded)
        for session in left[:-limit]:
            self.end(session)

    def _sweep_later(self) -> None:
        self._sweeping = True
        asyncio.get_running_loop().call_later(SWEEP_SECONDS, self._sweep)

    def _sweep(self) -> None:
        now = asyncio.get_running_loop().time()
        for socket in self._sockets:
            if socket.deadline <= now:
                socket.close(socket.overdue)
        old = now - self._limits.resume_window_seconds - UNNOTICED_SECONDS
        for session in tuple(self._sessions.values()):
            if self._expired(session):
                self.end(session)
            else:
                session.forget(old)
        self._sweeping = False
        if self._sockets or self._sessions:
            self._sweep_later()

    def _expired(self, session: Session) -> bool:
        end = session.left_at + self._limits.resume_window_seconds
        return session.socket is None and end <= asyncio.get_running_loop().time()

    async def _emptied(self, seconds: float) -> None:
        self._empty.clear()
        if self._sockets:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._empty.wait(), seconds)


def put_into_words(event: object, commit: int | None, wire: Wire) -> list[Dispatch]:
    """Word an event; a fault in that silences this one event, and is logged."""
    try:
        payloads = wire.encode(event)
    except Exception:
        log.exception("%s could not be encoded", type(event).__name__)
        return []
    at, number = asyncio.get_running_loop().time(), inf if commit is None else commit
    return [Dispatch(payload, at, number) for payload in payloads]
