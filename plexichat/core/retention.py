"""Retention: what is older, or more, than the admin wants to keep, goes for everybody.

A message takes its files along; a file that goes leaves its message, which goes with its last file
if nothing else is in it. Pinned messages with their files, and notes, are nobody's but those who
keep them: they stay, and do not count. Readers hear of it as of any deletion. The places that
deleted messages keep in their channel go, too, once they are as old.
"""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import Final, Literal, NamedTuple

from plexichat import ids
from plexichat.core import channels, messages, receipts, uploads
from plexichat.core.events import MessageUpdated
from plexichat.core.receipts import Online
from plexichat.store import channels as channel_rows
from plexichat.store import messages as message_rows
from plexichat.store import retention as rows
from plexichat.store import uploads as upload_rows
from plexichat.store.channels import Channel
from plexichat.store.db import Snapshot, Tx
from plexichat.store.messages import Message
from plexichat.store.retention import Old, Sum
from plexichat.store.uploads import Attached

__all__ = [
    "Old", "Sum", "Weighed", "begin_clearing", "by_age", "clear", "graves", "lose_files",
    "lose_messages", "old", "total", "weigh",
]  # fmt: skip

DAY_MS: Final = 86_400_000
WEIGHED: Final = 5000
AT_ONCE: Final = 100
ROWS_AT_ONCE: Final = 500

Kind = Literal["messages", "files"]


class Weighed(NamedTuple):
    """What is not below `below` fits, and so many bytes more, unless these are less than none."""

    below: int
    left: int
    done: bool


def by_age(now: int, days: int) -> int:
    """The id below which everything is older than so many days; 0 days keep everything."""
    return ids.floor(now - days * DAY_MS) if days else 0


def weigh(snap: Snapshot, kind: Kind, below: int, left: int) -> Weighed:
    """Go on taking away from what may be kept, from the newest to the oldest; done if it is all."""
    found = rows.newest(snap, kind, below, WEIGHED)
    for id, size in found:
        left -= size
        if left < 0:
            return Weighed(id + 1, left, True)
        below = id
    return Weighed(below, left, len(found) < WEIGHED)


def total(snap: Snapshot, kind: Kind, below: int) -> Sum:
    """How many are below this id, and how many bytes."""
    return rows.total(snap, kind, below)


def old(snap: Snapshot, kind: Kind, after: int, below: int) -> list[Old]:
    """Some of what is to go, those just above the id `after`."""
    return rows.oldest(snap, kind, after, below, AT_ONCE)


def lose_messages(tx: Tx, due: Sequence[Old]) -> None:
    for channel_id, each in groupby(sorted(due, key=channel_of), channel_of):
        channel = channel_rows.by_id(tx, channel_id)
        found = _unpinned(tx, [one.id for one in each])
        if channel is not None and found:
            messages.erase(tx, channel, [message.id for message in found])


def lose_files(tx: Tx, channel_id: int, due: Sequence[Old], online: Online) -> None:
    """Take files from messages of one channel; `online` are those whom it reaches at once."""
    channel = channel_rows.by_id(tx, channel_id)
    if channel is None:
        return
    lost = {one.id for one in due}
    emptied = []
    for message in _unpinned(tx, list({one.message_id for one in due})):
        left = [file for file in Attached.read(message.attachments or "[]") if file.id not in lost]
        if left or message.content is not None or message.embeds is not None:
            uploads.forget(tx, [one.id for one in due if one.message_id == message.id])
            rows.carry(tx, message.id, upload_rows.column(left))
            _tell(tx, channel, message.id, online)
        else:
            emptied.append(message.id)
    if emptied:
        messages.erase(tx, channel, emptied)


def graves(snap: Snapshot, below: int) -> list[tuple[int, int]]:
    """Channels in which deleted messages have kept their places long enough, and how far."""
    return rows.graves(snap, below)


def begin_clearing(tx: Tx, channel_id: int, upto: int) -> None:
    """Count nothing up to here as unread any more, so that the places can go."""
    rows.begin_clearing(tx, channel_id, upto)


def clear(tx: Tx, channel_id: int) -> bool:
    """Go on with that; False when it is done."""
    return rows.move_marks(tx, channel_id, ROWS_AT_ONCE) > 0 or (
        rows.clear(tx, channel_id, ROWS_AT_ONCE) > 0
    )


channel_of = attrgetter("channel_id")


def _unpinned(tx: Tx, message_ids: Sequence[int]) -> list[Message]:
    """Those of these messages that are still there, and were not pinned since."""
    return [each for each in message_rows.by_ids(tx, message_ids) if each.pinned_at is None]


def _tell(tx: Tx, channel: Channel, message_id: int, online: Online) -> None:
    message = messages.one(tx, channel.id, message_id)
    told = receipts.view(tx, channel, message, None, online)
    tx.emit(MessageUpdated(audience=channels.audience(channel), message=told))
