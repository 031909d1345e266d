"""The API reference: an OpenAPI 3.1 document made from the routes themselves.

Nothing in it is written twice. A route's docstring is its line, its structs are the schemas, and
its `errors` become the pattern that the message of a refusal begins with, so that whoever holds
an answer against the document also holds it against the phrases.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import msgspec

from plexichat.config import RateLimits
from plexichat.web import examples
from plexichat.web.requests import Reply
from plexichat.web.routes import NAMES, Route, Routes

Schema = dict[str, Any]

JSON = "application/json"
SCHEMAS = "#/components/schemas/"
RESPONSES = "#/components/responses/"
# What a route may answer besides what it names.
ANY = (
    "400 Invalid version format", "403 Access denied",
    "426 Client version is too old", "429 Rate limited",
    "500 Internal server error", "503 Server busy", "507 Insufficient storage",
)  # fmt: skip
KNOWN = (
    "401 Authentication required", "401 Invalid token", "401 Token expired",
    "401 Multiple Authorization headers",
)  # fmt: skip
WITH_INPUT = ("400 Invalid input",)
WITH_BODY = ("413 Request body too large",)


@dataclass(frozen=True, slots=True)
class About:
    """What a dialect says of itself.

    `refusal` is the struct of an answer that says no, `begins` the schema of one whose message
    begins with a pattern.
    """

    title: str
    version: str
    description: str
    servers: Mapping[str, str]
    refusal: type
    begins: Callable[[str], Schema]


def document(
    about: About, groups: Iterable[Routes], rates: RateLimits, also: Iterable[type] = ()
) -> Schema:
    """The whole reference; `also` are structs that a schema written by hand refers to."""
    routes = [(group.name, route) for group in groups for route in group.routes]
    answers = list(dict.fromkeys(route.answer for _, route in routes if _gives_json(route)))
    made, components = msgspec.json.schema_components(
        (*answers, about.refusal, *also), ref_template=SCHEMAS + "{name}"
    )
    for component in components.values():
        _expect_every_field(component)
    for component in components.values():
        component["examples"] = [examples.of(component, components)]
    schemas = dict(zip(answers, made, strict=False))
    paths: dict[str, dict[str, Schema]] = {}
    for tag, route in routes:
        path = paths.setdefault(route.template, {})
        path[route.method.lower()] = _operation(about, tag, route, schemas, rates)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": about.title,
            "version": about.version,
            "description": about.description,
        },
        "servers": [{"url": url, "description": what} for url, what in about.servers.items()],
        "tags": [{"name": name} for name in dict.fromkeys(name for name, _ in routes)],
        "paths": paths,
        "components": {
            "securitySchemes": {
                name: {"type": "http", "scheme": "bearer"}
                for name in sorted({each for _, route in routes for each in _schemes(route)})
            },
            "schemas": components,
            "responses": {
                str(status): _refused(about, phrases)
                for status, phrases in _by_status((*ANY, *KNOWN, *WITH_BODY)).items()
            },
        },
    }


def _operation(
    about: About, tag: str, route: Route, schemas: Mapping[Any, Schema], rates: RateLimits
) -> Schema:
    summary, _, more = route.summary.partition("\n")
    operation: Schema = {
        "tags": [tag],
        "operationId": re.sub(r"\W+", "_", f"{route.method.lower()}{route.template}").strip("_"),
        "summary": summary,
        "security": [{scheme: []} for scheme in _schemes(route)],
        "x-rate-limit": {
            "bucket": route.bucket,
            "per": route.per,
            "rates": [str(rate) for rate in getattr(rates, route.bucket)],
        },
    }
    if more.strip():
        operation["description"] = more.strip()
    if parameters := [*_path_parameters(route), *_query_parameters(route)]:
        operation["parameters"] = parameters
    if route.takes != JSON:
        operation["requestBody"] = {"required": True, "content": {route.takes: _form(route)}}
    elif route.body is not None:
        operation["requestBody"] = _body(route.body)
    refusals = _refusals(about, route)
    operation["responses"] = {str(route.status): _answered(route, schemas)}
    if "416" in refusals:  # what may be refused a part of can be given one
        operation["responses"]["206"] = _answered(route, schemas) | {"description": "A part"}
    if route.answer is Reply and route.method == "GET":
        operation["responses"]["304"] = {"description": "Known already, by its ETag"}
    operation["responses"] |= refusals
    return operation


def _schemes(route: Route) -> list[str]:
    """What the tokens are called that a route wants."""
    if route.guard is not None:
        return [route.guard.scheme] if route.guard.scheme else []
    return [] if route.public else ["token"]


def _body(struct: type) -> Schema:
    """What is taken, and an example of it: the struct's own, where it has one."""
    schema = inlined(struct)
    example = getattr(struct, "example", None) or examples.sent(schema)
    content = {JSON: {"schema": schema, "example": example}}
    return {"required": bool(schema.get("required")), "content": content}


