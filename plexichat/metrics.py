"""Numbers for Prometheus, in its text format, at an address of their own.

Nothing here is counted for it but what costs a few nanoseconds; the rest is looked up when asked.
"""

import os
import platform
import resource
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from hypercorn.typing import ASGIReceiveCallable, ASGISendCallable, Scope

from plexichat import __version__
from plexichat.app import House
from plexichat.core import health
from plexichat.core.health import Files
from plexichat.store import driver
from plexichat.tally import SECONDS, Times

PATH: Final = "/metrics"
KIND: Final = b"text/plain; version=0.0.4; charset=utf-8"
FILES_SECONDS: Final = 60  # all files are counted no more often

Labels = Mapping[str, object]
NONE: Final[Labels] = {}
Sample = tuple[str, Labels, float]


class Metrics:
    """The ASGI application that answers scrapes."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._files: Files | None = None
        self._files_at = 0.0

    async def __call__(
        self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        if scope["type"] != "http":
            return
        status, body = 404, f"metrics are at {PATH}\n"
        if scope["path"] == PATH and scope["method"] == "GET":
            status, body = 200, await self.text()
        told = body.encode()
        headers = [(b"content-type", KIND), (b"content-length", b"%d" % len(told))]
        start: Any = {"type": "http.response.start", "status": status, "headers": headers}
        end: Any = {"type": "http.response.body", "body": told, "more_body": False}
        await send(start)
        await send(end)

    async def text(self) -> str:
        house = self._house
        now = time.monotonic()
        if self._files is None or now - self._files_at > FILES_SECONDS:
            self._files, self._files_at = await house.db.read(health.files), now
        families = (
            *answered(house), *gateway(house), *stored(house, self._files), *backups(house),
            *process(),
        )  # fmt: skip
        return "".join(families)


def answered(house: House) -> Iterator[str]:
    """Requests: how many with which end, and how long they took by the bucket of their route."""
    by_status = [
        ("", {"bucket": bucket, "status": f"{status}xx"}, sum(times.counts))
        for (bucket, status), times in sorted(house.answered.times.items())
    ]
    yield family("http_requests_total", "counter", "Requests that were answered.", by_status)
    by_bucket: dict[str, list[Times]] = {}
    for (bucket, _), times in sorted(house.answered.times.items()):
        by_bucket.setdefault(bucket, []).append(times)
    yield family(
        "http_request_duration_seconds", "histogram", "From a request to the end of its answer.",
        [each for bucket, times in by_bucket.items() for each in spread({"bucket": bucket}, times)],
    )  # fmt: skip


def gateway(house: House) -> Iterator[str]:
    hub = house.hub
    yield one("gateway_sockets", "Open WebSockets.", hub.sockets)
    yield one("gateway_sessions", "Gateway sessions, those to be resumed included.", hub.sessions)
    yield one("gateway_people", "People with an open WebSocket.", len(hub.online()))
    yield total("gateway_dispatches", "Events sent, each counted per session.", hub.dispatches)
    yield total("gateway_replays", "Sessions that were resumed.", hub.replays)


def stored(house: House, files: Files) -> Iterator[str]:
    database, log = house.db.sizes()
    yield one("writer_waiting_calls", "Calls that wait for the writer.", house.db.waiting)
    yield family(
        "commit_duration_seconds", "histogram", "Commits, each down to the disk.",
        spread(NONE, [house.db.commits]),
    )  # fmt: skip
    yield one("database_bytes", "Size of the database file.", database)
    yield one("database_log_bytes", "Size of the write-ahead log.", log)
    yield one("uploads", "Files that people uploaded.", files.number)
    yield one("uploads_bytes", "Size of the files that people uploaded.", files.bytes)
    yield one("disk_free_bytes", "Bytes left on the disk of the data.", house.db.room.free())
    facts = {"version": __version__, "sqlite": driver.VERSION, "python": platform.python_version()}
    yield family("build_info", "gauge", "What is running.", [("", facts, 1)])


def backups(house: House) -> Iterator[str]:
    last = house.backups.last
    failed = "Whether the last attempt at a backup failed, or what it made is damaged."
    yield one("backup_failed", failed, int(bool(last.error)))
    for name, what, at in (
        ("backup_last_success", "When the newest backup was made.", last.made_at),
        ("backup_last_check", "When the newest backup was found whole.", last.verified_at),
    ):
        if at is not None:
            yield one(f"{name}_timestamp_seconds", what, at / 1000)
    yield one("backup_bytes", "Size of the newest backup.", last.bytes)


def process() -> Iterator[str]:
    """What Prometheus expects of every process, under the names that it expects."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = used.ru_utime + used.ru_stime
    yield total("process_cpu_seconds", "Processor time used.", seconds, prefix="")
    proc = Path("/proc/self")
    if not proc.exists():  # elsewhere than on Linux
        return
    page = os.sysconf("SC_PAGE_SIZE")
    virtual, resident = (int(word) * page for word in (proc / "statm").read_text().split()[:2])
    ticks = int((proc / "stat").read_text().rpartition(")")[2].split()[19])
    booted = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
    started = booted + ticks / os.sysconf("SC_CLK_TCK")
    yield one("process_resident_memory_bytes", "Memory in use.", resident, prefix="")
    yield one("process_virtual_memory_bytes", "Memory addressed.", virtual, prefix="")
    yield one("process_start_time_seconds", "Start, in Unix time.", round(started, 2), prefix="")
    yield one("process_open_fds", "Open files.", len(os.listdir(proc / "fd")), prefix="")
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield one("process_max_fds", "Files that may be open.", most, prefix="")


def one(name: str, what: str, value: float, *, prefix: str = "plexichat_") -> str:
    return family(name, "gauge", what, [("", NONE, value)], prefix=prefix)


def total(name: str, what: str, value: float, *, prefix: str = "plexichat_") -> str:
    return family(f"{name}_total", "counter", what, [("", NONE, value)], prefix=prefix)


def family(
    name: str, kind: str, what: str, samples: Iterable[Sample], *, prefix: str = "plexichat_"
) -> str:
    """All samples of one name, with what it is."""
    name = prefix + name
    lines = [f"# HELP {name} {what}", f"# TYPE {name} {kind}"]
    for ending, labels, value in samples:
        told = ",".join(f'{key}="{escaped(str(text))}"' for key, text in labels.items())
        lines.append(f"{name}{ending}{f'{{{told}}}' if told else ''} {value}")
    return "\n".join(lines) + "\n"


def spread(labels: Labels, all_times: Iterable[Times]) -> Iterator[Sample]:
    """The samples of a histogram."""
    counted = list(all_times)
    below = 0
    for place, bound in enumerate((*SECONDS, float("inf"))):
        below += sum(times.counts[place] for times in counted)
        told = "+Inf" if bound == float("inf") else bound
        yield "_bucket", {**labels, "le": told}, below
    yield "_sum", labels, round(sum(times.seconds for times in counted), 6)
    yield "_count", labels, below


def escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
