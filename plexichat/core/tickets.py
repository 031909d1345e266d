"""Feedback as admins work through it: a status, and notes for each other."""

from collections.abc import Mapping
from typing import Final

from plexichat.core.errors import Invalid, NotFound
from plexichat.store import tickets as rows
from plexichat.store.db import Snapshot, Tx
from plexichat.store.tickets import Note, Status, Ticket

STATUSES: Final[tuple[Status, ...]] = ("open", "in_progress", "resolved", "closed")
DONE: Final = frozenset(("resolved", "closed"))
NOTES_AT_MOST: Final = 500  # of one ticket


def listed(snap: Snapshot, status: Status | None, limit: int, offset: int) -> list[Ticket]:
    return rows.page(snap, status, limit, offset)


def one(snap: Snapshot, ticket_id: int) -> Ticket:
    found = rows.by_id(snap, ticket_id)
    if found is None:
        raise NotFound("ticket_not_found", "Ticket not found")
    return found


def counted(snap: Snapshot) -> Mapping[Status, int]:
    found = rows.counts(snap)
    return {status: found.get(status, 0) for status in STATUSES}


def move(tx: Tx, admin_id: int, ticket_id: int, status: Status) -> None:
    """Give a ticket another status; the first who resolves or closes it is remembered."""
    before = one(tx, ticket_id)
    if status not in DONE:
        rows.move(tx, ticket_id, status, None, None)
    elif before.resolved_at is None:
        rows.move(tx, ticket_id, status, tx.now, admin_id)
    else:
        rows.move(tx, ticket_id, status, before.resolved_at, before.resolved_by)


def note(tx: Tx, admin_id: int, ticket_id: int, content: str) -> Note:
    if len(notes(tx, ticket_id)) >= NOTES_AT_MOST:
        raise Invalid("too_many_notes", "Invalid input: too many notes")
    note_id = rows.insert_note(tx, ticket_id, admin_id, content)
    return next(each for each in rows.notes(tx, ticket_id) if each.id == note_id)


def notes(snap: Snapshot, ticket_id: int) -> list[Note]:
    """What admins noted about a ticket, the oldest first."""
    one(snap, ticket_id)
    return rows.notes(snap, ticket_id)
