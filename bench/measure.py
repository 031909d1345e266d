"""Rounds of load and what they come to: medians of rounds, never one lucky figure."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from statistics import median

from bench.process import Child

Operation = Callable[[], Awaitable[object]]


@dataclass(frozen=True)
class Round:
    operations: int
    seconds: float
    cpu_seconds: float
    latencies: Sequence[float]


@dataclass(frozen=True)
class Figures:
    """What one operation costs; the CPU is the server's, in all its threads."""

    per_second: float
    p50_ms: float
    p99_ms: float
    cpu_us: float


async def figures(
    child: Child, workers: Sequence[Operation], rounds: int, seconds: float
) -> Figures:
    """One round to warm up, then the medians of `rounds` rounds."""
    await load(child, workers, seconds)
    return summary([await load(child, workers, seconds) for _ in range(rounds)])


async def load(child: Child, workers: Sequence[Operation], seconds: float) -> Round:
    """Each worker repeats its operation until the time is over; the first failure ends it all."""
    latencies: list[float] = []
    started, cpu = time.perf_counter(), child.cpu_seconds()
    until = started + seconds

    async def repeat(operation: Operation) -> None:
        now = time.perf_counter()
        while now < until:
            await operation()
            then, now = now, time.perf_counter()
            latencies.append(now - then)

    async with asyncio.TaskGroup() as group:
        for worker in workers:
            group.create_task(repeat(worker))
    cpu_seconds = child.cpu_seconds() - cpu
    return Round(len(latencies), time.perf_counter() - started, cpu_seconds, latencies)


def summary(rounds: Sequence[Round]) -> Figures:
    return Figures(
        per_second=median(one.operations / one.seconds for one in rounds),
        p50_ms=median(percentile(one.latencies, 50) for one in rounds) * 1e3,
        p99_ms=median(percentile(one.latencies, 99) for one in rounds) * 1e3,
        cpu_us=median(one.cpu_seconds / one.operations for one in rounds) * 1e6,
    )


def percentile(values: Sequence[float], percent: int) -> float:
    """The smallest value that `percent` of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]
