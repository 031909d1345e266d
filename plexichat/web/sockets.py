"""WebSockets by their path: each dialect has one, whatever else is asked for is refused."""

from collections.abc import Awaitable, Callable, Hashable, Mapping
from typing import TYPE_CHECKING, Literal

from plexichat.web.answer import Dialect
from plexichat.web.refusals import Problem, Refused, too_many
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


def count(house: "House", layer: Literal["address", "user"], key: Hashable) -> None:
    """Count a handshake as a request; refused when there are too many."""
    verdict = house.limits.take(layer, key)
    if verdict is not None and verdict.retry_after > 0:
        raise Refused(too_many("Rate limited", verdict.retry_after, {}))


async def decline(scope: Scope, send: Send, dialect: Dialect, told: Problem | None) -> None:
    """Say no to a handshake, in words where the server under us can carry them."""
    if told is None or "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close"})
        return
    headers = [*dialect.headers, *told.headers]
    start = {"type": "websocket.http.response.start", "status": told.status, "headers": headers}
    await send(start)
    await send({"type": "websocket.http.response.body", "body": dialect.word(told)})
