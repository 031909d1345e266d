"""WebSockets by their path: each dialect has one, whatever else is asked for is refused."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from plexichat.web.requests import Receive, Scope, Send, blocked, path_of

if TYPE_CHECKING:
    from plexichat.app import House

Serve = Callable[[Scope, Receive, Send], Awaitable[None]]


def connection(house: "House", served: Mapping[str, Serve]) -> type:
    """The class that Quart makes for each WebSocket."""

    class Connection:
        def __init__(self, app: object, scope: Scope) -> None:
            self.scope = scope

        async def __call__(self, receive: Receive, send: Send) -> None:
            address = house.proxies.client(self.scope.get("client"), self.scope["headers"])
            serve = served.get(path_of(self.scope).rstrip("/"), refuse)
            if blocked(house, address):
                serve = refuse
            await serve(self.scope, receive, send)

    return Connection


async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "websocket.close"})
