"""Rows of what people report to the admins, and of what they think of the house."""

import json
from collections.abc import Sequence

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
