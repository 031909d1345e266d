"""The house's files as the event loop handles them: the disk is touched in threads of its own.

A file is removed after the commit that forgot it, and never while a backup reads the files that
its copy of the database names.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final, ParamSpec, TypeVar
from weakref import WeakValueDictionary

from plexichat import cores
from plexichat.core import imaging, uploads
from plexichat.core.errors import Refusal
from plexichat.core.events import FilesForgotten
from plexichat.core.imaging import Picture
from plexichat.store.db import Database
from plexichat.store.errors import StoreError
from plexichat.store.files import Files, Incoming
from plexichat.store.room import Room

P = ParamSpec("P")
T = TypeVar("T")

THREADS: Final = 4
DAY_SECONDS: Final = 86_400
BATCH: Final = 500

log = logging.getLogger(__name__)


class Shelf:
    def __init__(self, folder: Path, room: Room) -> None:
        self.files = Files(folder)
        self._room = room
        self.keeping = asyncio.Lock()  # whoever holds it finds every file where it was
        self._threads = ThreadPoolExecutor(THREADS, "disk", cores.use_all)
        self._darkroom = ThreadPoolExecutor(1, "darkroom", cores.use_all)  # one picture at a time
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._removals: set[asyncio.Task[None]] = set()
        self._tidied_at = float("-inf")

    async def run(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run something that touches the disk; whoever is cancelled leaves when it is done."""
        work = asyncio.get_running_loop().run_in_executor(
            self._threads, partial(fn, *args, **kwargs)
        )
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            await asyncio.wait([work])
            raise

    @asynccontextmanager
    async def incoming(self, size: int = 0) -> AsyncIterator[Incoming]:
        """A file that is nobody's yet, if the disk has room; thrown away in the end unless kept."""
        self._room.claim(size)
        begun: list[Incoming] = []  # what was begun is here even if whoever asked is cancelled
        try:
            await self.run(lambda: begun.append(self.files.begin()))
            yield begun[0]
        finally:
            for file in begun:
                await self.run(file.discard)

    def turn(self, name: str) -> asyncio.Lock:
        """Whoever holds this is alone with a file that is not whole yet."""
        return self._turns.setdefault(name, asyncio.Lock())

    async def develop(self, source: Path, target: Path, side: int) -> Picture:
        """Write a safe, small copy of a stranger's picture."""
        return await asyncio.get_running_loop().run_in_executor(
            self._darkroom, imaging.develop, source, target, side
        )

    async def miniatures(self, name: str, sides: Sequence[int]) -> dict[int, str]:
        """Keep copies of a picture, the largest first; less of them if there is no more to make."""
        made: dict[int, str] = {}
        try:
            for side in sides:
                made[side] = await self._miniature(self.files.path(name), side)
                name = made[side]
        except (Refusal, StoreError, OSError) as error:
            log.info("no more thumbnails of %s: %s", name, error)
        return made

    async def _miniature(self, source: Path, side: int) -> str:
        async with self.incoming() as file:
            picture = await self.develop(source, file.path, side)
            return await self.run(self.files.keep, file, picture.suffix)

    def apply(self, event: object) -> None:
        """Take in what a commit changed."""
        if isinstance(event, FilesForgotten):
            self.forget(event.names)

    def forget(self, names: Sequence[str]) -> None:
        """Have files removed soon."""
        removal = asyncio.create_task(self.remove(names))
        self._removals.add(removal)
        removal.add_done_callback(self._removals.discard)

    async def remove(self, names: Sequence[str]) -> None:
        """Remove files that nothing names any more; what cannot be removed is tried again daily."""
        async with self.keeping:
            try:
                await self.run(self.files.remove, names)
            except OSError as error:
                log.warning("a file could not be removed: %s", error)

    async def tidy(self, db: Database) -> None:
        """Once a day, remove uploads that nobody sent and files that nothing names."""
        if time.monotonic() - self._tidied_at < DAY_SECONDS:
            return
        self._tidied_at = time.monotonic()
        while await db.write(uploads.forget_unsent, BATCH):
            pass
        await self.prune(db, DAY_SECONDS)

    async def prune(self, db: Database, seconds: float, *, dry: bool = False) -> tuple[int, int]:
        """Remove files that nothing names and nobody has touched for so long, whole or not.

        Return how many they are, and how many bytes; when `dry`, they stay.
        """
        number = size = 0
        old = self.files.older(seconds)
        while names := await self.run(lambda: list(islice(old, BATCH))):
            orphans = await db.read(uploads.unknown, names)
            paths = [self.files.path(name) for name in orphans]
            number, size = number + len(paths), size + await self.run(measured, paths)
            if not dry:
                await self.remove(orphans)
        paths = await self.run(self.files.partial, seconds)
        number, size = number + len(paths), size + await self.run(measured, paths)
        if not dry:
            for path in paths:
                await self.run(path.unlink, missing_ok=True)
        return number, size

    async def settled(self) -> None:
        """Return when what was to be removed so far is removed."""
        await asyncio.gather(*self._removals)

    async def close(self) -> None:
        await self.settled()
        self._darkroom.shutdown(cancel_futures=True)
        self._threads.shutdown()


def measured(paths: Sequence[Path]) -> int:
    """How many bytes these files are; one that has just gone is nothing."""
    size = 0
    for path in paths:
        with contextlib.suppress(FileNotFoundError):
            size += path.stat().st_size
    return size
