"""Who received a message, and who read it.

Neither is kept per message. One mark per person (when they were last connected) and one per person
and channel (how far they listed it, how far they let others know that they read) decide both.
Members of a server have the latter once they have read or written something there.
"""

from bisect import bisect_left
from collections.abc import Collection, Container
from dataclasses import dataclass

from plexichat.core.views import MessageView
from plexichat.store import messages as rows
from plexichat.store import reactions as reaction_rows
from plexichat.store.db import Snapshot
from plexichat.store.messages import Mark, Message
from plexichat.store.reactions import Reaction

READERS_NAMED = 100
EVERYTHING = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Online:
    """The people with an open socket: all of them, and those who read a channel of a server."""

    everybody: Container[int]
    readers: Collection[int] = ()


class Receipts:
    """How far everybody has come in one channel."""

    def __init__(self, marks: list[Mark], online: Online) -> None:
        """Whoever is online receives everything thereby."""
        self._marks = {mark.user_id: mark for mark in marks}
        self._received = {
            mark.user_id: EVERYTHING
            if mark.user_id in online.everybody
            else max(mark.delivered_id, mark.receipt_id)
            for mark in marks
        }
        self._received.update(dict.fromkeys(online.readers, EVERYTHING))
        self._receipts_in_order = sorted(mark.receipt_id for mark in marks)
        self._received_in_order = sorted(self._received.values())

    def views(
        self, snap: Snapshot, messages: list[Message], viewer: int | None
    ) -> list[MessageView]:
        """The messages as `viewer` sees them; as an event tells everybody when that is None."""
        on: dict[int, tuple[Reaction, ...]] = {}
        if reacted := [message.id for message in messages if message.reactions]:
            on = reaction_rows.of(snap, reacted, viewer)
        return [self._view(message, viewer, on.get(message.id, ())) for message in messages]

    def view(self, snap: Snapshot, message: Message, viewer: int | None) -> MessageView:
        return self.views(snap, [message], viewer)[0]

    def _view(
        self, message: Message, viewer: int | None, reactions: tuple[Reaction, ...]
    ) -> MessageView:
        id, author = message.id, message.author_id
        mine = self._marks.get(author)
        own_read = mine is not None and mine.receipt_id >= id
        own_received = self._received.get(author, 0) >= id
        read = len(self._marks) - bisect_left(self._receipts_in_order, id) - own_read
        received = len(self._received) - bisect_left(self._received_in_order, id) - own_received
        if viewer is None:
            return MessageView(message, received, read, reactions=reactions)
        if viewer != author:
            reader = self._marks.get(viewer)
            seen = reader is not None and reader.read_id >= id
            return MessageView(message, received, read, read=seen, reactions=reactions)
        status = "read" if read else "delivered" if received else "sent"
        readers = self._readers(message)
        return MessageView(message, received, read, readers, True, status, reactions)

    def news(self, user_id: int, messages: list[Message]) -> int | None:
        """The newest of these messages if somebody receives it by listing it; else None."""
        newest = max((message.id for message in messages), default=0)
        return newest if newest > self._received.get(user_id, EVERYTHING) else None

    def _readers(self, message: Message) -> tuple[Mark, ...]:
        found = []
        for mark in self._marks.values():
            if mark.receipt_id >= message.id and mark.user_id != message.author_id:
                found.append(mark)
                if len(found) == READERS_NAMED:
                    break
        return tuple(found)


def of(snap: Snapshot, channel_id: int, online: Online) -> Receipts:
    return Receipts(rows.marks(snap, channel_id), online)
