"""The API reference: true to the routes, readable by programs and in a browser, ours alone."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from jsonschema import Draft202012Validator
from quart import Quart

from plexichat.api import reference
from plexichat.api.groups import GROUPS
from plexichat.config import Config, Docs, RateLimits
from tests import recorder
from tests.cast import Person, quick, refusal

ASSETS = {"/docs/style.css": "text/css", "/docs/script.js": "text/javascript"}


@pytest.fixture
def document() -> dict[str, Any]:
    return reference.document(GROUPS, "https://chat.example.org", RateLimits())


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for path in document["paths"].values() for operation in path.values()]


def bodies(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Of every route that takes JSON: method, path with the examples in it, and what it takes."""
    for path, operation in document["paths"].items():
        for method, told in operation.items():
            body = told.get("requestBody", {}).get("content", {}).get("application/json")
            url = path
            for each in told.get("parameters", ()):
                url = url.replace(f"{{{each['name']}}}", quote(str(each["example"]), safe=""))
            if body is not None:
                yield method.upper(), url, body


# The document


async def test_openapi_json_describes_this_server(stranger: httpx.AsyncClient) -> None:
    served = (await stranger.get("/openapi.json")).json()
    assert served["openapi"] == "3.1.0"
    assert served["info"]["version"] == "a.1.0-49"
    assert [server["url"] for server in served["servers"]] == [
        "http://127.0.0.1:8000/api/v1",
        "http://127.0.0.1:8000",
    ]


def test_every_route_is_described_once(document: dict[str, Any]) -> None:
    routes = {
        (route.method.lower(), route.template)
        for group in GROUPS
        for route in group.routes
    }
    described = {
        (method, path) for path, methods in document["paths"].items() for method in methods
    }
    assert described == routes
    assert len({each["operationId"] for each in operations(document)}) == len(routes)


def test_every_route_says_what_it_does_in_a_sentence(document: dict[str, Any]) -> None:
    for operation in operations(document):
        assert operation["summary"].endswith("."), operation["operationId"]


def test_every_schema_is_one_and_every_reference_leads_somewhere(
    document: dict[str, Any],
) -> None:
    Draft202012Validator.check_schema({"$defs": document["components"]["schemas"]})

    def follow(node: Any) -> None:
        if isinstance(node, dict):
            if "$ref" in node:
                _, *keys = node["$ref"].split("/")
                assert recorder.at(keys, document)
            for value in node.values():
                follow(value)
        elif isinstance(node, list):
            for item in node:
                follow(item)

    follow(document)


def test_no_two_shapes_share_a_name(document: dict[str, Any]) -> None:
    assert [name for name in document["components"]["schemas"] if "." in name] == []


def test_every_answer_in_json_has_a_shape(document: dict[str, Any]) -> None:
    for operation in operations(document):
        for answer in operation["responses"].values():
            for kind, content in answer.get("content", {}).items():
                assert kind != "application/json" or content["schema"], operation


def test_every_field_of_an_answer_is_promised(document: dict[str, Any]) -> None:
    account = document["components"]["schemas"]["UserPrivate"]
    assert set(account["required"]) == set(account["properties"])
    assert "deletion_at" in account["required"]


def test_a_route_tells_its_limits_and_who_may_call_it(document: dict[str, Any]) -> None:
    login = document["paths"]["/auth/login"]["post"]
    assert login["security"] == []
    assert login["x-rate-limit"] == {
        "bucket": "login", "per": "address", "rates": ["5/60", "20/3600"],
    }  # fmt: skip
    assert document["paths"]["/users/@me"]["get"]["security"] == [{"token": []}]


def test_a_refusal_is_described_by_its_phrases(document: dict[str, Any]) -> None:
    told = document["paths"]["/users/{user_id}"]["get"]["responses"]
    assert told["404"]["x-phrases"] == ["User not found"]
    assert told["400"]["x-phrases"] == ["Invalid user ID"]
    assert told["429"] == {"$ref": "#/components/responses/429"}


def test_a_refusal_names_each_phrase_once(document: dict[str, Any]) -> None:
    for operation in operations(document):
        for told in operation["responses"].values():
            phrases = told.get("description", "").split("; ")
            assert len(phrases) == len(set(phrases)), operation["operationId"]


# Its examples


def test_every_example_is_what_it_is_an_example_of(document: dict[str, Any]) -> None:
    components = {"components": document["components"]}
    for schema in document["components"]["schemas"].values():
        Draft202012Validator({**schema, **components}).validate(schema["examples"][0])
    for operation in operations(document):
        for given in operation.get("parameters", ()):
            Draft202012Validator(given["schema"]).validate(given["example"])
        for taken in operation.get("requestBody", {}).get("content", {}).values():
            if "example" in taken:
                Draft202012Validator(taken["schema"]).validate(taken["example"])


