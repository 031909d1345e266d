"""Who is here and who is typing: sockets and the clock turned into events.

A person is gone only when their last socket has been closed for a while, so that a reload or a bad
network is not news to their friends. All of it belongs to the event loop.
"""

import asyncio
import logging
import time
from asyncio import TimerHandle
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from plexichat.config import Presence
from plexichat.core import members, presence, receipts, views
from plexichat.core.events import Event, MessageCreated, TypingStarted, TypingStopped
from plexichat.core.presence import Wanted
from plexichat.core.sessions import LiveSessions
from plexichat.gateway.hub import Hub
from plexichat.store.db import Database

log = logging.getLogger(__name__)


class Attendance:
    """Decides when somebody has come and gone."""

    def __init__(self, db: Database, hub: Hub, live: LiveSessions, rules: Presence) -> None:
        self._db = db
        self._hub = hub
        self._live = live
        self._rules = rules
        self.leaving: set[int] = set()  # whose last socket has closed, which is not noted yet
        self._present: set[int] = set()
        self._timers: dict[int, TimerHandle] = {}
        self._opening: TimerHandle | None = None
        self._closed_at: dict[int, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def expect(self, people: Iterable[int]) -> None:
        """The house opens: whoever of these does not come soon has gone."""
        self._opening = asyncio.get_running_loop().call_later(
            self._rules.grace_seconds, lambda: self._spawn(self._see_off(people))
        )

    def arrived(self, user_id: int) -> None:
        """The first socket of somebody opened."""
        self._closed_at.pop(user_id, None)
        self._drop_timer(user_id)
        if user_id not in self._present:
            self._present.add(user_id)
            self._spawn(self._db.write(presence.appear, user_id))

    def left(self, user_id: int) -> None:
        """The last socket of somebody closed."""
        at = self._closed_at[user_id] = _now()
        self.leaving.add(user_id)
        self._spawn(self._note(user_id, at))
        self._expect(user_id, self._rules.grace_seconds)

    async def _note(self, user_id: int, at: int) -> None:
        try:
            await self._db.write(receipts.left, user_id, at)
        finally:
            self.leaving.discard(user_id)

    async def choose(self, session_id: int, user_id: int, wanted: Wanted) -> views.Presence:
        """Be seen differently; without a socket, for as long as requests keep coming."""
        was_here = user_id in self._present
        own = await self._db.write(presence.acting_put, session_id, user_id, wanted, was_here)
        self._present.add(user_id)
        if not self._hub.connected(user_id):
            self._closed_at.pop(user_id, None)
            self._expect(user_id, self._rules.lease_seconds)
        return own

    async def close(self) -> None:
        """Everybody goes at once, and is remembered as last seen now."""
        if self._opening is not None:
            self._opening.cancel()
        for timer in self._timers.values():
            timer.cancel()
        if self._tasks:
            await asyncio.wait(tuple(self._tasks))
        await asyncio.gather(
            *(
                self._db.write(presence.disappear, user_id, self._closed_at.get(user_id, _now()))
                for user_id in self._present
            )
        )

    async def _see_off(self, people: Iterable[int]) -> None:
        for user_id in people:
            if user_id not in self._present:
                await self._db.write(members.see_off, user_id)

    def _expect(self, user_id: int, seconds: float) -> None:
        self._drop_timer(user_id)
        loop = asyncio.get_running_loop()
        self._timers[user_id] = loop.call_later(seconds, self._expire, user_id)

    def _expire(self, user_id: int) -> None:
        del self._timers[user_id]
        if self._hub.connected(user_id):
            return
        closed_at = self._closed_at.pop(user_id, None)
        last = self._live.active_at(user_id) if closed_at is None else closed_at
        if closed_at is None:  # a lease runs from the last request
            rest = self._rules.lease_seconds - (_now() - last) / 1000
            if rest > 0:
                self._expect(user_id, rest)
                return
        self._present.discard(user_id)
        self._spawn(self._db.write(presence.disappear, user_id, last))
        self._spawn(self._db.write(members.see_off, user_id))

    def _drop_timer(self, user_id: int) -> None:
        timer = self._timers.pop(user_id, None)
        if timer is not None:
            timer.cancel()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("presence was not saved", exc_info=task.exception())


class Typing:
    """Who is writing where, until they stop, send, or fall silent."""

    def __init__(self, publish: Callable[[Event, None], None], rules: Presence) -> None:
        self._publish = publish
        self._seconds = rules.typing_timeout_ms / 1000
        self._timers: dict[tuple[int, int], tuple[TimerHandle, TypingStarted]] = {}

    def within(self, channel_id: int) -> list[TypingStarted]:
        """Who is writing in a channel."""
        return [event for _, event in self._timers.values() if event.channel_id == channel_id]

    def start(self, event: TypingStarted) -> None:
        key = event.channel_id, event.user_id
        self._forget(key)
        timer = asyncio.get_running_loop().call_later(self._seconds, self.stop, *key)
        self._timers[key] = timer, event
        self._publish(event, None)

    def stop(self, channel_id: int, user_id: int) -> None:
        started = self._forget((channel_id, user_id))
        if started is not None:
            stopped = TypingStopped(
                audience=started.audience, channel_id=channel_id, user_id=user_id
            )
            self._publish(stopped, None)

    def apply(self, event: object) -> None:
        """A message from somebody ends their typing."""
        if isinstance(event, MessageCreated):
            self.stop(event.message.message.channel_id, event.message.message.author_id)

    def _forget(self, key: tuple[int, int]) -> TypingStarted | None:
        timer, started = self._timers.pop(key, (None, None))
        if timer is not None:
            timer.cancel()
        return started


def _now() -> int:
    return time.time_ns() // 1_000_000
