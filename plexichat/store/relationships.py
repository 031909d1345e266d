"""Rows of what stands between two people, one per side."""

from plexichat.store.db import Snapshot


def pair(snap: Snapshot, one: int, other: int) -> tuple[str | None, str | None]:
    """How `one` sees `other`, and how `other` sees `one`; None where there is nothing."""
    rows = snap.execute(
        """SELECT user_id, status FROM relationship
           WHERE (user_id = ?1 AND other_id = ?2) OR (user_id = ?2 AND other_id = ?1)""",
        (one, other),
    ).fetchall()
    sides = dict(rows)
    return sides.get(one), sides.get(other)
