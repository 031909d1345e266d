"""Who has tried too often to get in as an admin, and for how long they may not try again.

Unlike the rate limits this cannot be switched off.
"""

from collections.abc import Callable

ATTEMPTS = 5
WINDOW_SECONDS = 300.0
LOCKED_SECONDS = 900.0


class Lockouts:
    """The attempts of each address; those that succeed are forgotten."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._attempts: dict[str, list[float]] = {}
        self._locked_until: dict[str, float] = {}

    def attempt(self, address: str) -> float:
        """Count an attempt; return the seconds to wait before one is let through, 0 for this."""
        now = self._clock()
        wait = self._locked_until.get(address, now) - now
        if wait > 0:
            return wait
        recent = [at for at in self._attempts.get(address, ()) if at > now - WINDOW_SECONDS]
        if len(recent) >= ATTEMPTS:
            self._attempts.pop(address)
            self._locked_until[address] = now + LOCKED_SECONDS
            return LOCKED_SECONDS
        self._attempts[address] = [*recent, now]
        return 0.0

    def forgive(self, address: str) -> None:
        self._attempts.pop(address, None)

    def sweep(self) -> None:
        """Forget what is over."""
        now = self._clock()
        self._attempts = {
            address: attempts
            for address, attempts in self._attempts.items()
            if attempts[-1] > now - WINDOW_SECONDS
        }
        self._locked_until = {
            address: until for address, until in self._locked_until.items() if until > now
        }
