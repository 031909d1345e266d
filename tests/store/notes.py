"""The calls that tests of the store make: people writing notes."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass

from plexichat.store.db import Database, Snapshot, Tx


@dataclass(frozen=True)
class Written:
    id: int
    author: str


class Heard:
    """Somebody who listens, and remembers what came with which commit."""

    def __init__(self) -> None:
        self.events: list[Written] = []
        self.commits: list[int] = []

    def __call__(self, event: object, commit: int) -> None:
        assert isinstance(event, Written)
        self.events.append(event)
        self.commits.append(commit)

    def authors(self) -> list[str]:
        return [event.author for event in self.events]


class Refused(Exception):
    pass


def begin(tx: Tx) -> None:
    tx.execute("CREATE TABLE note (id INTEGER PRIMARY KEY, author TEXT NOT NULL, text BLOB) STRICT")


def write(tx: Tx, author: str, text: bytes = b"") -> int:
    id = tx.id()
    tx.execute("INSERT INTO note (id, author, text) VALUES (?, ?, ?)", (id, author, text))
    tx.emit(Written(id, author))
    return id


def write_and_refuse(tx: Tx, author: str) -> None:
    write(tx, author)
    raise Refused(author)


def authors(snap: Snapshot) -> list[str]:
    return [row[0] for row in snap.execute("SELECT author FROM note ORDER BY id")]


def commits(snap: Snapshot) -> int:
    return int(snap.execute("SELECT commits FROM house").fetchone()[0])


@contextlib.asynccontextmanager
async def held(db: Database) -> AsyncIterator[None]:
    """Keep the writer at work in one call, so that whatever is asked for meanwhile waits."""
    loop = asyncio.get_running_loop()
    begun, end = asyncio.Event(), threading.Event()

    def hold(tx: Tx) -> None:
        loop.call_soon_threadsafe(begun.set)
        end.wait()

    holding = asyncio.create_task(db.write(hold))
    await begun.wait()
    try:
        yield
    finally:
        end.set()
        await asyncio.wait((holding,))
        holding.exception()  # a batch that fails fails for this call too
