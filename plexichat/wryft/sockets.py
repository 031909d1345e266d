"""The sockets of this dialect: each is about one channel, and may be one of many (contract 13)."""

import time
from collections.abc import MutableMapping
from contextlib import suppress
from itertools import count as numbers
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from plexichat.core.errors import Forbidden, Invalid, Refusal, Unauthenticated
from plexichat.core.events import Audience
from plexichat.core.sessions import Me
from plexichat.gateway.sink import Receive, Send
from plexichat.gateway.wire import Payload, Wire
from plexichat.web.limits import network
from plexichat.web.origins import Origins
from plexichat.web.refusals import Refused, problem
from plexichat.web.sockets import count, decline
from plexichat.wryft.calls import Calls
from plexichat.wryft.conversation import FAULT, OVERSIZED, SHUTDOWN, TOO_MUCH, Conversation
from plexichat.wryft.dialect import COOKIE, DIALECT
from plexichat.wryft.events import Frame, frame, word
from plexichat.wryft.places import Visits
from plexichat.wryft.subjects import find

if TYPE_CHECKING:
    from plexichat.app import House

Scope = MutableMapping[str, Any]

PATH = "/ws"


class Sockets:
    """The sockets of one house: who may open one, and what reaches them."""

    def __init__(self, house: "House") -> None:
        self.house = house
        self.calls = Calls()
        self.visits = Visits()
        self.numbers = numbers()
        self.wire = Wire(
            encode=self._encode,
            resumable=False,
            broken=FAULT,
            oversized=OVERSIZED,
            slow=TOO_MUCH,
            crowded=TOO_MUCH,
            sockets_per_user=house.config.wryft.max_sockets_per_user,
            replaced=FAULT,
            shutdown=SHUTDOWN,
            warning=lambda seconds: None,
            reconnect=None,
        )
        listed = house.config.gateway.allowed_origins
        self._origins = Origins(house.shapes.origin, listed, any_port=True)

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold the conversation on one WebSocket, from its handshake to its end."""
        query = parse_qs(scope["query_string"].decode("latin-1"))
        place, tokens = query.get("channel", [""])[0], _tokens(scope, query)
        me, subject = None, None
        try:
            if not self._origins.welcome(scope["headers"]):
                raise Forbidden("foreign_origin", "Origin not allowed")
            if not place or "user" not in query:
                raise Invalid("incomplete", "channel and user are required")
            caller = self.house.proxies.client(scope["client"], scope["headers"])
            count(self.house, "address", network(caller))
            if tokens:
                me = self.whoever(tokens)
                count(self.house, "user", me.id)
                subject = await self.house.db.read(find, me.id, place)
        except (Refusal, Refused) as error:
            await decline(scope, send, DIALECT, problem(error))
            return
        socket = await self.house.hub.open(self.wire, send)
        conversation = Conversation(self, socket, place)
        try:
            if me is not None and subject is not None:
                await conversation.enter(me, subject)
            else:
                conversation.wait()
            await socket.listen(receive, conversation.hear)
        finally:
            self.house.hub.leave(socket)
            conversation.left()

    def whoever(self, tokens: list[str]) -> Me:
        """Who holds the first of these tokens that is alive."""
        now = int(time.time() * 1000)
        for token in tokens[:-1]:
            with suppress(Unauthenticated):
                return self.house.live.find(token, now)
        return self.house.live.find(tokens[-1], now)

    def tell(self, user_id: int, told: Frame) -> None:
        """Say something to a person's own sockets."""
        self.pass_on(frame(told, ("user", user_id)), frozenset((user_id,)))

    def pass_on(self, payload: Payload, audience: Audience) -> None:
        """Say what no event tells, to those of an audience who listen for it."""
        resolved = self.house.audiences.resolve(audience)
        self.house.hub.pass_on(payload, self.wire, resolved)

    def _encode(self, event: object) -> tuple[Payload, ...]:
        return word(event, self.house.audiences.channel)


def _tokens(scope: Scope, query: dict[str, list[str]]) -> list[str]:
    """What may prove who connects: the cookie of our own page, then what the query says."""
    cookies = [
        pair.strip().partition("=")
        for name, value in scope["headers"] if name.lower() == b"cookie"
        for pair in value.decode("latin-1").split(";")
    ]  # fmt: skip
    kept = [token for name, _, token in cookies if name == COOKIE and token]
    return kept + query.get("token", [])
