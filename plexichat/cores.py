"""Which processor cores the server's threads run on.

The event loop and the database's threads take turns at one interpreter lock. When they wake each
other across cores every turn costs twice (measured: 573 against 242 µs of CPU for a small request),
so they share a core. Whoever works without the lock, hashing or pictures, may use them all.
"""

import contextlib
import os
from typing import Final

SLOW_NICENESS: Final = 10
ALL = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None


def share_one() -> None:
    """Keep this thread, and those it starts from now on, on one core; the last, since the first
    tends to serve the machine's interrupts."""
    if ALL:
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, {max(ALL)})


def use_all() -> None:
    """Let this thread, and what it starts, run anywhere again."""
    if ALL:
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, ALL)


def give_way() -> None:
    """Let the event loop's thread go first; Linux keeps niceness and cores per thread."""
    use_all()
    with contextlib.suppress(OSError):
        os.nice(SLOW_NICENESS)
