"""The contract of the Wryft dialect, kept true: its table is what is served."""

import re
from pathlib import Path

import httpx
import pytest
from quart import Quart

from plexichat import wryft
from plexichat.web.answer import Site
from tests.cast import Person
from tests.wryft.cast import named, refusal

README = Path(wryft.__file__).parent / "README.md"


def table() -> list[tuple[str, str]]:
    _, _, after = README.read_text().partition("\n## Routes\n")
    section, _, _ = after.partition("\n## ")
    return re.findall(r"^\| ([A-Z]+) \| (/\S*) \|", section, re.MULTILINE)


def test_what_is_served_is_what_the_table_says(app: Quart) -> None:
    site: Site = app.extensions["site"]
    rows = table()
    assert len(set(rows)) == len(rows)
    assert {
        (route.method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route.path))
        for route in site.routes["wryft"]
    } == set(rows)


async def test_somebody_is_at_home(stranger: httpx.AsyncClient) -> None:
    answer = await stranger.get("/api/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_what_is_not_there_is_refused_in_its_words(ann: Person) -> None:
    assert refusal(await ann.get("/api/nonsense")) == (404, "Not found")
    answer = await ann.post("/api/health")
    assert refusal(answer) == (405, "Method not allowed")
    assert answer.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize("origin", ["http://localhost:5173", "https://elsewhere.example"])
async def test_any_page_may_read_what_it_asks_for_without_cookies(
    stranger: httpx.AsyncClient, origin: str
) -> None:
    asked = {"Origin": origin, "Access-Control-Request-Headers": "authorization, content-type"}
    for method in ("OPTIONS", "GET"):
        answer = await stranger.request(method, "/api/health", headers=asked)
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers


async def test_a_body_that_is_no_json_is_refused(ann: Person) -> None:
    path, body = f"/api/users/{named(ann)}/profile", b'{"bio": "Wheel thrower."}'
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        answer = await ann.ask("PATCH", path, content=body, headers={"Content-Type": kind})
        assert refusal(answer) == (400, "Invalid input: body is not application/json")
    for headers in ({}, {"Content-Type": "Application/JSON; charset=utf-8"}):
        answer = await ann.ask("PATCH", path, content=body, headers=headers)
        assert answer.json()["bio"] == "Wheel thrower."


@pytest.mark.parametrize("scheme", ["bearer ", "BEARER ", "Bearer  ", "", "Basic "])
async def test_a_token_stands_behind_the_one_word(
    ann: Person, stranger: httpx.AsyncClient, scheme: str
) -> None:
    headers = {"Authorization": scheme + ann.token}
    answer = await stranger.get("/api/guilds", headers=headers)
    assert refusal(answer) == (401, "Invalid token")
