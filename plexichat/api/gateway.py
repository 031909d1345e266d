"""The Plexichat gateway: who may connect, and what all its conversations share."""

from collections.abc import Iterable, MutableMapping
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from plexichat.api import shapes
from plexichat.api.conversation import Conversation
from plexichat.api.events import word
from plexichat.api.frames import (
    DECODE_ERROR,
    RATE_LIMITED,
    RECONNECT,
    SERVER_SHUTDOWN,
    UNKNOWN_ERROR,
    dispatch,
    shutting_down,
)
from plexichat.gateway.sink import Receive, Send
from plexichat.gateway.wire import Payload, Wire
from plexichat.web.requests import path_of

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
        self._numbers = count()
        self._origins = frozenset(
            (*house.config.gateway.allowed_origins, origin_of(house.shapes.origin))
        )

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold the conversation on one WebSocket, from its handshake to its end."""
        if path_of(scope).rstrip("/") != PATH or not self.welcomes(scope["headers"]):
            await send({"type": "websocket.close"})
            return
        socket = await self.house.hub.open(self.wire, send)
        try:
            conversation = Conversation(self.house, socket, next(self._numbers))
            conversation.begin()
            await socket.listen(receive, conversation.hear)
        finally:
            self.house.hub.leave(socket)

    def welcomes(self, headers: Iterable[tuple[bytes, bytes]]) -> bool:
        """Whether the page that connects, if it is one, is ours or a listed one."""
        found = {name.lower(): value.decode("latin-1").lower() for name, value in headers}
        origin = found.get(b"origin")
        if origin is None or origin in self._origins:
            return True
        scheme, _, host = origin.partition("://")
        return host != "" and bare(scheme, host) == bare(scheme, found.get(b"host", ""))

    def _encode(self, event: object) -> tuple[Payload, ...]:
        worded = word(event, self.house.shapes)
        if worded is None:
            return ()
        return (dispatch(worded.name, shapes.encode(worded.d), int(worded.intent)),)


def origin_of(url: str) -> str:
    """What a browser calls the origin of a page at this address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{bare(parts.scheme, parts.netloc)}"


def bare(scheme: str, host: str) -> str:
    """A host without the port that goes without saying."""
    return host.removesuffix({"http": ":80", "https": ":443"}.get(scheme, ""))


def connection(house: "House") -> type:
    """The class Quart makes for each WebSocket of this house."""

    class GatewayConnection:
        def __init__(self, app: object, scope: Scope) -> None:
            self.scope = scope

        async def __call__(self, receive: Receive, send: Send) -> None:
            await house.gateway.serve(self.scope, receive, send)

    return GatewayConnection
