"""A call: a plain function that runs whole on a connection's thread, inside its transaction.

What it emits is published on the event loop after the commit, in commit order, before whoever
made the call resumes.
"""

import asyncio
import logging
import time
import traceback
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from plexichat.ids import Snowflakes
from plexichat.store.driver import Connection, Cursor, Error, meaning
from plexichat.store.errors import Full

SLOW_SECONDS: Final = 0.05

log = logging.getLogger(__name__)


class Snapshot:
    """One consistent state of the database, for the length of a call and on its thread only.

    `now` is the time in Unix milliseconds at which it was taken, `commit` the number of the last
    commit that it holds.
    """

    __slots__ = ("commit", "connection", "now")

    def __init__(self, connection: Connection, now: int, commit: int) -> None:
        self.connection = connection
        self.now = now
        self.commit = commit

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> Cursor:
        """Run one statement; a constraint that decides against it raises Duplicate or Missing."""
        try:
            return self.connection.execute(sql, parameters)
        except Error as error:
            known = meaning(error)
            if known is None:
                raise
            raise known from error


class Tx(Snapshot):
    """A snapshot that may be changed. What is raised out of the call undoes all of it."""

    __slots__ = ("_ids", "_low", "events")

    def __init__(
        self, connection: Connection, now: int, commit: int, ids: Snowflakes, low: bool = False
    ) -> None:
        super().__init__(connection, now, commit)
        self._ids = ids
        self._low = low
        self.events: list[object] = []

    def id(self) -> int:
        """Draw an id; their order is the order of commits."""
        return self._ids.next(self.now)

    def claim(self) -> None:
        """Say that something is about to be added that stays; Full when room is low on the disk."""
        if self._low:
            raise Full("what is left of the disk is reserved")

    def emit(self, event: object) -> None:
        """Have `event` published once this call is committed."""
        self.events.append(event)


class Call:
    """A function on its way to a connection's thread and back."""

    __slots__ = ("alone", "args", "events", "failure", "fn", "future", "kwargs", "result")

    def __init__(
        self,
        fn: Callable[..., object],
        args: tuple[object, ...],
        kwargs: Mapping[str, object],
        future: asyncio.Future[object],
        alone: bool = False,
    ) -> None:
        self.alone = alone  # it takes the connection, and no transaction is open
        self.fn = fn
        self.args = args
        self.kwargs = kwargs
        self.future = future
        self.result: object = None
        self.failure: Exception | None = None
        self.events: Sequence[object] = ()

    def run(self, snapshot: Snapshot | Connection) -> bool:
        """Run it and keep what comes of it; whether that is a result."""
        started = time.perf_counter()
        try:
            self.result = self.fn(snapshot, *self.args, **self.kwargs)
        except Exception as error:
            self.failure = told(error)
        took = time.perf_counter() - started
        if took > SLOW_SECONDS:
            log.warning("%s took %.0f ms", name(self.fn), took * 1000)
        return self.failure is None

    def fail(self, failure: Exception) -> None:
        """Take back what it did, because it did not last."""
        self.result, self.failure, self.events = None, failure, ()

    def settle(self) -> None:
        """Tell whoever waits, and let go of it all: the frames of a failure lead back here."""
        if not self.future.done():
            if self.failure is not None:
                self.future.set_exception(self.failure)
            else:
                self.future.set_result(self.result)
        del self.future, self.result, self.failure


def told(error: Exception) -> Exception:
    """What the caller hears of an error, and no longer holding what its call was working with.

    A cursor that lived on in a frame of the traceback would keep this thread's next transaction
    from seeing anything newer.
    """
    if error.__traceback__ is not None:
        error.__traceback__ = error.__traceback__.tb_next
    link: BaseException | None = error
    while link is not None:
        traceback.clear_frames(link.__traceback__)
        link = link.__cause__ or link.__context__
    known: Exception | None = meaning(error)
    if known is None and isinstance(error, StopIteration):  # which no future can carry
        known = RuntimeError("a call raised StopIteration")
    if known is None:
        return error
    known.__cause__ = error
    return known


def name(fn: Callable[..., object]) -> str:
    return f"{getattr(fn, '__module__', '?')}.{getattr(fn, '__qualname__', repr(fn))}"


class Results:
    """What the threads hand over, for the event loop to pass on in that order."""

    def __init__(self, publish: Callable[[object, int], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._publish = publish
        self._waiting: deque[tuple[Sequence[Call], int]] = deque()
        self._called = False

    def hand_over(self, calls: Sequence[Call], commit: int) -> None:
        """From any thread. The loop is woken once for all that has gathered until it comes."""
        self._waiting.append((calls, commit))
        if not self._called:
            self._called = True
            self._loop.call_soon_threadsafe(self._pass_on)

    def _pass_on(self) -> None:
        self._called = False  # first, so that whatever comes from now on calls again
        while self._waiting:
            calls, commit = self._waiting.popleft()
            for call in calls:
                for event in call.events:
                    self._tell(event, commit)
                call.settle()

    def _tell(self, event: object, commit: int) -> None:
        try:
            self._publish(event, commit)
        except Exception:
            log.exception("%s was not published", type(event).__name__)
