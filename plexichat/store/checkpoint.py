"""When the write-ahead log is copied back into the database file.

Only the writer does it, between two transactions, and never while a backup reads. In quiet times
that is when nobody waits and the log has grown enough to be worth two more syncs. Readers that
overlap without end keep the log from beginning again; past a limit they are held back a moment.
"""

import logging
import os
import threading
from pathlib import Path
from typing import Final

from plexichat.store.driver import BUSY_SECONDS, LOG_KEPT_BYTES, Connection, Error, pragma

log = logging.getLogger(__name__)

# The log is cut to LOG_KEPT_BYTES when it begins again, so only what is longer is known to be log.
WORTHWHILE_BYTES: Final = LOG_KEPT_BYTES
LIMIT_BYTES: Final = 32 << 20


class Gate:
    """Between reads and the log: whoever shuts it waits for the reads inside."""

    def __init__(self, readers: int) -> None:
        self.open = threading.Event()
        self.open.set()
        self.inside = [threading.Lock() for _ in range(readers)]  # each held by a reader at work
        self.backup = threading.Lock()

    def shut(self) -> None:
        self.open.clear()
        for lock in self.inside:
            lock.acquire()

    def unshut(self) -> None:
        for lock in self.inside:
            lock.release()
        self.open.set()


class Checkpoints:
    """Lives on the writer's thread and looks at the log after each of its transactions."""

    def __init__(self, connection: Connection, database: Path, gate: Gate) -> None:
        self._connection = connection
        self._log = f"{database}-wal"
        self._gate = gate
        self._seen = 0  # length of the log when it was last copied back

    def consider(self, idle: bool) -> None:
        """Copy the log back if it has grown enough for that, given whether anybody waits."""
        try:
            length = os.stat(self._log).st_size
        except OSError:
            return
        if length < self._seen:
            self._seen = 0
        if length - self._seen <= WORTHWHILE_BYTES or not (idle or length > LIMIT_BYTES):
            return
        if not self._gate.backup.acquire(blocking=False):
            return
        try:
            if length > LIMIT_BYTES:
                self._restart()
            else:
                self._run("PASSIVE")
        finally:
            self._gate.backup.release()
        self._seen = length

    def empty(self) -> None:
        """Copy all of the log back and cut it to nothing; for who holds the gate's `backup`."""
        self._gate.shut()
        try:
            self._run("TRUNCATE")
        finally:
            self._gate.unshut()
        self._seen = 0

    def _restart(self) -> None:
        """Let the next transaction begin the log anew. Nobody but an outsider can be in the way."""
        self._gate.shut()
        try:
            pragma(self._connection, "busy_timeout = 0")
            self._run("RESTART")
            pragma(self._connection, f"busy_timeout = {int(BUSY_SECONDS * 1000)}")
        finally:
            self._gate.unshut()

    def _run(self, mode: str) -> None:
        try:
            pragma(self._connection, f"wal_checkpoint({mode})")
        except Error as error:  # a full disk, say: the log keeps what is committed
            log.error("checkpoint failed: %s", error)
