"""What is counted while the server runs: plain numbers, each written by one thread only.

Whoever reads them (see metrics) may see a count without its sum, never half a number.
"""

from bisect import bisect_left
from collections.abc import Hashable
from typing import Final, Generic, TypeVar

SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)

K = TypeVar("K", bound=Hashable)


class Times:
    """How many things took how long: `counts` has a number for each bound and one for beyond."""

    __slots__ = ("counts", "seconds")

    def __init__(self) -> None:
        self.counts = [0] * (len(SECONDS) + 1)
        self.seconds = 0.0

    def add(self, seconds: float) -> None:
        self.counts[bisect_left(SECONDS, seconds)] += 1
        self.seconds += seconds


class Tally(Generic[K]):
    """Times by what they are of."""

    __slots__ = ("times",)

    def __init__(self) -> None:
        self.times: dict[K, Times] = {}

    def add(self, key: K, seconds: float) -> None:
        times = self.times.get(key)
        if times is None:
            times = self.times[key] = Times()
        times.add(seconds)
