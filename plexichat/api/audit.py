"""The audit log (contract group servers, 7)."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from plexichat.api.shapes import Id, Seconds, Shapes, UserPublic, created, seconds
from plexichat.api.shapes_servers import icon
from plexichat.core import audit_log, permissions
from plexichat.core.audit_log import Log
from plexichat.store.audit import Entry as Row
from plexichat.web.bodies import snowflake
from plexichat.web.requests import house, me, see
from plexichat.web.routes import Routes

routes = Routes("Audit log")

UNKNOWN = frozenset(("is_public", "banner"))  # what no object has here
FIELDS = {"read_receipts": "read_receipts_enabled", "icon": "icon_url"}  # as objects have them


class Paging(Struct):
    limit: Annotated[int, Meta(ge=1, le=100)] = 50
    before: str | None = None


class Filter(Struct):
    server_id: str | None = None
    action: str | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 25


class Change(Struct):
    """What a field said before and says now, as the object itself has it."""

    old: Any
    new: Any


class Entry(Struct):
    """`changes` are fields to their old and new value."""

    id: Id
    server_id: Id
    user_id: Id
    user: UserPublic | None
    action: str
    target_type: str | None
    target_id: str | None
    target_name: str | None
    changes: dict[str, Change] | None
    reason: str | None
    created_at: Seconds


class Entries(Struct):
    entries: list[Entry]


@routes.get(
    "/servers/<server_id>/audit-logs",
    errors=(
        "400 Invalid server ID", "400 Invalid input", "400 Invalid entry ID",
        "403 Access denied", "403 Permission denied", "404 Server not found",
    ),
)  # fmt: skip
async def of_server(server_id: int, query: Paging) -> list[Entry]:
    """What was done in a server, newest first."""
    before = None if query.before is None else snowflake(query.before, "entry")
    return _shapes(await see(audit_log.read, me().id, server_id, before, query.limit))


@routes.get(
    "/features/users/@me/audit-logs",
    errors=(
        "400 Invalid server ID", "400 Invalid input", "403 Access denied",
        "403 Permission denied", "404 Server not found",
    ),
)  # fmt: skip
async def of_mine(query: Filter) -> Entries:
    """What was done in the servers whose log one may view."""
    server_id = None if query.server_id is None else snowflake(query.server_id, "server")
    found = await see(audit_log.read_all, me().id, server_id, query.action, query.limit)
    return Entries(_shapes(found))


def _changes(shapes: Shapes, entry: Row) -> dict[str, Change]:
    def worded(field: str, value: Any) -> Any:
        if value is None:
            return None
        match field:
            case "permissions" | "allow" | "deny":
                return {name: True for name, has in permissions.names(value).items() if has}
            case "icon":
                return icon(shapes, entry.server_id, value)
            case "timeout_until":
                return seconds(value)
        return str(value) if field.endswith("_id") else value

    kept = msgspec.json.decode(entry.changes or "{}", type=dict[str, Change])
    return {
        FIELDS.get(field, field): Change(worded(field, each.old), worded(field, each.new))
        for field, each in kept.items()
        if field not in UNKNOWN
    }


def _shapes(log: Log) -> list[Entry]:
    shapes = house().shapes
    return [
        Entry(
            str(entry.id),
            str(entry.server_id),
            str(entry.user_id),
            shapes.user(log.actors[entry.user_id]) if entry.user_id in log.actors else None,
            entry.action,
            entry.target_type,
            entry.target_id,
            entry.target_name,
            _changes(shapes, entry) or None,
            entry.reason,
            created(entry.id),
        )
        for entry in log.entries
    ]
