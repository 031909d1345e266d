"""Fixed windows: so many in so many seconds, counted from the first of them.

Unlike a bucket, a window lets all of them come at once and forgets them at once.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass


@dataclass(slots=True)
class Window:
    closes_at: float
    count: int = 0


class Windows:
    """How much of each window has been used, by whom."""

    def __init__(self, enabled: bool, clock: Callable[[], float]) -> None:
        self._enabled = enabled
        self._clock = clock
        self._open: dict[Hashable, Window] = {}

    def take(self, key: Hashable, limit: int, seconds: float) -> float:
        """Count one; return 0, or how long to wait if there were too many already."""
        if not self._enabled:
            return 0
        now = self._clock()
        window = self._open.get(key)
        if window is None or window.closes_at <= now:
            window = self._open[key] = Window(now + seconds)
        if window.count >= limit:
            return window.closes_at - now
        window.count += 1
        return 0

    def sweep(self) -> None:
        """Forget every window that has closed."""
        now = self._clock()
        for key in [key for key, window in self._open.items() if window.closes_at <= now]:
            del self._open[key]
