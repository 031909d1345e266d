"""Reporting messages and people, and saying what one thinks (contract 11, sections 6 and 7)."""

from typing import Annotated

from msgspec import Meta, Struct

from plexichat.api.shapes import Id
from plexichat.core import reports
from plexichat.core.errors import Invalid
from plexichat.core.reports import Complaint
from plexichat.web.bodies import snowflake
from plexichat.web.requests import act, house, me, offered, see
from plexichat.web.routes import Routes

routes = Routes("Reports and feedback")

Reason = Annotated[str, Meta(min_length=1, max_length=500)]
Category = Annotated[str, Meta(max_length=50)]
Details = Annotated[str, Meta(max_length=2000)]
AnyId = str | int


class MessageReport(Struct):
    reason: Reason
    message_id: AnyId
    channel_id: AnyId
    server_id: AnyId | None = None
    category: Category = "other"
    details: Details | None = None


class UserReport(Struct):
    reason: Reason
    user_id: AnyId
    category: Category = "other"
    details: Details | None = None
    evidence_message_ids: list[AnyId] | None = None


class Reported(Struct):
    report_id: Id
    success: bool = True
    message: str = "Report received"


class NewFeedback(Struct):
    content: Annotated[str, Meta(min_length=10, max_length=2000)]
    category: Category | None = None
    rating: Annotated[int, Meta(ge=1, le=5)] | None = None


class Received(Struct):
    id: Id
    message: str = "Thank you"


class FeedbackStatus(Struct):
    enabled: bool
    submissions_this_hour: int
    submissions_today: int
    max_per_hour: int
    max_per_day: int
    can_submit: bool


@routes.post(
    "/reports/messages",
    errors=(
        "400 Invalid ID format", "400 Invalid input", "403 Access denied",
        "404 Channel not found", "404 Message not found", "503 Reports module not available",
    ),
)  # fmt: skip
async def report_message(body: MessageReport) -> Reported:
    """Ask the admins to look at a message."""
    offered("reports")
    channel_id, message_id = _format(body.channel_id), _format(body.message_id)
    if body.server_id is not None:
        _format(body.server_id)
    complaint = Complaint(body.reason, body.category, body.details)
    report_id = await act(reports.of_message, me().id, channel_id, message_id, complaint)
    return Reported(str(report_id))


@routes.post(
    "/reports/users",
    errors=(
        "400 Invalid user ID", "400 Invalid message ID", "400 Invalid input",
        "400 Cannot report yourself", "404 User not found", "503 Reports module not available",
    ),
)  # fmt: skip
async def report_user(body: UserReport) -> Reported:
    """Ask the admins to look at somebody."""
    offered("reports")
    user_id = snowflake(body.user_id, "user")
    evidence = [snowflake(id, "message") for id in body.evidence_message_ids or ()]
    complaint = Complaint(body.reason, body.category, body.details)
    return Reported(str(await act(reports.of_user, me().id, user_id, complaint, evidence)))


@routes.post(
    "/feedback",
    errors=("400 Invalid input", "429 Rate limited", "503 Feedback module not available"),
)
async def give_feedback(body: NewFeedback) -> Received:
    """Say what one thinks of this server."""
    offered("feedback")
    given = await act(reports.give_feedback, me().id, body.content, body.category, body.rating)
    return Received(str(given))


@routes.get("/feedback/status")
async def feedback_status() -> FeedbackStatus:
    """How much one has said, and whether one may say more now."""
    sent = await see(reports.feedback, me().id)
    enabled = house().config.features.feedback
    return FeedbackStatus(
        enabled, sent.this_hour, sent.today, reports.AN_HOUR, reports.A_DAY,
        enabled and sent.wait <= 0,
    )  # fmt: skip


def _format(id: AnyId) -> int:
    try:
        return snowflake(id, "thing")
    except Invalid:
        raise Invalid("invalid_id", "Invalid ID format") from None
