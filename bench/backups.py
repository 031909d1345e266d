"""What those who write feel of a backup: 500 messages a second, alone and beside one.

Times count from when a message was to be sent, so that one which waits makes the others late too.
"""

import asyncio
import hashlib
import os
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median

from bench.measure import Operation, percentile
from bench.process import Child
from bench.scenarios import Bench, Fields, asking, written
from bench.world import DATA, serving
from plexichat.admin.backups import CreateBackup
from plexichat.admin.door import ask_server
from plexichat.store.db import Database, Tx
from plexichat.store.files import UPLOADS, Files
from plexichat.store.uploads import Stored, insert

STORED = 500_000
FILES, FILE_BYTES = 16, 16 << 20
PER_SECOND = 500
ALONE_SECONDS = 6.0
AFTER_SECONDS = 2.0  # the log has grown meanwhile, and what that costs belongs to the backup
BACKUPS = 3
WATCH_SECONDS = 0.02


async def beside_a_backup(bench: Bench) -> Fields:
    """500,000 messages and 16 files of 16 MB are saved while 8 DMs go on."""
    requests = [written(talk, person) for talk in bench.world.talks for person in talk.people]
    async with filled(bench) as folder, serving(folder) as child:
        with asking(child, requests) as writers:
            await paced(writers, asyncio.create_task(asyncio.sleep(1)))
            before, most = child.rss_kb(), asyncio.create_task(highest(child))
            alone, beside, took = [], [], []
            for number in range(BACKUPS):
                quiet = asyncio.create_task(asyncio.sleep(ALONE_SECONDS))
                alone.append(await paced(writers, quiet))
                begun = time.perf_counter()
                saving = asyncio.create_task(save(folder, folder / f"{number}.tar"))
                beside.append(await paced(writers, saving))
                took.append(time.perf_counter() - begun - AFTER_SECONDS)
                (folder / f"{number}.tar").unlink()
            most.cancel()
            grown = await most - before
    undisturbed, found = ([percentile(one, 99) * 1e3 for one in kind] for kind in (alone, beside))
    return {
        "per_second": PER_SECOND,
        "alone_p99_ms": median(undisturbed),
        "p99_ms": median(found),
        "rise_ms": median(then - now for then, now in zip(found, undisturbed, strict=True)),
        "longest_ms": median(max(one) for one in beside) * 1e3,
        "backup_seconds": median(took),
        "grown_mb": grown / 1024,
    }


@asynccontextmanager
async def filled(bench: Bench) -> AsyncIterator[Path]:
    """A copy of the world with much in it, before its server starts."""
    with bench.world.copied() as folder:
        await bench.world.fill(folder / DATA, bench.world.talks, STORED)
        database = await Database.open(folder / DATA, lambda event, commit: None)
        try:
            await database.write(give, Files(folder / DATA / UPLOADS), bench.world.writers[0].id)
        finally:
            await database.close()
        yield folder


def give(tx: Tx, files: Files, person_id: int) -> None:
    """Uploads of somebody."""
    for _ in range(FILES):
        content = os.urandom(FILE_BYTES)
        file = files.begin()
        file.write([content])
        name = files.keep(file, "")
        sha256 = hashlib.sha256(content).hexdigest()
        insert(tx, person_id, Stored(name, "film", "video/mp4", FILE_BYTES, sha256, 0))


async def save(folder: Path, target: Path) -> None:
    """Ask for a backup at the door, since starting a verb costs as much again; wait a moment."""
    asked = CreateBackup(str(target))
    await asyncio.to_thread(ask_server, folder / DATA, asked, unheard)
    await asyncio.sleep(AFTER_SECONDS)


def unheard(what: str, done: int, total: int) -> None:
    """Tell nobody."""


async def paced(workers: Sequence[Operation], lasting: "asyncio.Task[None]") -> list[float]:
    """Seconds that each operation took, at PER_SECOND in all, until `lasting` is over."""
    latencies: list[float] = []
    step = len(workers) / PER_SECOND
    started = time.perf_counter()

    async def repeat(operation: Operation, due: float) -> None:
        while not lasting.done():
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            await operation()
            latencies.append(time.perf_counter() - due)
            due += step

    async with asyncio.TaskGroup() as group:
        for number, worker in enumerate(workers):
            group.create_task(repeat(worker, started + number / PER_SECOND))
    await lasting
    return latencies


async def highest(child: Child) -> float:
    """The most memory in KB that the server had while this lasted."""
    most = 0.0
    try:
        while True:
            most = max(most, child.rss_kb())
            await asyncio.sleep(WATCH_SECONDS)
    except asyncio.CancelledError:
        return most
