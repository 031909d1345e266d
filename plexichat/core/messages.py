"""Messages: sending, reading back, editing and deleting them.

A message is at most so many code points after trimming, and never nothing at all. Only its author
edits it. One that is deleted keeps its place, so that what is unread can be told, and nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from plexichat import config
from plexichat.core import (
    audit,
    channels,
    embeds,
    notifications,
    permissions,
    receipts,
    slowmode,
    uploads,
)
from plexichat.core.channels import Seat
from plexichat.core.errors import Forbidden, Invalid, NotFound
from plexichat.core.events import (
    Leftovers,
    MessageCreated,
    MessageDeleted,
    MessagesDeleted,
    MessageUpdated,
    PinsChanged,
)
from plexichat.core.receipts import Online
from plexichat.core.views import MessageView
from plexichat.store import messages as rows
from plexichat.store import pins as pin_rows
from plexichat.store import reactions as reaction_rows
from plexichat.store import uploads as upload_rows
from plexichat.store.channels import Channel
from plexichat.store.db import Snapshot, Tx
from plexichat.store.messages import Message

PAGE = 50
PAGE_LIMIT = 100
DELETED_AT_ONCE = 100
NEWEST = (1 << 63) - 1
EMBED = permissions.BITS["messages.embed_links"]
NOT_AUTHOR = ("not_author", "Not author")


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to say, what they uploaded for it, and embeds as they came."""

    content: str | None = None
    reply_to_id: int | None = None
    attachments: tuple[uploads.Named, ...] = ()
    embeds: Sequence[object] = ()


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
    online: Online,
) -> MessageView:
    """Say something in a channel; everybody who reads it hears of it, the author's own sockets too.

    `online` are the people with an open socket, who thereby receive it.
    """
    tx.claim()
    seat = _for_draft(tx, author_id, channel_id, draft)
    channel = seat.channel
    content = _content(draft.content, rules.max_length)
    files = uploads.unsent(tx, author_id, draft.attachments, rules.max_attachments)
    cards = embeds.checked(draft.embeds)
    if content is None and not files and not cards:
        raise Invalid("empty_message", "Empty message")
    if draft.reply_to_id is not None and not rows.exists(tx, channel_id, draft.reply_to_id):
        raise Invalid("invalid_reply", "Invalid content: reply_to_id is not in this channel")
    message_id = rows.insert(
        tx, channel_id, author_id, content, draft.reply_to_id,
        upload_rows.column([upload_rows.attached(file) for file in files]), rows.column(cards),
    )  # fmt: skip
    if files:
        upload_rows.send(tx, files, channel_id, message_id)
    message = one(tx, channel_id, message_id)
    told = receipts.fresh(channel, message, online)
    tx.emit(MessageCreated(audience=channels.audience(channel), message=told))
    notifications.said(tx, seat, message, online.everybody)
    return receipts.own(told)


def _for_draft(tx: Tx, author_id: int, channel_id: int, draft: Draft) -> Seat:
    """The channel, as it is for somebody who may say this there now."""
    seat = channels.for_sending(tx, author_id, channel_id)
    if draft.attachments:
        channels.refuse_without(seat, channels.ATTACH)
    if draft.embeds:
        channels.refuse_without(seat, EMBED)
    slowmode.refuse_too_soon(tx, author_id, seat)
    return seat


def _content(text: str | None, max_length: int) -> str | None:
    """The text without the space around it; None when nothing is left."""
    trimmed = (text or "").strip()
    if len(trimmed) > max_length:
        raise Invalid("too_long", f"Invalid content: more than {max_length} characters")
    return trimmed or None


@dataclass(frozen=True, slots=True)
class History:
    """A page as somebody sees it; `news` is its newest message if they receive it only hereby."""

    messages: list[MessageView]
    news: int | None


def page(
    snap: Snapshot, user_id: int, channel_id: int, wanted: Page, online: Online
) -> History:
    """A page of history: newest first, or oldest first after `after`."""
    channel = channels.get(snap, user_id, channel_id)
    if wanted.after is not None and wanted.before is None:
        found = rows.after(snap, channel_id, min(wanted.after, NEWEST), wanted.limit)
    else:
        # Nothing lies behind the last message but deleted ones, and there may be many of them.
        end = (channel.last_message_id or 0) + 1
        before = end if wanted.before is None else min(wanted.before, end)
        found = rows.before(snap, channel_id, before, wanted.limit)
    seen = receipts.views(snap, channel, found, user_id, online)
    return History(seen, receipts.news(snap, user_id, channel, found, online))


def get(
    snap: Snapshot, user_id: int, channel_id: int, message_id: int, online: Online
) -> MessageView:
    channel = channels.get(snap, user_id, channel_id)
    message = one(snap, channel_id, message_id)
    return receipts.view(snap, channel, message, user_id, online)


