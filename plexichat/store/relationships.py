"""Rows of what stands between two people, one per side."""

from dataclasses import dataclass
from typing import Final, Literal

from plexichat.store.db import Snapshot, Tx

Status = Literal["friend", "incoming", "outgoing", "blocked"]
FRIEND: Final = "friend"
INCOMING: Final = "incoming"
OUTGOING: Final = "outgoing"
BLOCKED: Final = "blocked"

SELECT = """SELECT r.other_id, u.username, u.avatar, r.status, r.since, r.message
    FROM relationship r JOIN user u ON u.id = r.other_id WHERE r.user_id = ?"""


@dataclass(frozen=True, slots=True)
class Relation:
    """How one person stands to another, who is the one named here.

    `since` is when it came to be so, in milliseconds; a request brings its message to whom it asks.
    """

    user_id: int
    username: str
    avatar: str | None
    status: Status
    since: int
    message: str | None


def pair(snap: Snapshot, one: int, other: int) -> tuple[Status | None, Status | None]:
    """How `one` sees `other`, and how `other` sees `one`; None where there is nothing."""
    rows = snap.execute(
        """SELECT user_id, status FROM relationship
           WHERE (user_id = ?1 AND other_id = ?2) OR (user_id = ?2 AND other_id = ?1)""",
        (one, other),
    ).fetchall()
    sides = dict(rows)
    return sides.get(one), sides.get(other)


def between(snap: Snapshot, user_id: int, other_id: int) -> Relation | None:
    row = snap.execute(f"{SELECT} AND r.other_id = ?", (user_id, other_id)).fetchone()
    return None if row is None else Relation(*row)


def of(snap: Snapshot, user_id: int) -> list[Relation]:
    """Friends, then who asked, who was asked and who is blocked; the newest first in each."""
    rows = snap.execute(
        f"""{SELECT} ORDER BY CASE r.status WHEN 'friend' THEN 1 WHEN 'incoming' THEN 2
            WHEN 'outgoing' THEN 3 ELSE 4 END, r.since DESC, r.other_id DESC""",
        (user_id,),
    )
    return [Relation(*row) for row in rows]


def related(snap: Snapshot, user_id: int) -> frozenset[int]:
    """Everybody on whose side something is kept about this person."""
    rows = snap.execute("SELECT user_id FROM relationship WHERE other_id = ?", (user_id,))
    return frozenset(row[0] for row in rows)


def friends(snap: Snapshot, user_id: int) -> frozenset[int]:
    rows = snap.execute(
        "SELECT other_id FROM relationship WHERE user_id = ? AND status = 'friend'", (user_id,)
    )
    return frozenset(row[0] for row in rows)


def apart(snap: Snapshot, user_id: int) -> frozenset[int]:
    """Everybody whom this person blocks, or who blocks them."""
    rows = snap.execute(
        """SELECT other_id FROM relationship WHERE user_id = ?1 AND status = 'blocked'
           UNION SELECT user_id FROM relationship WHERE other_id = ?1 AND status = 'blocked'""",
        (user_id,),
    )
    return frozenset(row[0] for row in rows)


def put(
    tx: Tx, user_id: int, other_id: int, status: Status | None, since: int, message: str | None
) -> None:
    """Set one side, or leave nothing there when `status` is None."""
    if status is None:
        tx.execute(
            "DELETE FROM relationship WHERE user_id = ? AND other_id = ?", (user_id, other_id)
        )
        return
    tx.execute(
        """REPLACE INTO relationship (user_id, other_id, status, since, message)
           VALUES (?, ?, ?, ?, ?)""",
        (user_id, other_id, status, since, message),
    )
