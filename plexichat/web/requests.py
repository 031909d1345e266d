"""One request on its way: what came in, who it speaks for, and what goes back.

The running request is a context variable, so a route says `me()`, `act(...)` and `see(...)`
without passing it along.
"""

import asyncio
import contextlib
import re
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Concatenate, Literal, ParamSpec, TypeVar

from plexichat.core import sessions
from plexichat.core.errors import Unauthenticated
from plexichat.core.sessions import Client, Me
from plexichat.store.admin_sessions import Admin
from plexichat.store.db import Snapshot, Tx
from plexichat.web.limits import Verdict, network
from plexichat.web.refusals import Problem, Refused

if TYPE_CHECKING:
    from plexichat.app import House

P = ParamSpec("P")
T = TypeVar("T")

Headers = list[tuple[bytes, bytes]]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

ARRIVED = "plexichat.arrived"  # of a scope: the message with all of a body that came with the head
SKIPPED_AT_MOST = 64 << 20
SKIPPING_SECONDS = 30
TOKEN = re.compile(r"[A-Za-z0-9._-]+", re.ASCII)


class Gone(Exception):
    """The client has left; there is nobody to answer."""


class Reply:
    """What goes back: a body in one piece, or in pieces when `stream` is given."""

    __slots__ = ("body", "headers", "status", "stream")

    def __init__(
        self,
        body: bytes = b"",
        status: int = 200,
        headers: Headers | None = None,
        stream: AsyncGenerator[bytes, None] | None = None,
    ) -> None:
        self.status = status
        self.body = body
        self.headers: Headers = [] if headers is None else headers
        self.stream = stream


