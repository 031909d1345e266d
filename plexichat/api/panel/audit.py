"""What admins did (contract 15, section 5)."""

import csv
import io
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Raw, Struct

from plexichat.api.shapes import Id, Seconds, created, optional
from plexichat.core import deeds
from plexichat.core.deeds import Filter, Status
from plexichat.store.deeds import Entry
from plexichat.web import panel
from plexichat.web.bodies import moment, snowflake
from plexichat.web.requests import Reply, see
from plexichat.web.routes import Routes

EXPORTED = 10_000  # lines at most

routes = Routes("Admin: audit log", guard=panel.INSIDE)

Moment = Annotated[int, Meta(ge=0, le=10**15)]


class Wanted(Struct):
    action_family: str | None = None
    status: Status | None = None
    admin_id: str | None = None
    target_type: str | None = None
    date_from: Moment | None = None
    date_to: Moment | None = None


class Paging(Wanted):
    page: Annotated[int, Meta(ge=1, le=1_000_000)] = 1
    per_page: Annotated[int, Meta(ge=1, le=200)] = 50


class Export(Wanted):
    format: Literal["csv", "json"] = "json"


class Line(Struct):
    """Without an `admin_id` it was nobody who is an admin."""

    id: Id
    admin_id: Id | None
    admin_username: str
    action_family: str
    action: str
    status: Status
    target_type: str | None
    target_id: Id | None
    details: Raw
    ip_address: str | None
    created_at: Seconds


class Lines(Struct):
    logs: list[Line]
    total: int
    page: int
    per_page: int


class Stats(Struct):
    total: int
    by_action_family: dict[str, int]
    by_status: dict[str, int]


@routes.get("/admin/audit/logs", errors=("400 Invalid input", "400 Invalid admin ID"))
async def show(query: Paging) -> Lines:
    """A page of the log, the newest line first."""
    found = await see(deeds.read, _filter(query), query.page, query.per_page)
    lines = [_line(entry) for entry in found.entries]
    return Lines(lines, found.total, query.page, query.per_page)


@routes.get("/admin/audit/logs/stats")
async def stats() -> Stats:
    """How many lines there are of each family and status."""
    families: dict[str, int] = {}
    statuses: dict[str, int] = {}
    for family, status, count in await see(deeds.counts):
        families[family] = families.get(family, 0) + count
        statuses[status] = statuses.get(status, 0) + count
    return Stats(sum(statuses.values()), families, statuses)


@routes.get(
    "/admin/audit/logs/export",
    gives="application/octet-stream, text/csv",
    errors=("400 Invalid input", "400 Invalid admin ID"),
)
async def export(query: Export) -> Reply:
    """The newest 10,000 lines as one file."""
    found = await see(deeds.read, _filter(query), 1, EXPORTED)
    lines = [_line(entry) for entry in found.entries]
    if query.format == "csv":
        return _file(_csv(lines), "text/csv; charset=utf-8", "csv")
    return _file(msgspec.json.encode(lines), "application/octet-stream", "json")


def _filter(query: Wanted) -> Filter:
    return Filter(
        query.action_family, query.status,
        None if query.admin_id is None else snowflake(query.admin_id, "admin"),
        query.target_type,
        None if query.date_from is None else moment(query.date_from),
        None if query.date_to is None else moment(query.date_to),
    )  # fmt: skip


def _line(entry: Entry) -> Line:
    return Line(
        str(entry.id), optional(entry.admin_id), entry.admin_name, entry.family, entry.action,
        entry.status, entry.target_type, optional(entry.target_id), Raw(entry.details.encode()),
        entry.address, created(entry.id),
    )  # fmt: skip


def _csv(lines: list[Line]) -> bytes:
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(Line.__struct_fields__)
    for line in lines:
        writer.writerow(_cell(getattr(line, name)) for name in Line.__struct_fields__)
    return written.getvalue().encode()


def _cell(value: object) -> str:
    """What a spreadsheet shows as text: it would compute what begins like a formula."""
    text = "" if value is None else bytes(value).decode() if isinstance(value, Raw) else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _file(body: bytes, kind: str, ending: str) -> Reply:
    name = b'attachment; filename="audit.%b"' % ending.encode()
    return Reply(
        body, headers=[(b"content-type", kind.encode()), (b"content-disposition", name)]
    )
