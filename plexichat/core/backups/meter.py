"""How far the work on a backup is, and the word that stops it."""

import threading
import time
from collections.abc import Callable
from typing import Final

from plexichat.store.copies import Stopped

TELL_SECONDS: Final = 0.25

Tell = Callable[[str, int, int], None]  # what is being done, how many bytes, of how many


class Meter:
    """How many bytes are done, of how many."""

    def __init__(self, tell: Callable[[int, int], object]) -> None:
        self.total = 0
        self._done = 0
        self._told_at = time.monotonic()
        self._tell = tell
        self._stopped = threading.Event()

    def stop(self) -> None:
        self._stopped.set()

    def stopped(self) -> bool:
        return self._stopped.is_set()

    def add(self, count: int) -> None:
        """Count what was done since; raises Stopped once nobody waits any more."""
        if self.stopped():
            raise Stopped
        self._done += count
        if time.monotonic() - self._told_at > TELL_SECONDS:
            self._told_at = time.monotonic()
            self._tell(self._done, self.total)


def unheard(done: int, total: int) -> None:
    """Tell nobody."""