def _path_parameters(route: Route) -> list[Schema]:
    return [
        _parameter("path", name, True, {"type": "string", "pattern": "^[0-9]+$"})
        if name.endswith("_id") else _parameter("path", name, True, {"type": "string"})
        for name in NAMES.findall(route.path)
    ]  # fmt: skip


def _parameter(place: str, name: str, required: bool, schema: Schema) -> Schema:
    return {
        "name": name,
        "in": place,
        "required": required,
        "schema": schema,
        "example": examples.of(schema, {}, name),
    }


def _query_parameters(route: Route) -> list[Schema]:
    if route.query is None:
        return []
    schema = inlined(route.query)
    return [
        _parameter("query", name, name in schema["required"], field)
        for name, field in schema["properties"].items()
    ]


def _form(route: Route) -> Schema:
    parts: Schema = {
        name: {"type": "string", "examples": [examples.of({"type": "string"}, {}, name)]}
        for name in route.fields
    }
    parts[route.file] = {"type": "string", "contentMediaType": "application/octet-stream"}
    return {"schema": {"type": "object", "properties": parts, "required": list(parts)}}


def _answered(route: Route, schemas: Mapping[Any, Schema]) -> Schema:
    answered: Schema = {"description": HTTPStatus(route.status).phrase}
    if _gives_json(route):
        answered["content"] = {JSON: {"schema": schemas[route.answer]}}
    elif route.status != HTTPStatus.NO_CONTENT:
        answered["content"] = {kind: {} for kind in route.gives.split(", ")}
    return answered


def _refusals(about: About, route: Route) -> dict[str, Schema]:
    """The refusals of a route; where it names none of its own, those that all have in common."""
    common = [*ANY, *(() if route.public else KNOWN)]
    if route.body is not None or route.takes != JSON:
        common += WITH_BODY
    implied = [f"400 Invalid {thing} ID" for thing in route.ids.values()]
    if route.body is not None or route.query is not None:
        implied += WITH_INPUT
    shared = _by_status(common)
    told: dict[str, Schema] = {}
    for status, phrases in sorted(_by_status((*route.errors, *implied)).items()):
        told[str(status)] = _refused(about, phrases, shared.pop(status, []))
    return {**told, **{str(status): {"$ref": f"{RESPONSES}{status}"} for status in sorted(shared)}}


def _by_status(errors: Iterable[str]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for error in dict.fromkeys(errors):
        status, _, phrase = error.partition(" ")
        found.setdefault(int(status), []).append(phrase)
    return found


def _refused(about: About, phrases: list[str], shared: Iterable[str] = ()) -> Schema:
    """Refusals of one status: those a route names, and those it shares with all."""
    known = (*dict.fromkeys((*phrases, *shared)),)
    plain = (re.sub(r"([][\\.*+?^${}()|/])", r"\\\1", phrase) for phrase in known)
    return {
        "description": "; ".join(known),
        "content": {JSON: {"schema": about.begins(f"^({'|'.join(plain)})")}},
        "x-phrases": phrases,
    }


def _gives_json(route: Route) -> bool:
    return route.answer not in (Reply, type(None))


def _expect_every_field(component: Schema) -> None:
    """What is given has every field, those with a default too; only unset ones may lack."""
    fields = component.get("properties", {})
    component["required"] = [
        name for name, field in fields.items()
        if name in component["required"] or "default" in field
    ]  # fmt: skip
    for field in fields.values():
        field.pop("default", None)


def inlined(struct: type) -> Schema:
    """The schema of what is taken, in one piece: bodies are read, not shared."""
    (schema,), components = msgspec.json.schema_components((struct,), ref_template="{name}")

    def resolve(node: Any) -> Any:
        if isinstance(node, dict):
            if "$ref" in node:
                beside = {key: value for key, value in node.items() if key != "$ref"}
                return {**resolve(components[node["$ref"]]), **beside}
            return {key: resolve(value) for key, value in node.items()}
        return [resolve(item) for item in node] if isinstance(node, list) else node

    resolved: Schema = resolve(schema)
    return resolved
