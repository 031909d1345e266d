"""Every answer that a test sees is held against the API reference.

The reference is made from the routes, so a route that answers with another status, another shape
or another phrase than it declares fails the test that noticed it.
"""

import functools
import re
from typing import Any
from urllib.parse import quote

import httpx
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from plexichat.api import forms, reference
from plexichat.api.groups import GROUPS
from plexichat.config import RateLimits

BASE = "/api/v1"
URI = "urn:plexichat"
JSON = "application/json"
WITH_CLIENT = "client.test"  # a web client answers there too, and no reference knows its files
# What no route declares: an address is blocked, there is no such route, or none with this method.
NOWHERE = {403: "Access denied", 404: "Not found", 405: "Method not allowed"}

# Pages are for people; the reference does not describe itself.
PAGES = {route.path for route in reference.routes(GROUPS).routes}
ELSEWHERE = ("/api/", *(f"{path}/" for path in forms.DIALECT.prefixes))

DOCUMENT = reference.document(GROUPS, "", RateLimits())
REGISTRY: Registry[Any] = Registry().with_resource(URI, DRAFT202012.create_resource(DOCUMENT))


def hold(answer: httpx.Response) -> None:
    """Fail when the reference does not allow this answer."""
    method, path = answer.request.method, bare(answer.request.url.path)
    if answer.request.url.host == WITH_CLIENT:
        return
    if method == "OPTIONS" or f"{path}/".startswith(ELSEWHERE) or answer.request.url.path in PAGES:
        return
    known = find("get" if method == "HEAD" else method.lower(), path)
    if known is None:
        hold_nowhere(answer)
        return
    status = str(answer.status_code)
    seen = f"{method} {known} answered {status}"
    place = ["paths", known, "get" if method == "HEAD" else method.lower(), "responses"]
    assert status in at(place), f"{seen}, which it does not declare: {answer.text[:200]}"
    place.append(status)
    if "$ref" in at(place):
        place = at(place)["$ref"].split("/")[1:]
    content = at(place).get("content", {})
    if method == "HEAD" or not answer.is_stream_consumed:
        return
    kind = answer.headers.get("content-type", "").partition(";")[0]
    if not content:
        assert not answer.content, f"{seen} with a body, which it does not declare"
    elif kind != JSON:
        assert any(re.fullmatch(each.replace("*", ".*"), kind) for each in content), (
            f"{seen} as {kind}, which it does not declare"
        )
    else:
        for error in validator((*place, "content", JSON, "schema")).iter_errors(answer.json()):
            raise AssertionError(f"{seen}, but in {error.json_path}: {error.message}")


def hold_nowhere(answer: httpx.Response) -> None:
    """Where the reference knows no route, the server says so."""
    assert answer.status_code in NOWHERE, f"{answer.request.url} is served and not in the reference"
    if answer.request.method != "HEAD":
        told = {"code": answer.status_code, "message": NOWHERE[answer.status_code]}
        assert answer.json() == {"error": told}


def bare(path: str) -> str:
    """The path without base and trailing slash, as the reference has it."""
    path = path.rstrip("/")
    return (path.removeprefix(BASE) if f"{path}/".startswith(f"{BASE}/") else path) or "/"


@functools.cache
def templates() -> list[tuple[re.Pattern[str], str]]:
    """The paths of the reference, those with the fewest names in them first."""
    paths = sorted(DOCUMENT["paths"], key=lambda path: path.count("{"))
    plain = ((path.replace("{emoji}", ".+"), path) for path in paths)  # what is no emoji has all
    return [(re.compile(re.sub(r"\{\w+\}", "[^/]+", each)), path) for each, path in plain]


def find(method: str, path: str) -> str | None:
    for pattern, known in templates():
        if pattern.fullmatch(path) and method in DOCUMENT["paths"][known]:
            return known
    return None


def at(place: list[str], document: dict[str, Any] = DOCUMENT) -> Any:
    return functools.reduce(lambda node, key: node[key], place, document)


@functools.cache
def validator(place: tuple[str, ...]) -> Draft202012Validator:
    pointer = "/".join(quote(key.replace("~", "~0").replace("/", "~1")) for key in place)
    return Draft202012Validator({"$ref": f"{URI}#/{pointer}"}, registry=REGISTRY)
