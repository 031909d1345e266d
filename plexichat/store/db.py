"""The database of a data folder: one writer that commits for everybody waiting, a few readers.

`write` returns once what the call did is on the disk and what it emitted is published; `read` sees
one state of the whole. Both take a plain function and run it on a connection's own thread.
"""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Concatenate, Final, ParamSpec, TypeVar

from plexichat import cores
from plexichat.store import driver, replacing
from plexichat.store.calls import Call, Results, Snapshot, Tx
from plexichat.store.checkpoint import Checkpoints, Gate
from plexichat.store.errors import Busy, Full, StoreError
from plexichat.store.lock import Lock
from plexichat.store.migrate import migrate, steps
from plexichat.store.room import Room
from plexichat.store.threads import Queue, Reader, Writer
from plexichat.store.worker import Worker
from plexichat.tally import Times

__all__ = ["Database", "Snapshot", "Tx"]

P = ParamSpec("P")
T = TypeVar("T")

NAME: Final = replacing.DATABASE
BACKUPS: Final = "backups"
READERS: Final = 2
NOTHING_BYTES: Final = 1 << 20  # with less than this left a start fails in many ways
WAITING_CALLS: Final = 1_000  # of each kind; a caller beyond hears Busy


class Database:
    def __init__(
        self, directory: Path, publish: Callable[[object, int], None], reserve: int
    ) -> None:
        self._lock = Lock(directory)
        self.room = Room(directory, reserve)
        self.commits = Times()
        self._directory = directory
        self._path = directory / NAME
        self._loop = asyncio.get_running_loop()
        self._results = Results(publish)
        self._writes: Queue = SimpleQueue()
        self._reads: Queue = SimpleQueue()
        self._gate = Gate(READERS)
        self._workers: list[Worker] = []  # the writer first
        self._copying = asyncio.Lock()
        self._closed = False

    @classmethod
    async def open(
        cls, directory: Path, publish: Callable[[object, int], None], reserve: int = 0
    ) -> "Database":
        """Take the data folder, bring its tables up to date, and start the threads.

        `publish(event, commit)` is called on this event loop; so many bytes of the disk are left
        to what makes room again. Raises InUse, Unwritable or Newer.
        """
        driver.check()
        database = cls(directory, publish, reserve)
        try:
            await database._start()
        except BaseException as error:
            await database.close()
            if isinstance(error, StoreError) and database.room.free() < NOTHING_BYTES:
                raise Full(f"the disk is full: make room for {directory}") from error
            raise
        return database

    async def write(
        self, fn: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `fn` in a transaction and return what it returns, once that is on the disk.

        What it raises undoes it alone. A caller that is cancelled takes nothing back.
        """
        return await self._send(self._writes, fn, args, kwargs)

    async def read(
        self, fn: Callable[Concatenate[Snapshot, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `fn` on the database as it is now, all commits that have returned included."""
        return await self._send(self._reads, fn, args, kwargs)

    async def alone(
        self, fn: Callable[Concatenate[driver.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run something on the writer's connection outside of any transaction, and copy the log
        back after it. Whoever writes waits, and whoever reads while the log is copied.
        """

        def work(connection: driver.Connection) -> T:
            result = fn(connection, *args, **kwargs)
            with self._gate.backup:
                self._checkpoints.empty()
            return result

        async with self._copying:
            return await self._send(self._writes, work, (), {}, alone=True)

    @property
    def waiting(self) -> int:
        """How many calls wait for the writer."""
        return self._writes.qsize()

    def sizes(self) -> tuple[int, int]:
        """How many bytes the database and its log are on the disk."""
        sizes = []
        for path in (self._path, Path(f"{self._path}-wal")):
            try:
                sizes.append(path.stat().st_size)
            except FileNotFoundError:
                sizes.append(0)
        return sizes[0], sizes[1]

    async def vacuum_into(self, path: Path) -> None:
        """Copy the database to a new file while everything goes on."""
        await self.aside(driver.copy, path)

    async def aside(
        self, fn: Callable[Concatenate[driver.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run something long on a connection of its own that reads; the log waits meanwhile."""
        async with self._copying:
            self._refuse_when_closed()
            worker = Worker(self._path, readonly=True)
            await worker.start()
            try:
                work = partial(fn, worker.connection, *args, **kwargs)
                return await worker.run(partial(self._while_the_log_waits, work))
            except asyncio.CancelledError:
                worker.interrupt()
                raise
            finally:
                await worker.close()

    async def close(self) -> None:
        """Let everything that was asked for happen, then give the folder back."""
        first, self._closed = not self._closed, True
        async with self._copying:
            if first:
                await self._finish()

    def _send(
        self,
        queue: Queue,
        fn: Callable[..., T],
        args: tuple[object, ...],
        kwargs: Mapping[str, object],
        *,
        alone: bool = False,
    ) -> asyncio.Future[T]:
        self._refuse_when_closed()
        if queue.qsize() >= WAITING_CALLS:
            raise Busy("too many calls are waiting for the database")
        future = self._loop.create_future()
        queue.put(Call(fn, args, kwargs, future, alone))
        return future

    def _refuse_when_closed(self) -> None:
        if self._closed:
            raise StoreError("the database is closed")

    async def _start(self) -> None:
        replacing.settle(self._directory)
        self.room.look()
        hired = await self._hire(readonly=False)
        writer = await hired.run(partial(self._prepare, hired.connection))
        hired.serve(writer.work, partial(self._writes.put, None))
        for inside in self._gate.inside:
            hired = await self._hire(readonly=True)
            reader = Reader(hired.connection, self._reads, self._results, self._gate.open, inside)
            hired.serve(reader.work, partial(self._reads.put, None))

    async def _finish(self) -> None:
        for queue in (self._writes, *(self._reads for _ in range(READERS))):
            queue.put(None)
        finishing = (worker.finish() for worker in self._workers)
        await asyncio.gather(*finishing, return_exceptions=True)
        while self._workers:  # the writer last: the last to close empties the log
            await self._workers.pop().close()
        self._lock.release()

    async def _hire(self, *, readonly: bool) -> Worker:
        worker = Worker(self._path, readonly=readonly)
        await worker.start()
        self._workers.append(worker)
        return worker

    def _prepare(self, connection: driver.Connection) -> Writer:
        migrate(connection, self._directory / BACKUPS, steps())
        self._checkpoints = Checkpoints(connection, self._path, self._gate)
        return Writer(
            connection, self._writes, self._results, self._checkpoints, self.room, self.commits
        )

    def _while_the_log_waits(self, work: Callable[[], T]) -> T:
        cores.give_way()  # it would take turns with the event loop on its one core
        with self._gate.backup:
            return work()
