"""Rounds of load and what they come to: medians of rounds, never one lucky figure."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.process import Child

Operation = Callable[[], Awaitable[object]]


@dataclass(frozen=True)
class Round:
    operations: int
    seconds: float
    cpu_seconds: float
    latencies: Sequence[float]
    others_seconds: float = 0.0


@dataclass(frozen=True)
class Figures:
    """What one operation costs; the CPU is the server's, in all its threads.

    `others_cpus` is how many processors anybody else used meanwhile: far from 0, a thread that
    loses its processor keeps the others waiting, and the figures say more of them than of us.
    """

    per_second: float
    p50_ms: float
    p99_ms: float
    cpu_us: float
    others_cpus: float


async def figures(
    child: Child, workers: Sequence[Operation], rounds: int, seconds: float
) -> Figures:
    """One round to warm up, then the medians of `rounds` rounds."""
    await load(child, workers, seconds)
    return summary([await load(child, workers, seconds) for _ in range(rounds)])


async def load(child: Child, workers: Sequence[Operation], seconds: float) -> Round:
    """Each worker repeats its operation until the time is over; the first failure ends it all."""
    latencies: list[float] = []
    started, cpu, others = time.perf_counter(), child.cpu_seconds(), others_seconds(child)
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
    return Round(
        len(latencies),
        time.perf_counter() - started,
        cpu_seconds,
        latencies,
        max(0.0, others_seconds(child) - others),
    )


def others_seconds(child: Child) -> float:
    """CPU that the machine has spent so far on neither the child nor this process."""
    user, nice, system, _, _, irq, soft_irq = map(
        int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:8]
    )
    busy = (user + nice + system + irq + soft_irq) / os.sysconf("SC_CLK_TCK")
    return busy - child.cpu_seconds() - time.process_time()


def summary(rounds: Sequence[Round]) -> Figures:
    return Figures(
        per_second=median(one.operations / one.seconds for one in rounds),
        p50_ms=median(percentile(one.latencies, 50) for one in rounds) * 1e3,
        p99_ms=median(percentile(one.latencies, 99) for one in rounds) * 1e3,
        cpu_us=median(one.cpu_seconds / one.operations for one in rounds) * 1e6,
        others_cpus=median(one.others_seconds / one.seconds for one in rounds),
    )


def percentile(values: Sequence[float], percent: int) -> float:
    """The smallest value that `percent` of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]
