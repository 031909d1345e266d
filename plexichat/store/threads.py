"""What the database's threads do: one commits for everybody who waits, the others read."""

import logging
import time
from queue import SimpleQueue
from threading import Event, Lock
from typing import Final

from plexichat.ids import Snowflakes
from plexichat.store.calls import Call, Results, Snapshot, Tx
from plexichat.store.checkpoint import Checkpoints
from plexichat.store.driver import Connection, Error, meaning
from plexichat.store.errors import Full, StoreError
from plexichat.store.room import Room
from plexichat.tally import Times

BATCH_CALLS: Final = 256
BATCH_SECONDS: Final = 0.05  # a batch as old as this takes in no further call

log = logging.getLogger(__name__)

Queue = SimpleQueue[Call | None]  # None: no call comes any more


def unix_ms() -> int:
    return time.time_ns() // 1_000_000


class Writer:
    """Runs whatever waits in one transaction, so that one sync of the disk serves everybody."""

    def __init__(
        self,
        connection: Connection,
        calls: Queue,
        results: Results,
        checkpoints: Checkpoints,
        room: Room,
        commits: Times,
    ) -> None:
        self._connection = connection
        self._calls = calls
        self._results = results
        self._checkpoints = checkpoints
        self._put_back: Call | None = None
        self._room = room
        self._times = commits
        self._low = False
        house = connection.execute("SELECT commits, last_id FROM house").fetchall()
        ((self._commits, last_id),) = house
        self._ids = Snowflakes(last_id)

    def work(self) -> None:
        while (call := self._take()) is not None:
            if call.alone:
                call.run(self._connection)
                self._results.hand_over((call,), self._commits)
                continue
            self._write(call)
            self._checkpoints.consider(idle=self._calls.empty())

    def _write(self, call: Call | None) -> None:
        """Run this call and all that come before it is done, commit, and hand the results over."""
        batch: list[Call] = []
        now = unix_ms()
        until = time.monotonic() + BATCH_SECONDS
        changes, last_id = self._connection.total_changes, self._ids.last
        self._low = self._room.look()
        try:
            while call is not None:
                batch.append(call)
                self._attempt(call, now)
                full = len(batch) == BATCH_CALLS or time.monotonic() > until
                call = None if full else self._next()
            changed = (
                self._connection.total_changes != changes
                or self._ids.last != last_id
                or any(call.events for call in batch)
            )
            self._commit(changed)
        except Exception as error:
            self._undo(batch, error)
        self._results.hand_over(batch, self._commits)

    def _take(self) -> Call | None:
        call, self._put_back = self._put_back, None
        return call or self._calls.get()

    def _next(self) -> Call | None:
        """What else there is for this transaction."""
        if self._calls.empty():
            return None
        call = self._calls.get()
        if call is None:
            self._calls.put(None)
        elif call.alone:
            call, self._put_back = None, call
        return call

    def _attempt(self, call: Call, now: int) -> None:
        """Run one call so that its failure harms nobody but its caller."""
        execute = self._connection.execute
        alone = not self._connection.in_transaction  # then rolling back undoes nobody else
        execute("BEGIN IMMEDIATE" if alone else "SAVEPOINT call")
        tx = Tx(self._connection, now, self._commits, self._ids, self._low)
        if call.run(tx):
            if not self._connection.in_transaction:
                raise StoreError("a call ended the transaction that it ran in")
            call.events = tx.events
            if not alone:
                execute("RELEASE call")
        elif alone:
            if self._connection.in_transaction:
                execute("ROLLBACK")
        elif self._connection.in_transaction:
            execute("ROLLBACK TO call")
            execute("RELEASE call")
        else:
            raise unsaved(call.failure)

    def _commit(self, changed: bool) -> None:
        """Commit what is left; the commit has a number if it changes or tells anything."""
        if not self._connection.in_transaction:
            return
        if changed:
            self._connection.execute(
                "UPDATE house SET commits = ?, last_id = ?", (self._commits + 1, self._ids.last)
            )
        begun = time.perf_counter()
        self._connection.execute("COMMIT")
        self._commits += changed
        if changed:
            self._times.add(time.perf_counter() - begun)

    def _undo(self, batch: list[Call], error: Exception) -> None:
        """Nothing of the batch lasts; all who thought otherwise hear why."""
        log.error("a transaction of %d calls failed", len(batch), exc_info=error)
        if self._connection.in_transaction:
            try:
                self._connection.execute("ROLLBACK")
            except Error:
                log.exception("and could not be rolled back")
        for call in batch:
            if call.failure is None:
                call.fail(unsaved(error))


def unsaved(error: Exception | None) -> StoreError:
    """What those hear whose calls had succeeded, had the transaction not ended with `error`."""
    known = (error and meaning(error)) or error
    return Full(str(known)) if isinstance(known, Full) else StoreError(f"not saved: {known}")


class Reader:
    """Runs one call after the other, each in a transaction of its own that only reads."""

    def __init__(
        self, connection: Connection, calls: Queue, results: Results, gate: Event, inside: Lock
    ) -> None:
        self._connection = connection
        self._calls = calls
        self._results = results
        self._gate = gate
        self._inside = inside

    def work(self) -> None:
        while (call := self._calls.get()) is not None:
            if not self._gate.is_set():
                self._gate.wait()
            if call.future.cancelled():
                continue
            with self._inside:
                self._read(call)
            self._results.hand_over((call,), 0)

    def _read(self, call: Call) -> None:
        execute = self._connection.execute
        try:
            execute("BEGIN")
            ((commit,),) = execute("SELECT commits FROM house").fetchall()
            call.run(Snapshot(self._connection, unix_ms(), commit))
            execute("COMMIT")
        except Error as error:
            call.fail(meaning(error) or error)
            if self._connection.in_transaction:
                execute("ROLLBACK")
