"""Routes: which call answers which method and path, and what it takes and gives.

A route's call names the ids of its path, and may take `body` and `query`, each a msgspec struct;
what it returns is its JSON, None no body at all. An id that it wants as it was written it declares
as text. The same facts make the API reference. A call's docstring is its line there.
"""

import inspect
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, get_type_hints

if TYPE_CHECKING:
    from plexichat.web.requests import Request

Call = Callable[..., Awaitable[Any]]
F = TypeVar("F", bound=Call)

NAMES = re.compile(r"<(?:path:)?(\w+)>")  # of what varies in a path
DEFAULT = "default"  # the bucket that each route has for itself, unless it names a shared one


@dataclass(frozen=True, slots=True)
class Guard:
    """Who stands before a group of routes, and looks at a request before anything else does.

    `scheme` is what the reference calls the token that it wants, if it wants one; `errors` are what
    it refuses with.
    """

    admit: Callable[["Request"], Awaitable[None]]
    scheme: str | None
    errors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """One method and path. `bucket` is the rate limit's name, `per` what it is counted by.

    `takes` and `gives` are the media types of a body that is no JSON; a form that is taken has a
    part for its `file`, and its `fields`. `template` is the path as documents write it.
    """

    method: str
    path: str
    call: Call
    bucket: str
    per: str
    public: bool
    status: int
    errors: tuple[str, ...]
    ids: dict[str, str]
    body: type | None
    query: type | None
    answer: Any
    takes: str
    gives: str
    file: str
    fields: tuple[str, ...]
    template: str
    guard: Guard | None

    @property
    def summary(self) -> str:
        return inspect.getdoc(self.call) or ""


class Routes:
    """The routes of one group, in the order they were written.

    A bare group is served without the prefixes of its dialect; one with a guard asks it, not the
    sessions of people, who may come in.
    """

    def __init__(self, name: str, *, bare: bool = False, guard: Guard | None = None) -> None:
        self.name = name
        self.bare = bare
        self.guard = guard
        self.routes: list[Route] = []

    def _add(self, method: str, path: str, **options: Any) -> Callable[[F], F]:
        def register(call: F) -> F:
            self.routes.append(route(method, path, call, guard=self.guard, **options))
            return call

        return register

    def get(self, path: str, **options: Any) -> Callable[[F], F]:
        return self._add("GET", path, **options)

    def post(self, path: str, **options: Any) -> Callable[[F], F]:
        return self._add("POST", path, **options)

    def put(self, path: str, **options: Any) -> Callable[[F], F]:
        return self._add("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> Callable[[F], F]:
        return self._add("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> Callable[[F], F]:
        return self._add("DELETE", path, **options)


def route(
    method: str,
    path: str,
    call: Call,
    *,
    bucket: str = DEFAULT,
    per: str = "user",
    public: bool = False,
    status: int = 200,
    errors: tuple[str, ...] = (),
    takes: str = "application/json",
    gives: str = "application/json",
    file: str = "file",
    fields: tuple[str, ...] = (),
    guard: Guard | None = None,
) -> Route:
    """A route from its call's own signature.

    `errors` are the refusals it names, as "404 User not found". `per` is `user`, `address`, or
    the name of a path id that is counted together with the user.
    """
    hints = get_type_hints(call, include_extras=True)
    names = NAMES.findall(path)
    return Route(
        method,
        path,
        call,
        bucket,
        "address" if (public or guard) and per == "user" else per,
        public or guard is not None,
        status,
        (*errors, *guard.errors) if guard else errors,
        {
            name: name.removesuffix("_id")
            for name in names
            if name.endswith("_id") and hints.get(name) is not str
        },
        hints.get("body"),
        hints.get("query"),
        hints.get("return"),
        takes,
        gives,
        file,
        fields,
        NAMES.sub(r"{\1}", path),
        guard,
    )
