"""The API reference of a running server: /docs for people, /openapi.json for programs."""

import functools
from collections.abc import Iterable
from functools import cache
from typing import Any

import msgspec
from msgspec import Struct

from plexichat import __version__
from plexichat.config import RateLimits
from plexichat.web import pages, reference
from plexichat.web.requests import Reply, house
from plexichat.web.routes import Routes

DESCRIPTION = """\
Every route answers at both addresses, with or without a trailing slash.

**Ids** are snowflakes, written as decimal strings; a request may also hold them as numbers. \
`(id >> 22) + 1704067200000` is the moment of their making in Unix milliseconds. \
**Times** are whole Unix seconds. **URLs** are absolute.

A field that may be empty is there with `null`, a list with `[]`. In a request `null` means absent \
unless the route says otherwise.

**Logging in** gives a token; send it as `Authorization: Bearer <token>`. A session lasts a week \
and is renewed by use.

**A refusal** is `{"error": {"code": 404, "message": "User not found"}}`. The message begins with \
one of the phrases that the route lists; what may follow a colon is for people.

**Too many requests** are refused with 429 and `retry_after`, in seconds. Answers carry \
`X-RateLimit-Limit`, `-Remaining`, `-Reset`, `-Reset-After` and `-Bucket`.

**Live events** arrive over a WebSocket at `/gateway`: send op 2 with the token, then read.
"""


class Reason(Struct):
    """The status, or a word where programs need one; and a sentence."""

    code: int | str
    message: str


class Refusal(Struct):
    error: Reason


@functools.cache
def routes(described: tuple[Routes, ...]) -> Routes:
    """The pages that describe these groups; served at the bare address only."""
    here = Routes("Reference", bare=True)

    @here.get("/openapi.json", public=True)
    async def openapi() -> Reply:
        """This API as an OpenAPI 3.1 document."""
        return _made(described, house().shapes.origin, house().config.rate_limits).reply()

    @here.get("/docs", public=True, gives="text/html")
    async def docs() -> Reply:
        """This API as a page to read."""
        return pages.file("docs.html").reply()

    @here.get("/docs/style.css", public=True, gives="text/css")
    async def style() -> Reply:
        """How the page looks."""
        return pages.file("docs.css").reply()

    @here.get("/docs/script.js", public=True, gives="text/javascript")
    async def script() -> Reply:
        """What fills the page."""
        return pages.file("docs.js").reply()

    return here


def document(groups: Iterable[Routes], origin: str, rates: RateLimits) -> dict[str, Any]:
    """The OpenAPI document of a server reached at `origin`."""
    about = reference.About(
        title="Plexichat",
        version=__version__,
        description=DESCRIPTION,
        servers={f"{origin}/api/v1": "The API", origin: "The same without a prefix"},
        refusal=Refusal,
        begins=_begins,
    )
    return reference.document(about, groups, rates)


@cache
def _made(groups: tuple[Routes, ...], origin: str, rates: RateLimits) -> pages.Page:
    return pages.page(msgspec.json.encode(document(groups, origin, rates)), "json")


def _begins(pattern: str) -> dict[str, Any]:
    reason = {"properties": {"message": {"pattern": pattern}}}
    return {"$ref": f"{reference.SCHEMAS}Refusal", "properties": {"error": reason}}
