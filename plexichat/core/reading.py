"""Reading: how far somebody has read, and what waits for them.

There is one mark per person and channel; what lies behind it and is not their own is unread.
Others learn of it only from people who let them, and are never told less than they knew.
"""

from collections.abc import Sequence

from plexichat.core import channels, presence, servers, users
from plexichat.core.errors import NotFound
from plexichat.core.events import MessagesRead
from plexichat.store import channels as channel_rows
from plexichat.store import messages as message_rows
from plexichat.store import reading as rows
from plexichat.store.channels import Channel
from plexichat.store.db import Snapshot, Tx
from plexichat.store.reading import Reading

NEWEST = (1 << 63) - 1


def ack(tx: Tx, user_id: int, channel_id: int, upto: int | None) -> int:
    """Read everything up to a message, or all there is; return how many messages that were."""
    channel = channels.get(tx, user_id, channel_id)
    before = rows.get(tx, user_id, channel_id)
    to = rows.place(tx, user_id, channel_id, NEWEST if upto is None else upto)
    if to.id <= before.read_id:
        return 0
    marked = (
        (to.sent - before.read_sent)
        - (to.own - before.read_own)
        - rows.deleted(tx, user_id, channel_id, before.read_id, to.id)
    )
    told = marked > 0 and _may_be_known(tx, user_id, channel)
    receipt_id = max(before.receipt_id, to.id) if told else before.receipt_id
    rows.move(tx, user_id, channel_id, to, tx.now, receipt_id)
    audience = channels.audience(channel) if told else frozenset((user_id,))
    tx.emit(
        MessagesRead(
            audience=audience,
            channel_id=channel_id,
            user_id=user_id,
            message_id=to.id,
            server_id=channel.server_id,
        )
    )
    return marked


def _may_be_known(snap: Snapshot, user_id: int, channel: Channel) -> bool:
    """Whether others hear that somebody read: both settings allow it, and no block is between."""
    other = channels.recipient(channel, user_id)
    return (
        channel.read_receipts
        and users.get(snap, user_id).read_receipts
        and not (other is not None and presence.apart(snap, user_id, other))
    )


def ack_some(tx: Tx, user_id: int, marks: Sequence[tuple[int, int | None]]) -> int:
    """The same in several channels, as pairs; those that are not this person's are skipped.

    Return in how many of them something was read by it.
    """
    return sum(
        ack(tx, user_id, channel_id, upto) > 0
        for channel_id, upto in marks
        if channels.reads(tx, user_id, channel_id)
    )


def waiting(snap: Snapshot, user_id: int, server_id: int) -> list[int]:
    """The channels of a server in which something waits for this member."""
    servers.member(snap, user_id, server_id)
    unread = unread_everywhere(snap, user_id)
    placed = channel_rows.server_ids(snap, unread)
    return [channel_id for channel_id, place in placed.items() if place == server_id]


def mark_unread(tx: Tx, user_id: int, channel_id: int, message_id: int | None) -> int:
    """Make a message, or the newest, unread with all after it; return how many are unread then."""
    channel = channels.get(tx, user_id, channel_id)
    if message_id is None:
        message_id = channel.last_message_id
    elif not message_rows.exists(tx, channel_id, message_id):
        raise NotFound("message_not_found", "Message not found")
    before = rows.get(tx, user_id, channel_id)
    if message_id is not None and message_id <= before.read_id:
        to = rows.place(tx, user_id, channel_id, message_id - 1)
        rows.move(tx, user_id, channel_id, to, before.read_at, before.receipt_id)
        tx.emit(
            MessagesRead(
                audience=frozenset((user_id,)),
                channel_id=channel_id,
                user_id=user_id,
                message_id=to.id or None,
                server_id=channel.server_id,
            )
        )
    return rows.unread(tx, user_id, channel_id)


def last(snap: Snapshot, user_id: int, channel_id: int) -> Reading:
    """How far somebody has read in a channel."""
    channels.get(snap, user_id, channel_id)
    return rows.get(snap, user_id, channel_id)


def unread(snap: Snapshot, user_id: int, channel_id: int) -> int:
    channels.get(snap, user_id, channel_id)
    return rows.unread(snap, user_id, channel_id)


def unread_everywhere(snap: Snapshot, user_id: int) -> dict[int, int]:
    """How many messages wait in each channel where any do."""
    counts = rows.unread_everywhere(snap, user_id)
    readable = channels.readable(snap, user_id, counts)
    return {channel_id: count for channel_id, count in counts.items() if channel_id in readable}
