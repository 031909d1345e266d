"""Messages: sending one and reading them back.

A message is at most so many code points after trimming, and never nothing at all. Who received
it and who read it follows from one mark per person and one per person and channel.
"""

from collections.abc import Container
from dataclasses import dataclass

from plexichat import config
from plexichat.core import channels, uploads
from plexichat.core.errors import Invalid, NotFound
from plexichat.core.events import MessageCreated
from plexichat.core.views import MessageView
from plexichat.store import messages as rows
from plexichat.store import uploads as upload_rows
from plexichat.store.db import Snapshot, Tx
from plexichat.store.messages import Mark, Message

PAGE = 50
PAGE_LIMIT = 100
READERS_NAMED = 100
NEWEST = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to say, and what they uploaded for it."""

    content: str | None = None
    reply_to_id: int | None = None
    attachments: tuple[uploads.Named, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """Which messages of a channel: the newest before `before`, or the oldest after `after`."""

    limit: int = PAGE
    before: int | None = None
    after: int | None = None


def send(
    tx: Tx,
    author_id: int,
    channel_id: int,
    draft: Draft,
    rules: config.Messages,
    online: Container[int],
) -> MessageView:
    """Say something in a channel; everybody who reads it hears of it, the author's own sockets too.

    `online` are the people with an open socket, who thereby receive it.
    """
    channel = channels.for_sending(tx, author_id, channel_id)
    content = _content(draft.content, rules.max_length)
    files = uploads.unsent(tx, author_id, draft.attachments, rules.max_attachments)
    if content is None and not files:
        raise Invalid("empty_message", "Empty message")
    if draft.reply_to_id is not None and not rows.exists(tx, channel_id, draft.reply_to_id):
        raise Invalid("invalid_reply", "Invalid content: reply_to_id is not in this channel")
    message_id = rows.insert(
        tx, channel_id, author_id, content, draft.reply_to_id, upload_rows.column(files), None
    )
    upload_rows.send(tx, files, channel_id, message_id)
    message = rows.by_id(tx, channel_id, message_id)
    assert message is not None
    marks = rows.marks(tx, channel_id)
    tx.emit(
        MessageCreated(
            audience=frozenset(channel.people), message=view(message, None, marks, online)
        )
    )
    return view(message, author_id, marks, online)


def _content(text: str | None, max_length: int) -> str | None:
    """The text without the space around it; None when nothing is left."""
    trimmed = (text or "").strip()
    if len(trimmed) > max_length:
        raise Invalid("too_long", f"Invalid content: more than {max_length} characters")
    return trimmed or None


def page(
    snap: Snapshot, user_id: int, channel_id: int, wanted: Page, online: Container[int]
) -> list[MessageView]:
    """A page of history: newest first, or oldest first after `after`."""
    channels.get(snap, user_id, channel_id)
    if wanted.after is not None and wanted.before is None:
        found = rows.after(snap, channel_id, min(wanted.after, NEWEST), wanted.limit)
    else:
        before = NEWEST if wanted.before is None else min(wanted.before, NEWEST)
        found = rows.before(snap, channel_id, before, wanted.limit)
    marks = rows.marks(snap, channel_id)
    return [view(message, user_id, marks, online) for message in found]


def get(
    snap: Snapshot, user_id: int, channel_id: int, message_id: int, online: Container[int]
) -> MessageView:
    channels.get(snap, user_id, channel_id)
    message = rows.by_id(snap, channel_id, message_id)
    if message is None:
        raise NotFound("message_not_found", "Message not found")
    return view(message, user_id, rows.marks(snap, channel_id), online)


def view(
    message: Message, viewer: int | None, marks: list[Mark], online: Container[int]
) -> MessageView:
    """The message as `viewer` sees it; as an event tells everybody when that is None."""
    id, author = message.id, message.author_id
    readers = [mark for mark in marks if mark.receipt_id >= id and mark.user_id != author]
    delivered = sum(
        1
        for mark in marks
        if mark.user_id != author
        and (mark.delivered_id >= id or mark.receipt_id >= id or mark.user_id in online)
    )
    if viewer is None:
        return MessageView(message, delivered, len(readers))
    if viewer != author:
        read = any(mark.user_id == viewer and mark.read_id >= id for mark in marks)
        return MessageView(message, delivered, len(readers), read=read)
    status = "read" if readers else "delivered" if delivered else "sent"
    return MessageView(
        message, delivered, len(readers), tuple(readers[:READERS_NAMED]), True, status
    )
