"""What an API tells the hub of itself: how it words an event, numbers it, and takes its leave."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Payload:
    """An event in a dialect's words, the same for everybody but for a number in the middle."""

    head: bytes
    tail: bytes | None = None  # None: the dialect does not number its events, `head` is all
    intent: int = 0  # the bit that one must want; 0: it concerns everybody
    topic: Hashable = None  # what a session must be about; None: it concerns all of them

    def numbered(self, seq: int) -> bytes:
        """The text that a session gets whose event number `seq` this is."""
        return self.head if self.tail is None else b"%b%d%b" % (self.head, seq, self.tail)


class Closing(NamedTuple):
    code: int
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Wire:
    """One for each wire format; events are encoded once for each, however many sockets speak it."""

    encode: Callable[[object], Sequence[Payload]]  # none: it has no word for it
    resumable: bool
    broken: Closing  # a fault of ours
    oversized: Closing  # a frame larger than we take
    slow: Closing  # does not read what we send
    crowded: Closing  # too many sockets of one person, this is the oldest
    sockets_per_user: int
    replaced: Closing  # another socket has resumed its session
    shutdown: Closing
    warning: Callable[[float], bytes | None]  # said when the server closes in so many seconds
    reconnect: bytes | None  # said when a fault of ours is about to close the socket
