"""The machine under the server and what the server takes of it; None is what this machine hides."""

import os
import resource
import shutil
import threading
import time
from dataclasses import dataclass
from pathlib import Path

MIB = 1 << 20
PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Machine:
    cpu_percent: float
    memory_total_mb: int | None
    memory_available_mb: int | None
    memory_percent: float | None
    disk_percent: float
    process_memory_mb: float
    thread_count: int


def look(directory: Path, started_at: float) -> Machine:
    """`started_at` is on the monotonic clock; the processor's share is of all the time since."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    lasted = max(time.monotonic() - started_at, 0.001)
    memory = _memory()
    total, available = memory.get("MemTotal"), memory.get("MemAvailable")
    taken = None
    if total is not None and available is not None:
        taken = round(100 * (1 - available / total), 1)
    disk = shutil.disk_usage(directory)
    return Machine(
        round(100 * (used.ru_utime + used.ru_stime) / lasted, 1),
        None if total is None else total // MIB,
        None if available is None else available // MIB,
        taken, round(100 * disk.used / disk.total, 1), round(_own_memory(used) / MIB, 1),
        threading.active_count(),
    )  # fmt: skip


def _memory() -> dict[str, int]:
    """What /proc/meminfo tells, in bytes."""
    file = PROC / "meminfo"
    if not file.exists():
        return {}
    words = (line.split() for line in file.read_text().splitlines())
    return {name.rstrip(":"): int(size) * 1024 for name, size, *_ in words}


def _own_memory(used: resource.struct_rusage) -> int:
    file = PROC / "self" / "statm"
    if file.exists():
        return int(file.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return used.ru_maxrss
