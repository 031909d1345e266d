"""Rate limits: one engine for every layer and bucket (GCRA, the leaky bucket as a meter).

A bucket may carry several rates (five a minute and twenty an hour); a request passes when each of
them lets it. What is remembered per key is one moment per rate: when the bucket will be empty.
"""

import ipaddress
from collections.abc import Callable, Hashable
from typing import NamedTuple

from plexichat.config import Rate, RateLimits


class Verdict(NamedTuple):
    """What a bucket says of one request; seconds are from now."""

    bucket: str
    limit: int
    remaining: int
    reset_after: float
    retry_after: float  # 0 when the request passes


class Limits:
    """How much of each bucket has been used, by whom."""

    def __init__(self, rates: RateLimits, clock: Callable[[], float]) -> None:
        self._enabled = rates.enabled
        self._rates = rates
        self._clock = clock
        self._empty_at: dict[tuple[str, Hashable], tuple[float, ...]] = {}

    def take(self, bucket: str, key: Hashable, cost: int = 1) -> Verdict | None:
        """Count one request, or what it costs; None when limits are off or it has no rate."""
        if not self._enabled:
            return None
        rates: tuple[Rate, ...] = getattr(self._rates, bucket)
        if not rates:
            return None
        now = self._clock()
        kept = self._empty_at.get((bucket, key))
        if kept is None or len(kept) != len(rates):
            kept = (now,) * len(rates)
        after = []
        tightest: Verdict | None = None
        for rate, empty_at in zip(rates, kept, strict=True):
            each = rate.seconds / rate.limit
            empty_at = max(empty_at, now) + each * cost
            over = empty_at - now - each * rate.burst
            if over > 1e-9:
                verdict = Verdict(bucket, rate.limit, 0, empty_at - each * cost - now, over)
                if tightest is None or over > tightest.retry_after:
                    tightest = verdict
            elif tightest is None or tightest.retry_after == 0:
                remaining = int(-over / each + 1e-9)
                if tightest is None or remaining < tightest.remaining:
                    tightest = Verdict(bucket, rate.limit, remaining, empty_at - now, 0.0)
            after.append(empty_at)
        if tightest is not None and tightest.retry_after == 0:
            self._empty_at[bucket, key] = tuple(after)
        return tightest

    def sweep(self) -> None:
        """Forget every key whose buckets are empty again."""
        now = self._clock()
        stale = [key for key, empty_at in self._empty_at.items() if max(empty_at) <= now]
        for key in stale:
            del self._empty_at[key]


def network(address: str) -> str:
    """What an address is counted by: itself, or the /64 that one IPv6 household holds."""
    if ":" not in address:
        return address
    try:
        parsed = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(parsed) >> 64 << 64, 64)))
