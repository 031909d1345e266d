"""The Plexichat gateway: who may connect, and what all its conversations share."""

from collections.abc import MutableMapping
from itertools import count as numbers
from typing import TYPE_CHECKING, Any

from plexichat.api import shapes
from plexichat.api.conversation import Conversation
from plexichat.api.dialect import DIALECT
from plexichat.api.events import word
from plexichat.api.frames import (
    DECODE_ERROR,
    RATE_LIMITED,
    RECONNECT,
    SERVER_SHUTDOWN,
    UNKNOWN_ERROR,
    dispatch,
    noticed,
    shutting_down,
)
from plexichat.core.errors import Forbidden
from plexichat.core.notice import Notice
from plexichat.gateway.sink import Receive, Send
from plexichat.gateway.wire import Payload, Wire
from plexichat.web.limits import network
from plexichat.web.origins import Origins
from plexichat.web.refusals import Refused, problem
from plexichat.web.sockets import count, decline

if TYPE_CHECKING:
    from plexichat.app import House

Scope = MutableMapping[str, Any]

PATH = "/gateway"


class Gateway:
    """The gateway of one house: who may connect, and how it speaks to them."""

    def __init__(self, house: "House") -> None:
        self.house = house
        self.wire = Wire(
            encode=self._encode,
            resumable=True,
            broken=UNKNOWN_ERROR,
            oversized=DECODE_ERROR,
            slow=RATE_LIMITED,
            crowded=RATE_LIMITED,
            sockets_per_user=house.config.gateway.max_sockets_per_user,
            replaced=UNKNOWN_ERROR,
            shutdown=SERVER_SHUTDOWN,
            warning=shutting_down,
            reconnect=RECONNECT,
        )
        self._numbers = numbers()
        self._origins = Origins(house.shapes.origin, house.config.gateway.allowed_origins)

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold the conversation on one WebSocket, from its handshake to its end."""
        try:
            if not self._origins.welcome(scope["headers"]):
                raise Forbidden("foreign_origin", "Origin not allowed")
            caller = self.house.proxies.client(scope.get("client"), scope["headers"])
            count(self.house, "address", network(caller))
        except (Forbidden, Refused) as error:
            await decline(scope, send, DIALECT, problem(error))
            return
        socket = await self.house.hub.open(self.wire, send)
        try:
            conversation = Conversation(self.house, socket, next(self._numbers))
            conversation.begin()
            await socket.listen(receive, conversation.hear)
        finally:
            self.house.hub.leave(socket)

    def announce(self, notice: Notice) -> None:
        """Tell every client what an admin lets everybody know."""
        self.house.hub.say(self.wire, noticed(notice))

    def _encode(self, event: object) -> tuple[Payload, ...]:
        worded = word(event, self.house.shapes)
        if worded is None:
            return ()
        return (dispatch(worded.name, shapes.encode(worded.d), int(worded.intent)),)
