"""The process under measurement: started as a child, watched from outside, stopped politely."""

import asyncio
import os
import re
import resource
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CORES = os.sched_getaffinity(0)
START_SECONDS = 60
STOP_SECONDS = 15
URL = re.compile(rb"http://([\d.]+):(\d+)")


class NotStarted(Exception):
    """A child ended, or kept silent, before its ready line."""


class Child:
    """A running server: where it listens, and what it has used so far."""

    def __init__(self, pid: int, address: tuple[str, int]) -> None:
        self.address = address
        self._pid = pid
        # The clock that the kernel shows as utime + stime in /proc/PID/stat, all threads and
        # ended ones included, but in nanoseconds instead of hundredths: see clock_getcpuclockid(3).
        self._clock = (~pid << 3) | 2

    def cpu_seconds(self) -> float:
        return time.clock_gettime(self._clock)

    def rss_kb(self) -> float:
        pages = int(Path(f"/proc/{self._pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1024


@asynccontextmanager
async def started(module: str, arguments: Sequence[str], folder: Path) -> AsyncIterator[Child]:
    """Run `python -m module` in `folder` from its ready line, which names a URL, to its end.

    What it writes to stderr is kept beside its data and shown when it does not start.
    """
    errors = folder / "stderr.txt"
    os.sched_setaffinity(0, CORES)  # for the child to inherit
    with errors.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", module, *arguments),
            cwd=folder,
            env=environment(os.environ),
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
        )
    # The server keeps to the last core. Its clients would be elsewhere: woken on that one, they
    # would take turns with it, and the figures tell of that.
    os.sched_setaffinity(0, CORES - {max(CORES)} or CORES)
    try:
        yield Child(process.pid, await listening(process, errors))
    finally:
        await stop(process)


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """This process's environment without anybody's own settings of the server."""
    kept = {name: value for name, value in given.items() if not name.startswith("PLEXICHAT")}
    places = [str(ROOT), *kept.get("PYTHONPATH", "").split(os.pathsep)]
    return kept | {"PYTHONPATH": os.pathsep.join(filter(None, places))}


async def listening(process: asyncio.subprocess.Process, errors: Path) -> tuple[str, int]:
    assert process.stdout is not None
    try:
        async with asyncio.timeout(START_SECONDS):
            async for line in process.stdout:
                if found := URL.search(line):
                    return found[1].decode(), int(found[2])
    except TimeoutError:
        raise NotStarted(f"no ready line within {START_SECONDS} s") from None
    said = errors.read_text(errors="replace").strip().splitlines()
    raise NotStarted(f"the server did not start: {' / '.join(said[-3:])}")


async def stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await process.communicate()
    except TimeoutError:
        process.kill()
        await process.communicate()


def allow_files(count: int) -> None:
    """Raise the limit of open files, for us and for our children, as far as the system lets us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(count, hard), hard))
