"""What the house does unasked: small jobs once a minute, and what is left over as soon as it is."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine
from math import inf
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec

from plexichat import retention
from plexichat.core import (
    accounts,
    admin_sessions,
    audit_log,
    blocked_addresses,
    deletion,
    invites,
    leftovers,
    notifications,
    pictures,
    recovery,
    sessions,
    thumbnails,
    upload_sessions,
)
from plexichat.core.events import Event, Leftovers
from plexichat.store.db import Tx

if TYPE_CHECKING:
    from plexichat.app import House

P = ParamSpec("P")

Job = Callable[[], Coroutine[Any, Any, None]]

JOB_SECONDS: Final = 60
DAY_SECONDS: Final = 86_400
FORGETTING: Final = (
    sessions.forget_expired, accounts.forget_expired, invites.forget_expired,
    upload_sessions.forget_expired, notifications.forget_old, pictures.forget_waiting,
    recovery.forget_expired, admin_sessions.forget_expired,
    blocked_addresses.forget_expired, audit_log.forget_words,
)  # fmt: skip

log = logging.getLogger(__name__)


class Upkeep:
    """The jobs of one house, from its opening to its closing."""

    def __init__(self, house: "House") -> None:
        self._house = house
        self._left_over = asyncio.Event()  # something may be to clear away or to tell
        self._undeveloped = asyncio.Event()  # thumbnails may be to make
        self._retain_at = -inf
        self._jobs: list[asyncio.Task[None]] = []
        self._soon: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        self._left_over.set()
        self._undeveloped.set()
        self._jobs = [
            asyncio.create_task(self._every_minute()),
            asyncio.create_task(self._whenever(self._left_over, self._clear)),
            asyncio.create_task(self._whenever(self._undeveloped, self._develop)),
        ]

    async def stop(self) -> None:
        """End the jobs, and finish what was promised to be written."""
        for task in self._jobs:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await self.settled()

    def apply(self, event: Event) -> None:
        if isinstance(event, Leftovers):
            self._left_over.set()
            self._undeveloped.set()

    def soon(
        self, fn: Callable[Concatenate[Tx, P], object], *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """Write something that nobody waits for."""

        async def write() -> None:
            await self._house.db.write(fn, *args, **kwargs)

        task = asyncio.create_task(self._try(write))
        self._soon.add(task)
        task.add_done_callback(self._soon.discard)

    async def settled(self) -> None:
        """Wait until all that is written."""
        await asyncio.gather(*self._soon)

    async def _every_minute(self) -> None:
        while True:
            await asyncio.sleep(JOB_SECONDS)
            for job in (
                self._save_use, self._forget_expired, self._purge, self._sweep, self._tidy,
                self._retain,
            ):  # fmt: skip
                await self._try(job)

    async def _whenever(self, told: asyncio.Event, job: Job) -> None:
        """Do what there is to do at once each time that something is."""
        while True:
            await told.wait()
            told.clear()
            await self._try(job)

    async def _try(self, job: Job) -> None:
        try:
            await job()
        except Exception:
            log.exception("a job failed")

    async def _clear(self) -> None:
        house = self._house
        while await house.db.write(notifications.spread, house.hub.online()):
            pass
        while await house.db.write(leftovers.clear):
            pass
        await self._purge()

    async def _develop(self) -> None:
        house = self._house
        while (due := await house.db.read(thumbnails.due)) is not None:
            made = await house.shelf.miniatures(due.name, due.sides)
            channel_id = await house.db.write(thumbnails.put, due.upload_id, made)
            if channel_id is not None:
                await house.db.write(thumbnails.tell, due.upload_id, house.online(channel_id))

    async def _save_use(self) -> None:
        house = self._house
        used = house.live.used()
        for start in range(0, len(used), 500):
            part = used[start : start + 500]
            await house.db.write(sessions.save_use, part, house.config.sessions)

    async def _purge(self) -> None:
        keep = self._house.config.account_deletion.keep_messages
        while await self._house.db.write(deletion.purge, keep):
            pass

    async def _forget_expired(self) -> None:
        for forget in FORGETTING:
            while await self._house.db.write(forget, 500):
                pass

    async def _tidy(self) -> None:
        await self._house.shelf.tidy(self._house.db)

    async def _retain(self) -> None:
        """Once a day, let go what the admin does not want to keep."""
        now = asyncio.get_running_loop().time()
        if now < self._retain_at:
            return
        self._retain_at = now + DAY_SECONDS
        due = await retention.due(self._house.db, self._house.config.retention)
        await retention.run(self._house, due)
        if due.messages.number or due.files.number:
            log.info("%d old messages and %d old files are gone", due.messages[0], due.files[0])

    async def _sweep(self) -> None:
        self._house.limits.sweep()
        self._house.lockouts.sweep()
        self._house.windows.sweep()
