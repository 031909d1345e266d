"""A process of its own that writes down notes, for tests to starve and to trace.

Each line that it reads names people, who all write at once. It answers `ok NAME` the moment that
such a write has returned, or `KIND-OF-ERROR NAME`, and `done` after each line. A line that begins
with `/` is an order.
"""

import asyncio
import json
import os
import resource
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from plexichat.store.db import Database, Tx
from plexichat.store.errors import StoreError
from tests.store.notes import Heard, authors, begin, write

NOTE = bytes(3000)


class Notary:
    def __init__(self, data: Path, db: Database, heard: Heard) -> None:
        self.data = data
        self.db = db
        self.heard = heard

    async def note(self, name: str) -> None:
        try:
            await self.db.write(write, name, NOTE)
        except StoreError as error:
            say(type(error).__name__, name)
        else:
            say("ok", name)

    async def note_at_once(self, names: Sequence[str]) -> None:
        """All of these wait when the writer comes to them."""
        queued = threading.Event()

        def hold(tx: Tx) -> None:
            queued.wait()

        async def keep_busy() -> None:
            with suppress(StoreError):  # of whoever writes in the same transaction
                await self.db.write(hold)

        async def release() -> None:
            queued.set()

        await asyncio.gather(keep_busy(), *map(self.note, names), release())

    def starve(self) -> None:
        """Let no file of this process grow beyond what the log is now."""
        size = (self.data / "plexichat.db-wal").stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def feed(self) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    def fill(self) -> None:
        """Take all that is left of the disk."""
        with open(self.data / "filler", "wb", buffering=0) as filler:
            try:
                while filler.write(bytes(4096)):
                    pass
            except OSError:
                return

    def empty(self) -> None:
        (self.data / "filler").unlink()


def say(*words: str) -> None:
    os.write(1, (" ".join(words) + "\n").encode())


async def main(data: Path) -> None:
    heard = Heard()
    db = await Database.open(data, heard)
    await db.write(begin)
    notary = Notary(data, db, heard)
    orders: dict[str, Callable[[], None]] = {
        "/starve": notary.starve, "/feed": notary.feed,
        "/fill": notary.fill, "/empty": notary.empty,
    }  # fmt: skip
    for line in iter(sys.stdin.readline, ""):
        words = line.split()
        if words[0] in orders:
            orders[words[0]]()
        elif len(words) == 1:
            await notary.note(*words)
        else:
            await notary.note_at_once(words)
        say("done")
    await db.close()
    db = await Database.open(data, heard)
    say(json.dumps({"heard": heard.authors(), "kept": await db.read(authors)}))
    await db.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
