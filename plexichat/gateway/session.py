"""The stream of events one client follows, across the sockets it is read on.

A dispatch has a number, one higher than the last. A resumable session remembers what it sent, so
that a client that comes back gets what it missed: once each, in order. Until its picture of the
world is sent a session holds events back, and then drops those the picture already shows.
"""

import asyncio
import secrets
from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass
from itertools import islice
from math import inf

from plexichat.gateway.socket import Socket
from plexichat.gateway.wire import Payload, Wire

MAX_HELD = 2000


@dataclass(frozen=True, slots=True)
class Dispatch:
    """An event on its way: one object for everybody who gets it."""

    payload: Payload
    at: float  # on the loop's clock
    commit: float  # infinite for what did not come from the database


class Session:
    __slots__ = (
        "_held",
        "_seen",
        "_sent",
        "began",
        "compress",
        "id",
        "intents",
        "left_at",
        "login_id",
        "seq",
        "socket",
        "topic",
        "user_id",
        "wire",
    )

    def __init__(
        self,
        wire: Wire,
        user_id: int,
        login_id: int,
        intents: int,
        compress: bool,
        replay_events: int,
        topic: Hashable = None,
    ) -> None:
        self.id = secrets.token_hex(16)
        self.wire = wire
        self.user_id = user_id
        self.login_id = login_id  # whose token it was opened, or last resumed, with
        self.intents = intents
        self.topic = topic  # hears what is about this, and what is about nothing in particular
        self.compress = compress
        self.seq = 0
        self.socket: Socket | None = None
        self.left_at = 0.0  # when the last socket went, on the loop's clock
        self._sent: deque[Dispatch] = deque(maxlen=replay_events if wire.resumable else 0)
        self.began = False
        self._held: list[Dispatch] | None = []
        self._seen: float = -1  # the commit that the picture shows

    def deliver(self, dispatch: Dispatch) -> None:
        payload = dispatch.payload
        if payload.intent and not payload.intent & self.intents:
            return
        if payload.topic is not None and payload.topic != self.topic:
            return
        if self._held is not None:
            self._held.append(dispatch)
            if len(self._held) > MAX_HELD and self.socket is not None:
                self.socket.fail()
            return
        if dispatch.commit <= self._seen:
            return  # a reader may see a commit before the loop publishes it
        self.seq += 1
        self._sent.append(dispatch)
        if self.socket is not None:
            self.socket.say(payload, self.seq)

    def begin(self, picture: Payload | None = None, commit: float = -1) -> None:
        """Send the picture, taken at `commit`, and what came after it; live from here on."""
        held, self._held = self._held or [], None
        self.began = True
        self._seen = commit
        owed = []
        if picture is not None:
            self.seq += 1
            owed.append(picture.numbered(self.seq))
        for dispatch in held:
            if dispatch.commit > commit:
                self.seq += 1
                self._sent.append(dispatch)
                owed.append(dispatch.payload.numbered(self.seq))
        if self.socket is not None:
            self.socket.burst(owed)

    def hold(self) -> None:
        """Keep events back until `release`, so that what is read meanwhile comes before them."""
        if self._held is None:
            self._held = []

    def release(self, first: Payload | None) -> None:
        """Go on after a `hold`: with this, and then with what was kept back."""
        held, self._held = self._held or [], None
        if first is not None:
            self.deliver(Dispatch(first, asyncio.get_running_loop().time(), inf))
        for dispatch in held:
            self.deliver(dispatch)

    def reaches(self, seq: int) -> bool:
        """Say whether all that came after number `seq` is still remembered."""
        return self.began and self.seq - len(self._sent) <= seq <= self.seq

    def replay(self, seq: int, opening: Payload) -> None:
        """Send `opening` under the last number, then everything after `seq` once more."""
        forgotten = self.seq - len(self._sent)
        missed = enumerate(islice(self._sent, seq - forgotten, None), seq + 1)
        owed = [opening.numbered(self.seq)]
        owed += [dispatch.payload.numbered(number) for number, dispatch in missed]
        if self.socket is not None:
            self.socket.burst(owed)

    def forget(self, before: float) -> None:
        while self._sent and self._sent[0].at < before:
            self._sent.popleft()
