"""What people reported, and what came of it (contract 15, section 4)."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from plexichat.api.shapes import Id, Seconds, created, optional, seconds
from plexichat.core import reports
from plexichat.core.deeds import Deed
from plexichat.core.reports import Kind, Status, Verdict
from plexichat.store.reports import Report
from plexichat.web import panel
from plexichat.web.requests import see
from plexichat.web.routes import Routes

routes = Routes("Admin: reports", guard=panel.INSIDE)


class Filter(Struct):
    status_filter: Status | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 50
    offset: Annotated[int, Meta(ge=0, le=1_000_000_000)] = 0


class Reviewed(Struct):
    id: Id
    reporter_id: Id
    reported_user_id: Id | None
    reason: str
    category: str
    details: str | None
    status: Status
    reported_at: Seconds
    reviewed_at: Seconds | None
    reviewed_by: Id | None
    admin_notes: str | None
    action_taken: str | None


class MessageReport(Reviewed):
    """`message_content` is what the message said when it was reported."""

    message_id: Id
    channel_id: Id
    server_id: Id | None
    message_content: str | None


class UserReport(Reviewed):
    evidence_message_ids: list[Id]


class ReportCounts(Struct):
    pending: int
    reviewed: int
    actioned: int
    dismissed: int
    total: int


class Review(Struct):
    action: Verdict
    notes: Annotated[str, Meta(max_length=2000)] | None = None


class ReviewDone(Struct):
    success: bool
    action: Verdict


REVIEW_ERRORS = ("400 Invalid input", "404 Report not found")


@routes.get("/admin/message-reports", errors=("400 Invalid input",))
async def of_messages(query: Filter) -> list[MessageReport]:
    """Reports of messages, the newest first."""
    found = await see(reports.listed, "message", query.status_filter, query.limit, query.offset)
    return [
        MessageReport(
            **_shared(report),
            message_id=str(report.target_id),
            channel_id=str(report.channel_id),
            server_id=optional(report.server_id),
            message_content=report.content,
        )
        for report in found
    ]


@routes.get("/admin/user-reports", errors=("400 Invalid input",))
async def of_users(query: Filter) -> list[UserReport]:
    """Reports of people, the newest first."""
    found = await see(reports.listed, "user", query.status_filter, query.limit, query.offset)
    return [
        UserReport(
            **_shared(report),
            evidence_message_ids=[str(id) for id in msgspec.json.decode(report.evidence)],
        )
        for report in found
    ]


@routes.get("/admin/message-reports/counts")
async def message_counts() -> ReportCounts:
    """How many reports of messages there are of each status."""
    return await _counts("message")


@routes.get("/admin/user-reports/counts")
async def user_counts() -> ReportCounts:
    """How many reports of people there are of each status."""
    return await _counts("user")


@routes.post("/admin/message-reports/<report_id>/review", errors=REVIEW_ERRORS)
async def review_message(report_id: int, body: Review) -> ReviewDone:
    """Say what came of a report of a message."""
    return await _review("message", report_id, body)


@routes.post("/admin/user-reports/<report_id>/review", errors=REVIEW_ERRORS)
async def review_user(report_id: int, body: Review) -> ReviewDone:
    """Say what came of a report of somebody."""
    return await _review("user", report_id, body)


async def _review(kind: Kind, report_id: int, body: Review) -> ReviewDone:
    deed = Deed(f"reports.{body.action}", f"{kind}_report", report_id)
    await panel.act(
        deed, reports.review, panel.admin().id, kind, report_id, body.action, body.notes
    )
    return ReviewDone(True, body.action)


async def _counts(kind: Kind) -> ReportCounts:
    found = await see(reports.counted, kind)
    return ReportCounts(
        found["pending"], found["reviewed"], found["actioned"], found["dismissed"],
        sum(found.values()),
    )  # fmt: skip


def _shared(report: Report) -> dict[str, Any]:
    return {
        "id": str(report.id),
        "reporter_id": str(report.reporter_id),
        "reported_user_id": optional(report.reported_user_id),
        "reason": report.reason,
        "category": report.category,
        "details": report.details,
        "status": report.status,
        "reported_at": created(report.id),
        "reviewed_at": seconds(report.reviewed_at),
        "reviewed_by": optional(report.reviewed_by),
        "admin_notes": report.notes,
        "action_taken": report.action_taken,
    }
