"""What people think of the server, for admins to work through (contract 15, sections 5 and 8)."""

from typing import Annotated

from msgspec import Meta, Struct

from plexichat.api.shapes import (
    DELETED_USER,
    SUCCESS,
    Id,
    Seconds,
    Success,
    created,
    optional,
    seconds,
)
from plexichat.core import tickets
from plexichat.core.deeds import Deed
from plexichat.store.tickets import Note, Status, Ticket
from plexichat.web import panel
from plexichat.web.requests import see
from plexichat.web.routes import Routes

routes = Routes("Admin: tickets", guard=panel.INSIDE)


class Filter(Struct):
    status: Status | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 50
    offset: Annotated[int, Meta(ge=0, le=1_000_000_000)] = 0


class TicketShape(Struct):
    id: Id
    user_id: Id
    username: str
    content: str
    category: str | None
    rating: int | None
    status: Status
    created_at: Seconds
    resolved_at: Seconds | None
    resolved_by: Id | None


class TicketNote(Struct):
    id: Id
    ticket_id: Id
    admin_id: Id
    admin_username: str
    content: str
    created_at: Seconds


class NewStatus(Struct):
    status: Status


class NewTicketNote(Struct):
    content: Annotated[str, Meta(min_length=1, max_length=2000)]


@routes.get("/admin/tickets", errors=("400 Invalid input",))
async def list_all(query: Filter) -> list[TicketShape]:
    """Feedback, the newest first."""
    found = await see(tickets.listed, query.status, query.limit, query.offset)
    return [_ticket(ticket) for ticket in found]


@routes.get("/admin/tickets/<ticket_id>", errors=("404 Ticket not found",))
async def show(ticket_id: int) -> TicketShape:
    """One of it."""
    return _ticket(await see(tickets.one, ticket_id))


@routes.patch(
    "/admin/tickets/<ticket_id>/status", errors=("400 Invalid input", "404 Ticket not found")
)
async def move(ticket_id: int, body: NewStatus) -> Success:
    """Say how far one is with it."""
    deed = Deed("tickets.status", "ticket", ticket_id, {"status": body.status})
    await panel.act(deed, tickets.move, panel.admin().id, ticket_id, body.status)
    return SUCCESS


@routes.get("/admin/tickets/<ticket_id>/notes", errors=("404 Ticket not found",))
async def notes(ticket_id: int) -> list[TicketNote]:
    """What admins noted about it, the oldest first."""
    return [_note(note) for note in await see(tickets.notes, ticket_id)]


@routes.post(
    "/admin/tickets/<ticket_id>/notes", errors=("400 Invalid input", "404 Ticket not found")
)
async def note(ticket_id: int, body: NewTicketNote) -> TicketNote:
    """Note something about it."""
    deed = Deed("tickets.note", "ticket", ticket_id)
    return _note(
        await panel.act(deed, tickets.note, panel.admin().id, ticket_id, body.content)
    )


def _ticket(ticket: Ticket) -> TicketShape:
    return TicketShape(
        str(ticket.id), str(ticket.user_id), ticket.username or DELETED_USER, ticket.content,
        ticket.category, ticket.rating, ticket.status, created(ticket.id),
        seconds(ticket.resolved_at), optional(ticket.resolved_by),
    )  # fmt: skip


def _note(note: Note) -> TicketNote:
    return TicketNote(
        str(note.id), str(note.ticket_id), str(note.admin_id), note.admin_name or DELETED_USER,
        note.content, created(note.id),
    )  # fmt: skip