async def test_every_example_of_a_body_is_taken(ann: Person, document: dict[str, Any]) -> None:
    """Some are refused, as there is no such thing or it is not hers; none because it is bad."""
    for method, path, body in bodies(document):
        if (method, path) != ("DELETE", "/users/@me"):
            answer = await ann.ask(method, path, json=body["example"])
            bad = answer.status_code == 400 and refusal(answer)[1] != "2FA is not enabled"
            assert not bad, f"{method} {path}: {answer.text}"


async def test_what_is_needed_is_asked_for(ann: Person, document: dict[str, Any]) -> None:
    for method, path, body in bodies(document):
        for name in body["schema"].get("required", ()) if "/admin" not in path else ():
            for lacking in ({}, {name: None}):
                given = {key: value for key, value in body["example"].items() if key != name}
                answer = await ann.ask(method, path, json=given | lacking)
                assert answer.status_code == 400, f"{method} {path}: {answer.text}"


# The page


async def test_the_page_and_its_parts_are_served(stranger: httpx.AsyncClient) -> None:
    page = await stranger.get("/docs")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    for path, kind in ASSETS.items():
        assert f'"{path}"' in page.text
        assert (await stranger.get(path)).headers["content-type"] == f"{kind}; charset=utf-8"


async def test_the_page_needs_nothing_from_elsewhere_and_may_load_nothing(
    stranger: httpx.AsyncClient,
) -> None:
    page = await stranger.get("/docs")
    policy = dict(
        rule.strip().split(" ", 1) for rule in page.headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert not re.search(r"<script>|<style>| style=| on\w+=", page.text)
    for path in ("/docs", *ASSETS):
        text = (await stranger.get(path)).text.replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://|@import|: *url\(", text), path
        assert not re.search(r"innerHTML|eval\(|localStorage", text), path


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", *ASSETS])
async def test_what_a_browser_has_already_is_not_sent_again(
    stranger: httpx.AsyncClient, path: str
) -> None:
    first = await stranger.get(path)
    headers = {"If-None-Match": first.headers["etag"]}
    again = await stranger.get(path, headers=headers)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["content-security-policy"] == first.headers["content-security-policy"]
    other = await stranger.get(path, headers={"If-None-Match": '"other"'})
    assert other.content == first.content


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", *ASSETS])
async def test_the_reference_is_at_the_bare_address_only(
    stranger: httpx.AsyncClient, path: str
) -> None:
    assert (await stranger.get(f"/api/v1{path}")).status_code == 404


async def test_where_things_are_says_where_the_reference_is(stranger: httpx.AsyncClient) -> None:
    told = (await stranger.get("/")).json()
    assert told["docs"] == "http://127.0.0.1:8000/docs"
    assert told["api_docs"] == "http://127.0.0.1:8000/openapi.json"
    assert (await stranger.get("/auth/password-requirements")).json()["docs_enabled"] is True


class TestHidden:
    @pytest.fixture
    def config(self, tmp_path: Any) -> Config:
        return quick(tmp_path / "data", docs=Docs(enabled=False))

    async def test_an_admin_can_hide_the_reference(self, stranger: httpx.AsyncClient) -> None:
        for path in ("/docs", "/openapi.json", *ASSETS):
            assert (await stranger.get(path)).status_code == 404
        told = (await stranger.get("/")).json()
        assert (told["docs"], told["api_docs"]) == (None, None)
        requirements = (await stranger.get("/auth/password-requirements")).json()
        assert requirements["docs_enabled"] is False


# The recorder, which holds every answer of the run against the document


def told(method: str, path: str, status: int, body: object) -> httpx.Response:
    request = httpx.Request(method, f"http://chat.test{path}")
    return httpx.Response(status, json=body, request=request)


def error(status: int, message: str) -> dict[str, Any]:
    return {"error": {"code": status, "message": message}}


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, {"success": True}),
        (404, error(404, "Request not found")),
        (400, error(400, "Invalid user ID")),
        (401, error(401, "Invalid token")),
    ],
)
def test_the_recorder_lets_what_is_declared_pass(status: int, body: object) -> None:
    for base in ("", "/api/v1"):
        recorder.hold(told("PUT", f"{base}/relationships/77/accept/", status, body))


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (201, {"success": True}),
        (200, {"success": "yes"}),
        (200, {}),
        (404, error(404, "Nobody asked")),
        (404, {"message": "Request not found"}),
        (409, error(409, "Already exists")),
    ],
)
def test_the_recorder_fails_what_is_not(status: int, body: object) -> None:
    with pytest.raises(AssertionError):
        recorder.hold(told("PUT", "/relationships/77/accept", status, body))


def test_the_recorder_knows_what_is_served(app: Quart) -> None:
    served = {route.template for route in app.extensions["site"].routes["plexichat"]}
    assert served == {*recorder.DOCUMENT["paths"], *recorder.PAGES}
    with pytest.raises(AssertionError):
        recorder.hold(told("GET", "/nonsense", 200, {}))
    recorder.hold(told("GET", "/nonsense", 404, error(404, "Not found")))