class Request:
    """One HTTP request, read from its ASGI scope."""

    __slots__ = (
        "_me", "_receive", "_unread", "address", "admin", "exact", "headers", "house", "method",
        "path", "query", "scope", "verdict",
    )  # fmt: skip

    def __init__(self, house: "House", scope: Scope, receive: Receive) -> None:
        self.house = house
        self.scope = scope
        self.method: str = scope["method"]
        self.path = path_of(scope)
        self.query: bytes = scope["query_string"]
        self.headers: Headers = scope["headers"]
        self.address = house.proxies.client(scope["client"], self.headers)
        self._receive = receive
        self.verdict: Verdict | None = None
        self._me: Me | None = None
        self.admin: Admin | None = None
        self.exact = False  # whether its dialect takes a token only after the very word `Bearer`
        self._unread = True

    def header(self, name: bytes) -> str | None:
        """The first header of this name (lower case)."""
        for key, value in self.headers:
            if key == name:
                return value.decode("latin-1")
        return None

    def all_headers(self, name: bytes) -> list[str]:
        return [value.decode("latin-1") for key, value in self.headers if key == name]

    @property
    def me(self) -> Me:
        assert self._me is not None, "the route does not ask who is calling"
        return self._me

    @me.setter
    def me(self, me: Me) -> None:
        self._me = me

    @property
    def length(self) -> int | None:
        """How many bytes the body has, if the client says so."""
        told = self.header(b"content-length")
        return int(told) if told is not None and told.isascii() and told.isdigit() else None

    @property
    def sending(self) -> bool:
        """Whether the client has a body of which something is not read yet."""
        return self._unread and (
            self.header(b"content-length") not in (None, "0")
            or self.header(b"transfer-encoding") is not None
        )

    async def more(self) -> bytes:
        """The next bytes of the body, b"" after the last; the client is held back meanwhile."""
        while self._unread:
            message = await self._arrival()
            if message["type"] == "http.disconnect":
                self._unread = False
                raise Gone
            self._unread = message.get("more_body", False)
            if message.get("body"):
                body: bytes = message["body"]
                return body
        return b""

    async def _arrival(self) -> MutableMapping[str, Any]:
        """What comes next; a client that keeps silent in the middle of a body is given up."""
        if (arrived := self.scope.get("extensions", {}).pop(ARRIVED, None)) is not None:
            whole: MutableMapping[str, Any] = arrived
            return whole
        try:
            async with asyncio.timeout(self.house.config.server.body_timeout_seconds):
                return await self._receive()
        except TimeoutError:
            self._unread = False
            raise Refused(TOO_SLOW) from None

    async def body(self, limit: int) -> bytes:
        """The whole body; refused as 413 when it is over `limit` bytes."""
        if (self.length or 0) > limit:
            raise Refused(TOO_LARGE)
        parts: list[bytes] = []
        size = 0
        while part := await self.more():
            size += len(part)
            if size > limit:
                raise Refused(TOO_LARGE)
            parts.append(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    async def skip(self) -> None:
        """Read and forget the rest of the body, so that the client comes to hear the answer."""
        skipped = 0
        with contextlib.suppress(Gone, Refused, TimeoutError):
            async with asyncio.timeout(SKIPPING_SECONDS):
                while skipped < SKIPPED_AT_MOST and (part := await self.more()):
                    skipped += len(part)

    async def gone(self) -> None:
        """Return when the client has gone; only for who reads no more of the body."""
        while (await self._receive())["type"] != "http.disconnect":
            pass


def blocked(house: "House", address: str) -> bool:
    """Whether an admin wants nobody at this address answered."""
    return bool(house.blocked) and house.blocked.holds(network(address), time.time() * 1000)


def path_of(scope: Scope) -> str:
    """The path asked for, also where the client names the whole address, as to a proxy."""
    path: str = scope["path"]
    return path if path.startswith("/") else "/" + path.partition("://")[2].partition("/")[2]


TOO_SLOW = Problem(408, "Request timeout", headers=((b"connection", b"close"),))
TOO_LARGE = Problem(413, "Request body too large")

_current: ContextVar[Request] = ContextVar("request")


def begin(request: Request) -> None:
    _current.set(request)


def current() -> Request:
    return _current.get()


def house() -> "House":
    return _current.get().house


def me() -> Me:
    return _current.get().me


def guest() -> Me | None:
    """Who calls a route that is open to strangers; None for a stranger, or a token that is dead."""
    request = _current.get()
    with contextlib.suppress(Unauthenticated):
        return request.house.live.find(bearer(request), int(time.time() * 1000))
    return None


def client() -> Client:
    """Where this request comes from, as a session remembers it."""
    request = _current.get()
    agent = request.header(b"user-agent")
    return Client(request.address, None if agent is None else agent[:256])


async def see(fn: Callable[Concatenate[Snapshot, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Read: one snapshot, on a reader's thread."""
    return await _current.get().house.db.read(fn, *args, **kwargs)


async def act(fn: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Write as the current person; refused if their session ends while the call is queued."""
    request = _current.get()
    return await request.house.db.write(
        sessions.acting, request.me.session_id, fn, *args, **kwargs
    )


def offered(feature: Literal["search", "reports", "feedback"]) -> None:
    """503 for what the admin does not offer."""
    if not getattr(house().config.features, feature):
        raise Refused(Problem(503, f"{feature.capitalize()} module not available"))


def cookie(request: Request, name: str) -> str | None:
    """The value of a cookie."""
    for header in request.all_headers(b"cookie"):
        for pair in header.split(";"):
            key, _, value = pair.strip().partition("=")
            if key == name:
                return value
    return None


def bearer(request: Request) -> str:
    """The token of the one Authorization header."""
    given = request.all_headers(b"authorization")
    if not given:
        raise Unauthenticated("authentication_required", "Authentication required")
    if len(given) > 1:
        raise Unauthenticated("multiple_authorization", "Multiple Authorization headers")
    scheme, _, token = given[0].partition(" ")
    known = scheme if request.exact else scheme.capitalize()
    if known != "Bearer" or not TOKEN.fullmatch(token):
        raise Unauthenticated("invalid_token", "Invalid token")
    return token
