"""Backups while the server runs: asked for at the terminal, or made by the clock and checked then.

The slow work has a thread that gives way to everybody else.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from plexichat import cores
from plexichat.config import Config
from plexichat.core.backups import kept, making, timetable
from plexichat.core.backups.making import Backup
from plexichat.core.backups.meter import Tell
from plexichat.core.errors import Refusal
from plexichat.shelf import Shelf
from plexichat.store.db import Database
from plexichat.store.errors import StoreError

LOOK_SECONDS: Final = 60

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Last:
    """The newest backup there is, and what went wrong since; times in Unix milliseconds."""

    path: Path | None = None
    bytes: int = 0
    made_at: int | None = None
    verified_at: int | None = None
    error: str = ""


class Safekeeping:
    def __init__(self, config: Config, db: Database, shelf: Shelf) -> None:
        self.last = Last()
        self.next_at: int | None = None  # when the clock makes one, in Unix milliseconds
        self.folder = kept.folder(config)
        self._data = Path(config.storage.directory).resolve()
        self._schedule = config.backup.schedule
        self._keep = config.backup.keep
        self._db = db
        self._shelf = shelf

    async def create(self, path: Path | None, tell: Tell) -> Backup:
        """Make a backup; without a path it lands in the folder of backups."""
        path = path or self.folder / making.fresh_name()
        with thread() as aside:
            async with self._shelf.keeping:
                made = await making.create(self._db, self._data, path, tell, aside)
        if made.path.parent == self.folder:
            self.last = Last(made.path, made.bytes, made.made_at)
        return made

    @contextlib.asynccontextmanager
    async def by_the_clock(self) -> AsyncIterator[None]:
        """Make backups when they are due, as long as this lasts."""
        await self._look()
        watching = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    async def _watch(self) -> None:
        made_at = self.last.made_at
        tried = None if made_at is None else made_at / 1000
        while True:
            pause, now = float(LOOK_SECONDS), time.time()
            if self._schedule:
                due = timetable.due(self._schedule, tried, now)
                self.next_at = int(due * 1000)
                if due <= now:
                    tried = now
                    await self._make()
                    continue
                pause = min(pause, due - now)
            await asyncio.sleep(pause)
            await self._look()

    async def _make(self) -> None:
        """What the clock asks for: make one, check it, let the oldest go."""
        begun = time.monotonic()
        try:
            made = await self.create(None, unheard)
            took = time.monotonic() - begun
            log.info("backup made in %.1f s: %s, %d bytes", took, made.path, made.bytes)
            with thread() as aside:
                check = partial(kept.verify, made.path)
                await making.apart(aside, "checking the backup", unheard, check)
            self.last = replace(self.last, verified_at=time.time_ns() // 1_000_000)
            log.info("backup verified: %s", made.path)
            for old in await self._shelf.run(kept.prune, self.folder, self._keep):
                log.info("backup removed, as %d newer ones are kept: %s", self._keep, old.path)
        except (Refusal, StoreError, OSError) as error:
            log.error("backup failed: %s", error)
            self.last = replace(self.last, error=str(error))
        except Exception as error:
            log.exception("backup failed")
            self.last = replace(self.last, error=type(error).__name__)

    async def _look(self) -> None:
        """Take in what others did to the folder: the terminal checks and prunes as well."""
        found = await self._shelf.run(kept.stock, self.folder)
        newest = next((each for each in found if each.head), None)
        if newest is None:
            self.last = Last(error=self.last.error)
            return
        error = self.last.error if newest.made_at <= (self.last.made_at or 0) else ""
        verified_at = newest.checked_at if newest.whole else None
        self.last = Last(
            newest.path, newest.bytes, newest.made_at, verified_at, newest.fault or error
        )


def thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, "backup", cores.give_way)


def unheard(what: str, done: int, total: int) -> None:
    """Tell nobody."""