def place(snap: Snapshot, message_id: int) -> int:
    """The channel that a message is in."""
    found = rows.by_ids(snap, (message_id,))
    if not found:
        raise NotFound("message_not_found", "Message not found")
    return found[0].channel_id


def one(snap: Snapshot, channel_id: int, message_id: int) -> Message:
    """A message of a channel."""
    message = rows.by_id(snap, channel_id, message_id)
    if message is None:
        raise NotFound("message_not_found", "Message not found")
    return message


def edit(
    tx: Tx,
    author_id: int,
    channel_id: int,
    message_id: int,
    text: str | None,
    rules: config.Messages,
    online: Online,
) -> MessageView:
    """Say one's own message differently, to people who may still be written to."""
    channel = channels.get(tx, author_id, channel_id, NOT_AUTHOR)
    message = one(tx, channel_id, message_id)
    if message.author_id != author_id:
        raise Forbidden(*NOT_AUTHOR)
    channels.for_sending(tx, author_id, channel_id)
    content = _content(text, rules.max_length)
    if text is None or (content is None and not message.attachments and not message.embeds):
        raise Invalid("invalid_content", "Invalid content: nothing is left")
    rows.edit(tx, message, content)
    edited = one(tx, channel_id, message_id)
    told = receipts.view(tx, channel, edited, None, online)
    tx.emit(MessageUpdated(audience=channels.audience(channel), message=told))
    _record(tx, author_id, channel, "message_edit", message, content)
    return receipts.view(tx, channel, edited, author_id, online)


def delete(tx: Tx, user_id: int, channel_id: int, message_id: int) -> None:
    """Delete a message of one's own, or anybody's in a channel whose messages one manages."""
    seat = channels.enter(tx, user_id, channel_id, channels.PERMISSION_DENIED)
    channel, message = seat.channel, one(tx, channel_id, message_id)
    _delete(tx, user_id, seat, [message])
    tx.emit(
        MessageDeleted(
            audience=channels.audience(channel), channel_id=channel_id, message_id=message_id
        )
    )


def delete_some(tx: Tx, user_id: int, channel_id: int, message_ids: Sequence[int]) -> None:
    """Delete several messages at once, as `delete` does; those that do not exist are skipped."""
    seat = channels.enter(tx, user_id, channel_id, channels.PERMISSION_DENIED)
    channel = seat.channel
    if len(message_ids) > DELETED_AT_ONCE:
        raise Invalid("too_many_messages", "Invalid input: message_ids")
    named = {each.id: each for each in rows.by_ids(tx, message_ids)}
    there = {id: each for id, each in named.items() if each.channel_id == channel_id}
    found = [there[id] for id in dict.fromkeys(message_ids) if id in there]
    if not found:
        return
    _delete(tx, user_id, seat, found)
    _tell_deleted(tx, channel, found)


def erase(tx: Tx, channel: Channel, message_ids: Sequence[int]) -> None:
    """Delete messages of a channel, whoever wrote them, and tell its readers."""
    found = rows.by_ids(tx, message_ids)
    _forget(tx, channel, found)
    _tell_deleted(tx, channel, found)


def _delete(tx: Tx, user_id: int, seat: Seat, messages: list[Message]) -> None:
    if any(message.author_id != user_id for message in messages):
        channels.refuse_without(seat, channels.MANAGE_MESSAGES)
    _forget(tx, seat.channel, messages)
    for message in messages:
        _record(tx, user_id, seat.channel, "message_delete", message, None)


def _record(
    tx: Tx, user_id: int, channel: Channel, action: str, before: Message, content: str | None
) -> None:
    """Note in the audit log of a server what became of a message."""
    if channel.server_id is not None:
        audit.record(
            tx, channel.server_id, user_id, action, "message", before.id, channel.name,
            {"content": (before.content, content)}, channel_id=channel.id,
        )  # fmt: skip


def _forget(tx: Tx, channel: Channel, messages: list[Message]) -> None:
    for message in messages:
        rows.delete(tx, message)
        notifications.deleted(tx, message.id)
        if message.attachments is not None:
            uploads.forget_sent(tx, message.id)
        if message.reactions:
            reaction_rows.forget(tx, message.id)
            tx.emit(Leftovers(audience=frozenset()))
    if any(message.pinned_at is not None for message in messages):
        tell_pins(tx, channel)


def _tell_deleted(tx: Tx, channel: Channel, messages: list[Message]) -> None:
    tx.emit(
        MessagesDeleted(
            audience=channels.audience(channel),
            channel_id=channel.id,
            message_ids=tuple(message.id for message in messages),
        )
    )


def tell_pins(tx: Tx, channel: Channel) -> None:
    """Tell whoever reads a channel what is pinned there."""
    tx.emit(
        PinsChanged(
            audience=channels.audience(channel),
            channel_id=channel.id,
            message_ids=pin_rows.ids(channel.id),
        )
    )
