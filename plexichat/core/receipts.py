"""Who received a message, and who read it.

Neither is kept per message: one row per person and channel tells how far everything has reached
them and how far they let others know that they read. Whoever has a socket open receives everything;
what reached them by it is noted when it closes. So neither number falls while people come and go.
"""

from bisect import bisect_left
from collections.abc import Collection, Container, Sequence
from dataclasses import dataclass
from itertools import accumulate

from msgspec import structs

from plexichat import ids
from plexichat.core import channels
from plexichat.core.views import MessageView
from plexichat.store import reactions as reaction_rows
from plexichat.store import reading as reading_rows
from plexichat.store import receipts as rows
from plexichat.store.channels import Channel
from plexichat.store.db import Snapshot, Tx
from plexichat.store.messages import Message
from plexichat.store.reactions import Reaction
from plexichat.store.receipts import Marks, Reader, Tally

READERS_NAMED = 100
CHANNELS_AT_ONCE = 500
NOWHERE = Marks()


@dataclass(frozen=True, slots=True)
class Online:
    """The people with an open socket: all of them, and those who read a channel of a server."""

    everybody: Container[int]
    readers: Collection[int] = ()

    def of(self, channel: Channel) -> Collection[int]:
        """Those of them who receive what is said in a channel at once."""
        if channel.server_id is not None:
            return self.readers
        return [person for person in channel.people if person in self.everybody]


def views(
    snap: Snapshot, channel: Channel, messages: list[Message], viewer: int | None, online: Online
) -> list[MessageView]:
    """Messages of a channel as `viewer` sees them; as an event tells everybody when that is None.

    What it costs depends on the messages and the people who are there, hardly on how many more
    have ever read.
    """
    if not messages:
        return []
    seen = _Seen(snap, channel, messages, viewer, online)
    on: dict[int, tuple[Reaction, ...]] = {}
    if reacted := [message.id for message in messages if message.reactions]:
        on = reaction_rows.of(snap, reacted, viewer)
    return [seen.view(message, on.get(message.id, ())) for message in messages]


def view(
    snap: Snapshot, channel: Channel, message: Message, viewer: int | None, online: Online
) -> MessageView:
    return views(snap, channel, [message], viewer, online)[0]


def fresh(channel: Channel, message: Message, online: Online) -> MessageView:
    """A message that was sent just now, as everybody is told: no mark is as new as it is."""
    here = online.of(channel)
    return MessageView(message, len(here) - (message.author_id in here), 0)


def own(told: MessageView) -> MessageView:
    """What everybody is told of a message just sent, as its author sees it."""
    return structs.replace(told, read=True, status="delivered" if told.delivery_count else "sent")


class _Seen:
    """What became of some messages of a channel."""

    def __init__(
        self, snap: Snapshot, channel: Channel, messages: list[Message], viewer: int | None,
        online: Online,
    ) -> None:  # fmt: skip
        oldest = min(message.id for message in messages)
        received = rows.received(snap, channel.id, oldest)
        self._viewer = viewer
        self._here = online.of(channel)
        self._read = _Beyond(rows.read(snap, channel.id, oldest))
        self._received = _Beyond(received)
        # Whoever is here counts anyhow, and not twice.
        twice = rows.received_by(snap, self._here, channel.id, oldest) if received else ()
        self._twice = _Beyond(twice)
        people = {message.author_id for message in messages}
        self._marks = rows.marks(snap, channel.id, people if viewer is None else people | {viewer})
        if viewer is not None and viewer not in self._marks and channel.server_id is not None:
            joined = reading_rows.get(snap, viewer, channel.id)
            self._marks[viewer] = Marks(read_id=joined.read_id)
        self._readers: list[Reader] = []
        if viewer in people:
            self._readers = rows.readers(snap, channel.id, oldest, READERS_NAMED + 1)

    def view(self, message: Message, reactions: tuple[Reaction, ...]) -> MessageView:
        id, author = message.id, message.author_id
        own = self._marks.get(author, NOWHERE)
        read = self._read.count(id) - (own.receipt_id >= id)
        received = (
            len(self._here) + self._received.count(id) - self._twice.count(id)
            - (author in self._here or own.delivered_id >= id)
        )  # fmt: skip
        if self._viewer is None:
            return MessageView(message, received, read, reactions=reactions)
        if self._viewer != author:
            seen = self._marks.get(self._viewer, NOWHERE).read_id >= id
            return MessageView(message, received, read, read=seen, reactions=reactions)
        status = "read" if read else "delivered" if received else "sent"
        others = (r for r in self._readers if r.receipt_id >= id and r.user_id != author)
        readers = tuple(others)[:READERS_NAMED]
        return MessageView(message, received, read, readers, True, status, reactions)


class _Beyond:
    """How many people stand at a message or beyond it."""

    def __init__(self, tally: Tally) -> None:
        self._marks = [mark for mark, _ in tally]
        self._counts = [*accumulate((count for _, count in tally), initial=0)]

    def count(self, message_id: int) -> int:
        return self._counts[-1] - self._counts[bisect_left(self._marks, message_id)]


def news(
    snap: Snapshot, user_id: int, channel: Channel, messages: Sequence[Message], online: Online
) -> int | None:
    """The newest of these messages if somebody receives it only by listing it; else None."""
    newest = max((message.id for message in messages), default=0)
    if user_id in online.everybody or newest == 0:
        return None
    known = rows.marks(snap, channel.id, (user_id,)).get(user_id, NOWHERE)
    return newest if newest > known.delivered_id else None


def deliver(tx: Tx, user_id: int, channel_id: int, message_id: int) -> None:
    """Note that somebody without a socket has listed a channel up to this message."""
    if channels.reads(tx, user_id, channel_id):
        reading_rows.begin(tx, user_id, channel_id)
        rows.deliver(tx, user_id, channel_id, message_id)


def left(tx: Tx, user_id: int, at: int) -> None:
    """The last socket of somebody closed; whatever was sent until then has reached them."""
    bound = min(ids.floor(at), tx.id())  # a batch's clock may stand still while the wall's goes on
    behind = rows.behind(tx, user_id, CHANNELS_AT_ONCE)
    for channel_id in channels.readable(tx, user_id, behind):
        reading_rows.begin(tx, user_id, channel_id)
        rows.deliver(tx, user_id, channel_id, bound)
