"""How a request is answered: match, limit, authenticate, decode, call, encode. One way for all.

This is the lean connection class that Quart is given: no task per request, no request context, no
session. Quart is the shell around it: the application, its start and end, its test client.
"""

import asyncio
import contextlib
import functools
import logging
import re
import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import msgspec
from quart.asgi import ASGIHTTPConnection
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import BaseConverter, Map, MapAdapter, RequestRedirect, Rule

from plexichat.web import bodies, requests
from plexichat.web.client import Client, wants_page
from plexichat.web.limits import Verdict, network
from plexichat.web.refusals import Problem, Refused, problem, too_many
from plexichat.web.requests import Gone, Headers, Reply, Request, Scope, Send
from plexichat.web.routes import DEFAULT, Route, Routes

if TYPE_CHECKING:
    from plexichat.app import House

log = logging.getLogger(__name__)

SECURITY: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"x-frame-options", b"SAMEORIGIN"),
]
POLICY = (b"content-security-policy", b"default-src 'none'")
JSON_TYPE = (b"content-type", b"application/json; charset=utf-8")
CORS_METHODS = b"GET, POST, PUT, PATCH, DELETE, OPTIONS"
CORS_HEADERS = b"Authorization, Content-Type, X-Requested-With, Accept, Origin, X-API-Access-Token"
BODILESS = (204, 304)
IDS = re.compile(r"(?<=/)(?:[0-9]+|[0-9a-f]{8}-[0-9a-f-]{27})(?=/|$)")  # of any dialect, in a path
NOWHERE = "none"  # the bucket of requests for which there is no route
DENIED = Problem(403, "Access denied")
NOT_FOUND = Problem(404, "Not found")
FAULT = Problem(500, "Internal server error")

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Dialect:
    """What one API does in its own way, for every path under its prefixes."""

    name: str
    prefixes: tuple[str, ...]
    word: Callable[[Problem], bytes]
    read_id: Callable[[str, str], int] = bodies.snowflake  # an id in a path, and what it names
    counts_each_route: bool = True  # a route that names no bucket has one for itself
    open_to_pages: bool = False  # where no origins are listed, to any page that sends no cookies
    exact: bool = False  # takes tokens and bodies only when they are called what they are
    headers: tuple[tuple[bytes, bytes], ...] = (JSON_TYPE,)  # of what it says no with


class Site:
    """Everything that is served over HTTP: the routes of each dialect, and how each says no."""

    def __init__(self, house: "House") -> None:
        self.house = house
        self.routes: dict[str, list[Route]] = {}
        self._pages: set[str] = set()  # what is for people, and stays whatever client is served
        self._mounted: list[tuple[str, Dialect, MapAdapter]] = []
        self._known: dict[tuple[str, str], tuple[Dialect, Route, tuple[str, ...]]] = {}
        folder = house.config.web.client_dir
        self.client = Client(folder) if folder else None
        self._origins = {origin.encode() for origin in house.config.server.cors_origins}

    def mount(self, dialect: Dialect, groups: tuple[Routes, ...]) -> None:
        """Serve a dialect's routes under each of its prefixes, bare groups under none."""
        adapter = _compiled(dialect.prefixes, groups).bind("")
        self._mounted += ((prefix, dialect, adapter) for prefix in dialect.prefixes)
        self._mounted.sort(key=lambda mounted: len(mounted[0]), reverse=True)
        self._pages |= {route.path for group in groups if group.bare for route in group.routes}
        self.routes[dialect.name] = [route for group in groups for route in group.routes]

    def dialect(self, path: str) -> Dialect:
        return self._at(path)[0]

    def _at(self, path: str) -> tuple[Dialect, MapAdapter]:
        """Whose path this is: the longest prefix decides."""
        for prefix, dialect, adapter in self._mounted:
            if not prefix or path == prefix or path.startswith(prefix + "/"):
                return dialect, adapter
        _, dialect, adapter = self._mounted[-1]
        return dialect, adapter

    def match(self, request: Request) -> tuple[Dialect, Route, dict[str, Any]]:
        """The route for a request, whose it is, and the values in its path."""
        path = request.path.rstrip("/") or "/"
        ids = IDS.findall(path)
        shape = request.method, IDS.sub("0", path) if ids else path
        if (known := self._known.get(shape)) is not None:
            dialect, route, names = known
            return dialect, route, dict(zip(names, ids, strict=True))
        dialect, adapter = self._at(path)
        try:
            endpoint, args = adapter.match(path, request.method)
        except MethodNotAllowed as error:
            allow = ", ".join(sorted(error.valid_methods or ())).encode()
            raise Refused(
                Problem(405, "Method not allowed", headers=((b"allow", allow),))
            ) from None
        except (NotFound, RequestRedirect):
            raise Refused(NOT_FOUND) from None
        if ids == [*args.values()]:  # then the shape alone decides, and there are few of them
            self._known[shape] = dialect, endpoint.route, tuple(args)
        return dialect, endpoint.route, cast(dict[str, Any], args)

    def shows_client(self, request: Request) -> bool:
        """Whether this is for the web client: no API there, or a browser that wants a page."""
        if self.client is None or request.method not in ("GET", "HEAD"):
            return False
        if f"{request.path}/".startswith("/api/"):
            return False
        try:
            _, route, _ = self.match(request)
        except Refused:
            return True
        ours = route.path in self._pages or route.gives.startswith("text/html")
        return wants_page(request) and not ours

    def cors(self, request: Request) -> Headers:
        """The headers that let a page of a listed origin read the answer."""
        if not self._origins:
            anybody = self.dialect(request.path).open_to_pages
            return [(b"access-control-allow-origin", b"*")] if anybody else []
        origin = (request.header(b"origin") or "").encode("latin-1")
        if origin not in self._origins:
            return [(b"vary", b"Origin")]
        return [
            (b"access-control-allow-origin", origin),
            (b"access-control-allow-credentials", b"true"),
            (b"vary", b"Origin"),
        ]


