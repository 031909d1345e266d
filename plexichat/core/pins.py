"""Pins: messages that a channel keeps at hand, the one pinned last first."""

from plexichat.core import channels, messages, receipts
from plexichat.core.errors import Invalid, NotFound
from plexichat.core.events import MessageUpdated
from plexichat.core.receipts import Online
from plexichat.core.views import MessageView
from plexichat.store import pins as rows
from plexichat.store.channels import Channel
from plexichat.store.db import Snapshot, Tx


def of(
    snap: Snapshot, user_id: int, channel_id: int, online: Online
) -> list[MessageView]:
    channel = channels.get(snap, user_id, channel_id)
    return receipts.views(snap, channel, rows.of(snap, channel_id), user_id, online)


def pin(
    tx: Tx, user_id: int, channel_id: int, message_id: int, at_most: int, online: Online
) -> None:
    """Pin a message; nothing happens if it is pinned."""
    channel = _pinning(tx, user_id, channel_id)
    if messages.one(tx, channel_id, message_id).pinned_at is not None:
        return
    if len(rows.ids(channel_id)) >= at_most:
        raise Invalid("pin_limit", "Pin limit reached")
    at = max(tx.now, rows.latest(channel_id) + 1)  # no two at once, so that they have an order
    _put(tx, channel, message_id, at, online)


def unpin(
    tx: Tx, user_id: int, channel_id: int, message_id: int, online: Online
) -> None:
    channel = _pinning(tx, user_id, channel_id)
    if messages.one(tx, channel_id, message_id).pinned_at is None:
        raise NotFound("not_pinned", "Message not found: it is not pinned")
    _put(tx, channel, message_id, None, online)


def _pinning(tx: Tx, user_id: int, channel_id: int) -> Channel:
    """The channel, for either person of a DM, and in a server for who manages its messages."""
    return channels.get(
        tx, user_id, channel_id, channels.PERMISSION_DENIED, channels.MANAGE_MESSAGES
    )


def _put(
    tx: Tx, channel: Channel, message_id: int, at: int | None, online: Online
) -> None:
    rows.put(message_id, at)
    message = messages.one(tx, channel.id, message_id)
    view = receipts.view(tx, channel, message, None, online)
    tx.emit(MessageUpdated(audience=channels.audience(channel), message=view))
    messages.tell_pins(tx, channel)
