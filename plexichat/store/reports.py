"""Rows of what people report to the admins, and of what they think of the house."""

import json
from collections.abc import Sequence

from msgspec import Struct

from plexichat.store.db import Snapshot, Tx


def insert(
    tx: Tx, reporter_id: int, kind: str, target_id: int, reason: str, category: str,
    details: str | None, *, channel_id: int | None = None, content: str | None = None,
    evidence: Sequence[int] = (),
) -> int:  # fmt: skip
    report_id = tx.id()
    tx.execute(
        """INSERT INTO report (id, reporter_id, kind, target_id, channel_id, content, reason,
               category, details, evidence) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (report_id, reporter_id, kind, target_id, channel_id, content, reason, category, details,
         json.dumps(list(evidence))),
    )  # fmt: skip
    return report_id


def insert_feedback(
    tx: Tx, user_id: int, content: str, category: str | None, rating: int | None
) -> int:
    feedback_id = tx.id()
    tx.execute(
        "INSERT INTO feedback (id, user_id, content, category, rating) VALUES (?, ?, ?, ?, ?)",
        (feedback_id, user_id, content, category, rating),
    )
    return feedback_id


def feedback_since(snap: Snapshot, user_id: int, id: int) -> list[int]:
    """What somebody has sent from an id on, the newest first."""
    rows = snap.execute(
        "SELECT id FROM feedback WHERE user_id = ? AND id >= ? ORDER BY id DESC", (user_id, id)
    )
    return [found for (found,) in rows]


class Report(Struct, frozen=True):
    """A report as admins see it; times in milliseconds."""

    id: int
    reporter_id: int
    target_id: int
    channel_id: int | None
    server_id: int | None
    reported_user_id: int | None
    content: str | None
    reason: str
    category: str
    details: str | None
    evidence: str
    status: str
    reviewed_at: int | None
    reviewed_by: int | None
    notes: str | None
    action_taken: str | None


def page(snap: Snapshot, kind: str, status: str | None, limit: int, offset: int) -> list[Report]:
    """Reports of one kind, the newest first; of one status if it is named."""
    rows = snap.execute(
        """SELECT r.id, r.reporter_id, r.target_id, r.channel_id, c.server_id,
               CASE r.kind WHEN 'user' THEN r.target_id ELSE m.author_id END,
               r.content, r.reason, r.category, r.details, r.evidence, r.status,
               r.reviewed_at, r.reviewed_by, r.notes, r.action_taken
           FROM report r LEFT JOIN channel c ON c.id = r.channel_id
               LEFT JOIN message m ON r.kind = 'message' AND m.id = r.target_id
           WHERE r.kind = ?1 AND (?2 IS NULL OR r.status = ?2)
           ORDER BY r.id DESC LIMIT ?3 OFFSET ?4""",
        (kind, status, limit, offset),
    )
    return [Report(*row) for row in rows]


def counts(snap: Snapshot, kind: str) -> dict[str, int]:
    """How many reports of one kind there are of each status."""
    return dict(
        snap.execute("SELECT status, count(*) FROM report WHERE kind = ? GROUP BY status", (kind,))
    )


def review(
    tx: Tx, kind: str, report_id: int, status: str, admin_id: int, notes: str | None,
    action_taken: str | None,
) -> bool:  # fmt: skip
    """Write down what came of a report; False if there is none of this kind."""
    changed = tx.execute(
        """UPDATE report SET status = ?, reviewed_at = ?, reviewed_by = ?, notes = ?,
               action_taken = ? WHERE kind = ? AND id = ?""",
        (status, tx.now, admin_id, notes, action_taken, kind, report_id),
    )
    return changed.rowcount == 1
