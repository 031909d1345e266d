"""Who is here and who is typing: sockets and the clock turned into events.

A person is gone only when their last socket has been closed for a while, so that a reload or a bad
network is not news to their friends. All of it belongs to the event loop.
"""

import asyncio
import logging
import time
from asyncio import TimerHandle
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from typing import Any, Final

from plexichat.config import Presence
from plexichat.core import members, presence, receipts, sessions, views
from plexichat.core.errors import Refusal
from plexichat.core.events import Event, MessageCreated, TypingStarted, TypingStopped
from plexichat.core.presence import Text, Wanted
from plexichat.core.sessions import LiveSessions
from plexichat.gateway.hub import Hub
from plexichat.store.db import Database

LOOK_AGAIN_SECONDS: Final = 86_400

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
        self._departures: dict[int, TimerHandle] = {}
        self._end: TimerHandle | None = None  # of the next text that goes by itself
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
        # What comes and goes while the choice is on its way finds them here already, and a task
        # waits behind those that were spawned before it: what is noted last is what is so.
        was_here = user_id in self._present
        closed_at = self._closed_at.get(user_id)
        self._drop_departure(user_id)
        self._present.add(user_id)
        self._lease(user_id)
        choosing = asyncio.create_task(
            self._db.write(presence.acting_put, session_id, user_id, wanted, was_here)
        )
        choosing.add_done_callback(
            lambda done: None if succeeded(done) else self._unchosen(user_id, was_here, closed_at)
        )
        return await asyncio.shield(choosing)

    def _unchosen(self, user_id: int, was_here: bool, closed_at: int | None) -> None:
        """A choice was refused: it is as if nobody had asked."""
        if self._hub.connected(user_id):
            if not was_here:
                self._spawn(self._db.write(presence.appear, user_id))
        elif not was_here:
            self._drop_timer(user_id)
            self._present.discard(user_id)
        elif closed_at is not None:
            self._closed_at[user_id] = closed_at
            self._expect(user_id, self._rules.grace_seconds)

    def depart(self, session_id: int, user_id: int, wanted: Wanted) -> None:
        """Be seen so in a moment, unless something else is chosen before."""
        presence.check(wanted)
        self._drop_departure(user_id)
        loop = asyncio.get_running_loop()
        self._departures[user_id] = loop.call_later(
            self._rules.departure_seconds, self._departed, session_id, user_id, wanted
        )

    async def beat(self, user_id: int) -> None:
        """A client says that somebody is still here: without a socket, as by a request."""
        if user_id not in self._present:
            self._present.add(user_id)
            await asyncio.create_task(self._db.write(presence.appear, user_id))
        self._lease(user_id)

    async def say(self, session_id: int, user_id: int, text: Text) -> None:
        """Set text and emoji; who is not here does not come by it."""
        is_here = user_id in self._present
        until = await self._db.write(
            sessions.acting, session_id, presence.say, user_id, text, is_here
        )
        self._expect_end(until)

    def here(self, user_id: int) -> bool:
        """Whether somebody is here, be it unseen."""
        return user_id in self._present

    async def start(self) -> None:
        """Remember when the next text goes by itself."""
        self._expect_end(await self._db.read(presence.next_end))

    async def close(self) -> None:
        """Everybody goes at once, and is remembered as last seen now."""
        singles = (self._opening, self._end)
        for timer in (*self._timers.values(), *self._departures.values(), *singles):
            if timer is not None:
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

    def _lease(self, user_id: int) -> None:
        """Without a socket somebody is here for as long as requests keep coming."""
        if not self._hub.connected(user_id):
            self._closed_at.pop(user_id, None)
            self._expect(user_id, self._rules.lease_seconds)

    def _departed(self, session_id: int, user_id: int, wanted: Wanted) -> None:
        del self._departures[user_id]
        if self._live.alive(session_id):
            self._spawn(self._depart(session_id, user_id, wanted))

    async def _depart(self, session_id: int, user_id: int, wanted: Wanted) -> None:
        with suppress(Refusal):
            await self.choose(session_id, user_id, wanted)

    def _drop_departure(self, user_id: int) -> None:
        timer = self._departures.pop(user_id, None)
        if timer is not None:
            timer.cancel()

    def _expect_end(self, until: int | None) -> None:
        """Look at the texts when this one has had its time, unless one is to end before it."""
        if until is None:
            return
        loop = asyncio.get_running_loop()
        at = loop.time() + min(max(until - _now(), 1) / 1000, LOOK_AGAIN_SECONDS)
        if self._end is not None:
            if self._end.when() <= at:
                return
            self._end.cancel()
        self._end = loop.call_at(at, self._look)

    def _look(self) -> None:
        self._end = None
        self._spawn(self._end_texts())

    async def _end_texts(self) -> None:
        """Take away the texts that have had their time, and wait for the next."""
        self._expect_end(await self._db.write(presence.end_texts, frozenset(self._present)))

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


def succeeded(task: asyncio.Task[Any]) -> bool:
    return not task.cancelled() and task.exception() is None


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
