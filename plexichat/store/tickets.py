"""Rows of feedback as admins work through it, and of what they note about it."""

from typing import Literal

from msgspec import Struct

from plexichat.store.db import Snapshot, Tx

Status = Literal["open", "in_progress", "resolved", "closed"]


class Ticket(Struct, frozen=True):
    """Feedback; a `username` that is None was somebody's who is gone. Times in milliseconds."""

    id: int
    user_id: int
    username: str | None
    content: str
    category: str | None
    rating: int | None
    status: Status
    resolved_at: int | None
    resolved_by: int | None


class Note(Struct, frozen=True):
    id: int
    ticket_id: int
    admin_id: int
    admin_name: str | None
    content: str


SELECT = """SELECT f.id, f.user_id, u.username, f.content, f.category, f.rating, f.status,
    f.resolved_at, f.resolved_by FROM feedback f LEFT JOIN user u ON u.id = f.user_id"""


def page(snap: Snapshot, status: Status | None, limit: int, offset: int) -> list[Ticket]:
    """Feedback of any or one status, the newest first."""
    rows = snap.execute(
        f"{SELECT} WHERE ?1 IS NULL OR f.status = ?1 ORDER BY f.id DESC LIMIT ?2 OFFSET ?3",
        (status, limit, offset),
    )
    return [Ticket(*row) for row in rows]


def by_id(snap: Snapshot, ticket_id: int) -> Ticket | None:
    row = snap.execute(f"{SELECT} WHERE f.id = ?", (ticket_id,)).fetchone()
    return None if row is None else Ticket(*row)


def move(
    tx: Tx, ticket_id: int, status: Status, resolved_at: int | None, resolved_by: int | None
) -> None:
    tx.execute(
        "UPDATE feedback SET status = ?, resolved_at = ?, resolved_by = ? WHERE id = ?",
        (status, resolved_at, resolved_by, ticket_id),
    )


def counts(snap: Snapshot) -> dict[str, int]:
    """How much feedback there is of each status."""
    return dict(snap.execute("SELECT status, count(*) FROM feedback GROUP BY status"))


def insert_note(tx: Tx, ticket_id: int, admin_id: int, content: str) -> int:
    note_id = tx.id()
    tx.execute(
        "INSERT INTO ticket_note (id, ticket_id, admin_id, content) VALUES (?, ?, ?, ?)",
        (note_id, ticket_id, admin_id, content),
    )
    return note_id


def notes(snap: Snapshot, ticket_id: int) -> list[Note]:
    """What was noted, in the order in which it was."""
    rows = snap.execute(
        """SELECT n.id, n.ticket_id, n.admin_id, u.username, n.content FROM ticket_note n
               LEFT JOIN user u ON u.id = n.admin_id WHERE n.ticket_id = ? ORDER BY n.id""",
        (ticket_id,),
    )
    return [Note(*row) for row in rows]
