"""What no client should send, sent to every route: always the envelope, never a 500."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from quart import Quart

from plexichat.web.answer import Site
from plexichat.web.routes import Route
from tests.cast import Person

BODIES = {
    "not utf-8": b'{"content": "\xff\xfe"}',
    "a lone surrogate": b'{"content": "\\ud800"}',
    "raw surrogate bytes": b'{"content": "\xed\xa0\x80"}',
    "an escaped NUL": b'{"content": "a\\u0000b"}',
    "a raw NUL": b'{"content": "a\x00b"}',
    "NaN": b'{"content": NaN}',
    "infinity": b'{"limit": 1e999}',
    "100,000 brackets": b"[" * 100_000,
    "100,000 braces": b'{"a":' * 100_000,
    "a number of 5,000 digits": b'{"content": ' + b"9" * 5000 + b"}",
    "an id of 5,000 digits": b'{"recipient_id": ' + b"9" * 5000 + b', "user_id": 1e5000}',
    "no JSON": b"content=hello",
    "half a JSON": b'{"content": "hel',
    "two JSONs": b"{} {}",
    "an array": b"[]",
    "a string": b'"hello"',
    "null": b"null",
    "wrong types everywhere": b'{"username": [], "email": {}, "password": 5, "content": true, '
    b'"recipient_id": {}, "user_id": [], "message": 5, "status": 1, "embeds": 5, "code": {}}',
}  # fmt: skip
UNREADABLE = (
    "not utf-8", "raw surrogate bytes", "100,000 brackets", "100,000 braces", "no JSON",
    "half a JSON", "two JSONs", "an array", "a string", "null",
)  # fmt: skip
IDS = ["0", "-1", "x", "1e5", "%00", "9" * 5000, "١", "..%2F..", "@me"]  # noqa: RUF001
QUERIES = [
    "limit=-1&before=x&content=%ff&username=%00", "%ff=%fe", "a" * 5000, "limit=" + "9" * 5000,
]  # fmt: skip


async def assert_refused_or_answered(answer: httpx.Response) -> None:
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400 and answer.headers["content-type"].startswith("application/json"):
        error = answer.json()["error"]
        assert error["message"]
        assert error["code"]


def routes(app: Quart) -> list[Route]:
    site: Site = app.extensions["site"]
    return site.routes["plexichat"]


def path(route: Route, id: str, prefix: str = "") -> str:
    """The path of a route, with `id` wherever an id stands."""
    return re.sub(r"<\w+>", id, prefix + route.path)


def paths(app: Quart, id: str) -> list[tuple[str, str]]:
    """Every route under each of its bases."""
    return sorted(
        (route.method, path(route, id, prefix))
        for prefix in ("", "/api/v1")
        for route in routes(app)
    )


LOGOUTS = ("/auth/logout", "/auth/sessions/revoke-all")


@pytest.mark.parametrize("name", BODIES)
async def test_every_route_bears_a_body_like(
    name: str, ann: Person, app: Quart, caplog: pytest.LogCaptureFixture
) -> None:
    for method, path in paths(app, "77"):
        if path.endswith(LOGOUTS) or method == "GET":
            continue
        answer = await ann.ask(method, path, content=BODIES[name])
        await assert_refused_or_answered(answer)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.parametrize("name", UNREADABLE)
async def test_every_route_that_takes_json_refuses(name: str, ann: Person, app: Quart) -> None:
    taking = [route for route in routes(app) if route.body and not route.guard]
    assert len(taking) > 40
    for route in taking:
        answer = await ann.ask(route.method, path(route, "77"), content=BODIES[name])
        assert answer.status_code == 400, (route.method, route.path, answer.text)
        assert answer.json()["error"]["message"]


@pytest.mark.parametrize("id", IDS)
async def test_every_route_bears_an_id_like(
    id: str, ann: Person, app: Quart, caplog: pytest.LogCaptureFixture
) -> None:
    for method, path in paths(app, id):
        if not path.endswith(LOGOUTS):
            await assert_refused_or_answered(await ann.ask(method, path))
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.parametrize("query", QUERIES)
async def test_every_route_bears_a_query_like(
    query: str, ann: Person, app: Quart, caplog: pytest.LogCaptureFixture
) -> None:
    for method, path in paths(app, "77"):
        if not path.endswith(LOGOUTS):
            await assert_refused_or_answered(await ann.ask(method, f"{path}?{query}"))
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_every_route_but_the_public_ones_asks_who_is_calling(
    stranger: httpx.AsyncClient, app: Quart
) -> None:
    for route in routes(app):
        if not route.public:
            answer = await stranger.request(route.method, path(route, "77"), json={})
            assert answer.status_code == 401, (route.method, route.path)


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("base", ["", "/api/v1"])
async def test_both_bases_and_a_trailing_slash_are_one(
    ann: Person, base: str, slash: str
) -> None:
    answer = await ann.get(f"{base}/users/@me{slash}")
    assert (answer.status_code, answer.json()["id"]) == (200, ann.id)


async def test_unknown_paths_and_methods_are_enveloped(ann: Person) -> None:
    for path in ("/nonsense", "/api/v1/nonsense", "/users/@me/nonsense/", "//users/@me"):
        answer = await ann.get(path)
        assert answer.json() == {"error": {"code": 404, "message": "Not found"}}
    answer = await ann.put("/users/@me")
    assert answer.status_code == 405
    assert answer.json()["error"]["code"] == 405
    assert set(answer.headers["allow"].split(", ")) >= {"GET", "PATCH"}


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    host, _, port = url.removeprefix("ws://").removesuffix("/gateway").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        yield reader, writer
    finally:
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize("target", ["http://chat.test", "http://chat.test/api/v1/?a=b"])
async def test_the_whole_address_asks_for_the_same_as_its_path(url: str, target: str) -> None:
    async with connected(url) as (reader, writer):
        writer.write(f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        assert (await reader.read()).startswith(b"HTTP/1.1 200 ")


async def test_a_body_that_says_it_is_too_large_is_413_before_a_byte_of_it(url: str) -> None:
    head = b"POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 10485761\r\n\r\n"
    async with connected(url) as (reader, writer):
        writer.write(head)
        assert (await reader.readline()).startswith(b"HTTP/1.1 413 ")


async def test_head_answers_like_get_without_a_body(ann: Person) -> None:
    answer = await ann.ask("HEAD", "/users/@me")
    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) == len((await ann.get("/users/@me")).content)


@pytest.mark.parametrize("path", ["/", "/users/@me", "/nonsense"])
async def test_options_is_200_and_empty(stranger: httpx.AsyncClient, path: str) -> None:
    answer = await stranger.options(path)
    assert (answer.status_code, answer.content) == (200, b"")


async def test_answers_carry_the_security_headers(ann: Person) -> None:
    for answer in (await ann.get("/users/@me"), await ann.get("/nonsense")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "SAMEORIGIN"
        assert answer.headers["referrer-policy"] == "strict-origin-when-cross-origin"
        assert answer.headers["content-security-policy"] == "default-src 'none'"
        assert answer.headers["content-type"] == "application/json; charset=utf-8"


async def test_a_body_over_the_limit_is_413(ann: Person) -> None:
    huge = b'{"content": "' + b"x" * (10 << 20) + b'"}'

    async def pieces() -> object:
        for start in range(0, len(huge), 1 << 20):
            yield huge[start : start + (1 << 20)]

    for content in (huge, pieces()):
        answer = await ann.ask("PATCH", "/users/@me", content=content)
        assert answer.json() == {"error": {"code": 413, "message": "Request body too large"}}


async def test_a_fault_of_ours_is_logged_and_told_without_detail(
    app: Quart, ann: Person, house: object, caplog: pytest.LogCaptureFixture
) -> None:
    """A table taken away under the running server is as real a fault as there is."""
    from plexichat.app import House
    from plexichat.store.db import Tx

    assert isinstance(house, House)

    def break_it(tx: Tx) -> None:
        tx.execute("ALTER TABLE dm RENAME TO gone")

    await house.db.write(break_it)
    answer = await ann.get("/users/@me/channels")
    assert answer.json() == {"error": {"code": 500, "message": "Internal server error"}}
    assert "no such table" in caplog.text
