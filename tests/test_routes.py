"""The contract of each dialect, kept true: every route in its table is served, and no other."""

import re
from pathlib import Path

import httpx
import pytest
from quart import Quart

import plexichat
from plexichat.api import forms, reference
from plexichat.api.groups import GROUPS
from plexichat.web.answer import Site
from tests.cast import Person

Row = tuple[str, str]

README = Path(plexichat.__file__).parent / "api" / "README.md"
BASES = ("", "/api/v1")
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


def table(heading: str) -> list[Row]:
    """The pairs of method and path in the table under a heading."""
    _, _, after = README.read_text().partition(f"\n## {heading}\n")
    section, _, _ = after.partition("\n## ")
    return re.findall(r"^\| ([A-Z]+) \| (/\S*) \|", section, re.MULTILINE)


ROUTES = table("Routes")
PAGES = table("Pages")


def filled(path: str) -> str:
    return re.sub(r"\{\w+\}", "77", path)


def served(groups: object) -> set[Row]:
    assert isinstance(groups, tuple)
    return {
        (route.method, route.template)
        for group in groups
        for route in group.routes
    }


def test_every_row_is_a_route_and_stands_there_once() -> None:
    assert {method for method, _ in ROUTES + PAGES} <= METHODS
    assert len(set(ROUTES + PAGES)) == len(ROUTES + PAGES)


def test_every_served_route_is_in_the_contract() -> None:
    assert served(GROUPS) - set(ROUTES) == set()
    assert served((reference.routes(GROUPS), *forms.GROUPS)) - set(PAGES) == set()


@pytest.mark.parametrize("base", BASES, ids=["bare", "prefixed"])
async def test_every_route_of_the_contract_is_served_at_both_bases(ann: Person, base: str) -> None:
    for method, path in ROUTES:
        for slash in ("", "/") if path != "/" or base else ("",):
            answer = await ann.ask(method, base + filled(path).rstrip("/") + slash or "/")
            assert answer.status_code != 405, (method, path)
            if answer.headers.get("content-type", "").startswith("application/json"):
                assert answer.json() != {"error": {"code": 404, "message": "Not found"}}, path
            assert not answer.is_redirect


async def test_pages_are_served_at_the_bare_base_only(stranger: httpx.AsyncClient) -> None:
    for _, path in PAGES:
        assert (await stranger.get(path)).status_code == 200
        assert (await stranger.get(f"/api/v1{path}")).status_code == 404


def test_the_application_has_no_routes_beside_the_contract(app: Quart) -> None:
    site: Site = app.extensions["site"]
    names = ("plexichat", forms.DIALECT.name)
    served = {(route.method, route.template) for name in names for route in site.routes[name]}
    assert served == {*ROUTES, *PAGES}
    assert list(app.url_map.iter_rules()) == []
