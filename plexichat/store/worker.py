"""A connection and the one thread that ever touches it: aiosqlite's, running our loop.

aiosqlite would cross threads twice per statement; handing its thread one function that serves
calls until it is told to stop crosses once per transaction. The hook for that is private to
aiosqlite, so it is used here alone and tried whenever a connection opens.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import aiosqlite

from plexichat.store import driver
from plexichat.store.binding import orm
from plexichat.store.errors import StoreError

T = TypeVar("T")

log = logging.getLogger(__name__)


class Worker:
    connection: driver.Connection

    def __init__(self, path: Path, *, readonly: bool) -> None:
        self._path = path
        self._readonly = readonly
        self._aiosqlite = aiosqlite.Connection(self._open, iter_chunk_size=64)
        self._refusal: StoreError | None = None
        self._serving: asyncio.Task[None] | None = None

    def _open(self) -> driver.Connection:
        # Were this to raise, aiosqlite would leave its thread behind without waiting for its end.
        try:
            self.connection = driver.connect(self._path, readonly=self._readonly)
        except StoreError as error:
            self._refusal = error
            self.connection = driver.nowhere()
        return self.connection

    async def start(self) -> None:
        await self._aiosqlite
        try:
            if self._refusal is not None:
                raise self._refusal
            thread = await self.run(threading.get_ident)
            if thread == threading.get_ident():
                raise TypeError("functions run on the caller's thread")
        except BaseException as error:
            await self.close()
            if isinstance(error, (AttributeError, TypeError)):
                raise StoreError(
                    f"aiosqlite {aiosqlite.__version__} does not run functions on the thread of a"
                    f" connection the way we know: {error}"
                ) from error
            raise

    async def run(self, fn: Callable[[], T]) -> T:
        """Run one function on the thread; only while it serves nothing else."""
        result: T = await self._aiosqlite._execute(fn)  # type: ignore[no-untyped-call]
        return result

    def serve(self, work: Callable[[], None], stop: Callable[[], None]) -> None:
        """Give the thread to `work`, which returns some time after `stop` was called."""
        self._serving = asyncio.create_task(self._serve(work, stop))

    async def _serve(self, work: Callable[[], None], stop: Callable[[], None]) -> None:
        def serving() -> None:
            orm.adopt(self.connection)
            work()

        try:
            await self.run(serving)
        except asyncio.CancelledError:  # the loop ends unasked; the thread must not outlive it
            stop()
            await self.close()
            raise
        except Exception:
            log.critical(
                "the thread of a connection ended; nobody serves its calls any more", exc_info=True
            )
            raise

    async def finish(self) -> None:
        """Wait until the work has returned, after it was told to stop."""
        if self._serving is not None:
            await self._serving

    def interrupt(self) -> None:
        """Break off the statement that is running."""
        self.connection.interrupt()

    async def close(self) -> None:
        """Close the connection and end its thread, after whatever that still has to do."""
        if ended := self._aiosqlite.stop():
            await ended
