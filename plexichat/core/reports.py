"""Reports, of messages and people, for the admins to look at; and feedback on the house.

A report of a message keeps what it said: it may be gone when somebody looks. One reports only what
one can see.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from plexichat import ids
from plexichat.core import channels, messages, users
from plexichat.core.errors import Invalid, NotFound, TooSoon
from plexichat.store import reports as rows
from plexichat.store.db import Snapshot, Tx
from plexichat.store.reports import Report

Kind = Literal["message", "user"]
Status = Literal["pending", "reviewed", "actioned", "dismissed"]
Verdict = Literal["action", "dismiss", "review"]

STATUSES: Final[tuple[Status, ...]] = ("pending", "reviewed", "actioned", "dismissed")
VERDICTS: Final[Mapping[Verdict, Status]] = {
    "action": "actioned", "dismiss": "dismissed", "review": "reviewed",
}  # fmt: skip
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
AN_HOUR = 5
A_DAY = 20
EVIDENCE = 50


@dataclass(frozen=True, slots=True)
class Complaint:
    reason: str
    category: str
    details: str | None


@dataclass(frozen=True, slots=True)
class Sent:
    """How much feedback somebody has given, and in how many seconds they may give more."""

    this_hour: int
    today: int
    wait: float


def of_message(
    tx: Tx, user_id: int, channel_id: int, message_id: int, complaint: Complaint
) -> int:
    """Report a message that one can read; return the report's id."""
    channels.get(tx, user_id, channel_id)
    message = messages.one(tx, channel_id, message_id)
    return rows.insert(
        tx, user_id, "message", message_id, complaint.reason, complaint.category,
        complaint.details, channel_id=channel_id, content=message.content,
    )  # fmt: skip


def of_user(
    tx: Tx, user_id: int, other_id: int, complaint: Complaint, evidence: Sequence[int]
) -> int:
    """Report somebody else; return the report's id."""
    if other_id == user_id:
        raise Invalid("self_report", "Cannot report yourself")
    users.get(tx, other_id)
    return rows.insert(
        tx, user_id, "user", other_id, complaint.reason, complaint.category, complaint.details,
        evidence=evidence[:EVIDENCE],
    )  # fmt: skip


def give_feedback(
    tx: Tx, user_id: int, content: str, category: str | None, rating: int | None
) -> int:
    wait = feedback(tx, user_id).wait
    if wait > 0:
        raise TooSoon("feedback_limit", "Rate limited", wait)
    return rows.insert_feedback(tx, user_id, content, category, rating)


def feedback(snap: Snapshot, user_id: int) -> Sent:
    """What somebody has sent of late."""
    today = rows.feedback_since(snap, user_id, ids.floor(snap.now - DAY_MS))
    this_hour = [id for id in today if ids.unix_ms(id) > snap.now - HOUR_MS]
    wait = 0
    for sent, limit, span in ((this_hour, AN_HOUR, HOUR_MS), (today, A_DAY, DAY_MS)):
        if len(sent) >= limit:
            wait = max(wait, ids.unix_ms(sent[limit - 1]) + span - snap.now)
    return Sent(len(this_hour), len(today), wait / 1000)


def listed(
    snap: Snapshot, kind: Kind, status: Status | None, limit: int, offset: int
) -> list[Report]:
    """Reports for an admin to look at, the newest first."""
    return rows.page(snap, kind, status, limit, offset)


def counted(snap: Snapshot, kind: Kind) -> Mapping[Status, int]:
    found = rows.counts(snap, kind)
    return {status: found.get(status, 0) for status in STATUSES}


def review(
    tx: Tx, admin_id: int, kind: Kind, report_id: int, verdict: Verdict, notes: str | None
) -> None:
    """Say what came of a report; saying it anew takes the place of what was said before."""
    taken = notes or verdict if verdict == "action" else None
    if not rows.review(tx, kind, report_id, VERDICTS[verdict], admin_id, notes, taken):
        raise NotFound("report_not_found", "Report not found")
