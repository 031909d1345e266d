"""Finding messages and people wherever one may look (contract 11, section 1)."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated

from msgspec import Meta, Struct

from plexichat.api.shapes import Id, Message
from plexichat.core import search
from plexichat.core.errors import Invalid
from plexichat.core.search import Scope
from plexichat.store.search import NEWEST
from plexichat.store.users import User
from plexichat.web.bodies import snowflake
from plexichat.web.requests import house, me, offered, see
from plexichat.web.routes import Routes

CURSOR = re.compile(r"[A-Za-z0-9_-]{1,200}=*", re.ASCII)
EXACT, BEGUN = 1.0, 0.5

routes = Routes("Search")

Limit = Annotated[int, Meta(ge=1, le=100)]


class MessagesWanted(Struct):
    query: str | None = None
    limit: Limit = search.FOUND
    cursor: str | None = None
    conversation_id: str | None = None
    channel_id: str | None = None
    server_id: str | None = None
    author_id: str | None = None


class PeopleWanted(Struct):
    query: str | None = None
    limit: Limit = search.FOUND
    cursor: str | None = None
    server_id: str | None = None


class MessagesFound(Struct):
    results: list[Message]
    next_cursor: str | None


class PersonFound(Struct):
    user_id: Id
    username: str
    display_name: str | None
    avatar_url: str | None
    badges: tuple[str, ...]
    score: float


class PeopleFound(Struct):
    results: list[PersonFound]
    next_cursor: str | None


@routes.get(
    "/search/messages",
    errors=(
        "400 Invalid input", "400 Invalid channel ID", "400 Invalid server ID",
        "400 Invalid author ID", "403 Access denied", "404 Channel not found",
        "404 Server not found", "503 Search module not available",
    ),
)  # fmt: skip
async def messages(query: MessagesWanted) -> MessagesFound:
    """The newest messages, wherever one may read, that hold every word; the last perhaps begun.

    A page may be short, even empty, and `next_cursor` lead on: then there was no time for more.
    """
    offered("search")
    here = house()
    scope = Scope(
        _id(query.channel_id or query.conversation_id, "channel"),
        _id(query.server_id, "server"),
        _id(query.author_id, "author"),
        NEWEST if query.cursor is None else _number(_opened(query.cursor)),
    )
    text = _text(query.query)
    found = await see(search.everywhere, me().id, scope, text, query.limit + 1)
    page = found.messages[: query.limit]
    online = {channel_id: here.online(channel_id) for channel_id in {m.channel_id for m in page}}
    views = await see(search.views, me().id, page, online)
    more = page[-1].id if len(found.messages) > query.limit else found.more
    after = None if more is None else _cursor(str(more))
    return MessagesFound([here.shapes.message(view) for view in views], after)


@routes.get(
    "/search/users",
    errors=(
        "400 Invalid input", "400 Invalid server ID", "403 Access denied", "404 Server not found",
        "503 Search module not available",
    ),
)  # fmt: skip
async def people(query: PeopleWanted) -> PeopleFound:
    """People by the beginnings of words in their names."""
    offered("search")
    text = _text(query.query)
    after = "" if query.cursor is None else _opened(query.cursor)
    server_id = _id(query.server_id, "server")
    found = await see(search.people, me().id, server_id, text, after, query.limit + 1)
    page = [_person(user, text) for user in found[: query.limit]]
    return PeopleFound(page, _cursor(page[-1].username) if len(found) > query.limit else None)


def _person(user: User, text: str) -> PersonFound:
    exact = user.username.lower() == text.strip().lower()
    return PersonFound(
        str(user.id), user.username, None, house().shapes.avatar(user.id, user.avatar),
        user.badges, EXACT if exact else BEGUN,
    )  # fmt: skip


def _text(query: str | None) -> str:
    if query is None or not query.strip():
        raise Invalid("query_required", "Invalid input: query")
    return query


def _id(given: str | None, thing: str) -> int | None:
    return None if given is None else snowflake(given, thing)


def _cursor(last: str) -> str:
    """A sign of where the next page goes on."""
    return urlsafe_b64encode(last.encode()).decode().rstrip("=")


def _opened(cursor: str) -> str:
    if CURSOR.fullmatch(cursor):
        bare = cursor.rstrip("=")
        try:
            return urlsafe_b64decode(bare + "=" * (-len(bare) % 4)).decode()
        except ValueError:
            pass
    raise Invalid("invalid_cursor", "Invalid input: cursor")


def _number(last: str) -> int:
    if not last.isascii() or not last.isdigit() or len(last) > 19:
        raise Invalid("invalid_cursor", "Invalid input: cursor")
    return min(int(last), NEWEST)