class _Endpoint:
    """A route as werkzeug holds it, known by itself alone."""

    def __init__(self, route: Route) -> None:
        self.route = route


class _Rest(BaseConverter):
    """All that is left of a path, slashes at its beginning included."""

    part_isolating = False
    regex = ".+"


@functools.cache
def _compiled(prefixes: tuple[str, ...], groups: tuple[Routes, ...]) -> Map:
    """Routes as one map; making it takes a tenth of a second, so it is made once a process."""
    rules = [
        Rule(prefix + route.path, endpoint=_Endpoint(route), methods=[route.method])
        for group in groups
        for route in group.routes
        for prefix in (("",) if group.bare else prefixes)
    ]
    return Map(rules, strict_slashes=False, merge_slashes=False, converters={"path": _Rest})


class Connection(ASGIHTTPConnection):
    """Answers one HTTP request; made by Quart for each."""

    site: Site

    async def __call__(self, receive: Any, send: Any) -> None:
        site = self.site
        began, bucket = time.perf_counter(), NOWHERE
        request = Request(site.house, cast(Scope, self.scope), receive)
        requests.begin(request)
        try:
            if requests.blocked(site.house, request.address):
                raise Refused(DENIED)
            if request.method == "OPTIONS":
                reply = _preflight()
            elif site.client is not None and site.shows_client(request):
                reply = await site.client.answer(request)
            else:
                dialect, route, args = site.match(request)
                bucket = route.bucket
                reply = await _answer(request, dialect, route, args)
        except Gone:
            return
        except Exception as error:
            reply = _refuse(site, request, error)
        await _send(site, request, reply, send)
        site.house.answered.add((bucket, reply.status // 100), time.perf_counter() - began)


async def _answer(
    request: Request, dialect: Dialect, route: Route, args: dict[str, Any]
) -> Reply:
    house = request.house
    request.exact = dialect.exact
    counted = network(request.address)
    refuse_over(house.limits.take("address", counted), "ip")  # first: what it refuses costs nobody
    refuse_over(house.limits.take("everyone", None), "global")
    house.refuse_outdated(request.header(b"x-client-version") if house.minimum else None)
    place = args.get(route.per, "").lstrip("0")
    key: object = counted if route.per == "address" else place
    if route.guard is not None:
        await route.guard.admit(request)
    elif not route.public:
        me = request.me = house.live.find(requests.bearer(request), int(time.time() * 1000))
        key = me.id if route.per == "user" else (me.id, place)
        if not me.is_admin:
            refuse_over(house.limits.take("user", me.id), "user")
    counts = (dialect.counts_each_route and not route.guard) or route.bucket != DEFAULT
    if counts and (route.public or not request.me.is_admin):
        if route.bucket == DEFAULT:
            key = (route.method, route.path, key)
        verdict = house.limits.take(route.bucket, key)
        if verdict is not None:
            verdict = verdict._replace(bucket=_bucket(route, place))
        refuse_over(verdict, "route")
        request.verdict = verdict
    for name, thing in route.ids.items():
        args[name] = dialect.read_id(args[name], thing)
    if route.query is not None:
        args["query"] = bodies.parse_query(request.query, route.query)
    if route.body is not None:
        raw = await request.body(house.config.server.max_body_bytes)
        if raw and dialect.exact:
            bodies.refuse_other(request.header(b"content-type"), route.takes)
        args["body"] = bodies.decode(raw, route.body)
    answer = await route.call(**args)
    if isinstance(answer, Reply):
        return answer
    if answer is None:
        return Reply(status=route.status)
    return Reply(_encode(answer), route.status, [JSON_TYPE])


def _bucket(route: Route, place: str) -> str:
    """The same for exactly those requests of somebody that are counted together."""
    name = f"{route.method} {route.template}" if route.bucket == DEFAULT else route.bucket
    return f"{name}:{place}" if bodies.DIGITS.fullmatch(place) else name


def refuse_over(verdict: Verdict | None, scope: str) -> None:
    """429 for what a bucket does not let pass."""
    if verdict is not None and verdict.retry_after > 0:
        extra: dict[str, object] = {"global": scope == "global", "scope": scope}
        told = too_many("Rate limited", verdict.retry_after, extra)
        headers = (*told.headers, *_limit_headers(verdict, scope))
        raise Refused(Problem(told.status, told.message, told.extra, headers))


def _limit_headers(verdict: Verdict, scope: str) -> Headers:
    headers = [
        (b"x-ratelimit-limit", b"%d" % verdict.limit),
        (b"x-ratelimit-remaining", b"%d" % verdict.remaining),
        (b"x-ratelimit-reset", b"%.3f" % (time.time() + verdict.reset_after)),
        (b"x-ratelimit-reset-after", b"%.3f" % verdict.reset_after),
        (b"x-ratelimit-bucket", verdict.bucket.encode()),
        (b"x-ratelimit-scope", scope.encode()),
    ]
    if scope == "global":
        headers.append((b"x-ratelimit-global", b"true"))
    return headers


def _preflight() -> Reply:
    return Reply(
        headers=[
            (b"allow", CORS_METHODS),
            (b"access-control-allow-methods", CORS_METHODS),
            (b"access-control-allow-headers", CORS_HEADERS),
            (b"access-control-max-age", b"600"),
        ]
    )


def _refuse(site: Site, request: Request, error: Exception) -> Reply:
    """The dialect's words for an error; a fault of ours is logged and told without detail."""
    told = problem(error)
    if told is None:
        log.error("%s %s failed", request.method, request.path, exc_info=error)
        told = FAULT
    dialect = site.dialect(request.path)
    return Reply(dialect.word(told), told.status, [*dialect.headers, *told.headers])


async def _send(site: Site, request: Request, reply: Reply, send: Send) -> None:
    named = {name for name, _ in reply.headers}
    headers = [*reply.headers, *(line for line in SECURITY if line[0] not in named)]
    if request.verdict is not None:
        headers += _limit_headers(request.verdict, "route")
    if b"access-control-allow-origin" not in named:
        headers += site.cors(request)
    if POLICY[0] not in named:
        headers.append(POLICY)
    if reply.stream is None and reply.status not in BODILESS and b"content-length" not in named:
        headers.append((b"content-length", b"%d" % len(reply.body)))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    if reply.stream is not None and not await _stream(request, reply.stream, send):
        return
    end = {"type": "http.response.body", "body": reply.body, "more_body": False}
    if not request.sending:
        await send(end)
        return
    await send({**end, "more_body": True})
    await request.skip()
    # Hypercorn closes only after somebody has read what it queued.
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(request.skip())
        await send({**end, "body": b""})


async def _stream(request: Request, parts: AsyncGenerator[bytes, None], send: Send) -> bool:
    """Send a body piece by piece; False when the client left before its end."""
    leaving = asyncio.create_task(request.gone())
    try:
        async with contextlib.aclosing(parts):
            async for part in parts:
                if leaving.done():
                    return False
                await send({"type": "http.response.body", "body": part, "more_body": True})
    finally:
        leaving.cancel()
        await asyncio.wait((leaving,))
    return True
