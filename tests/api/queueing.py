"""Calls queued behind one another, in an order that a test decides."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx

from plexichat.app import House
from plexichat.store.db import READERS, Snapshot, Tx

Queue = Callable[[Awaitable[httpx.Response]], Awaitable["asyncio.Future[httpx.Response]"]]


@asynccontextmanager
async def held(house: House) -> AsyncIterator[Queue]:
    """Keep the writer busy; what is queued meanwhile is queued in that order."""
    holding, release = threading.Event(), threading.Event()

    def hold(tx: Tx) -> None:
        holding.set()
        release.wait()

    waiting = asyncio.ensure_future(house.db.write(hold))

    async def queue(request: Awaitable[httpx.Response]) -> "asyncio.Future[httpx.Response]":
        before = house.db._writes.qsize()
        asked = asyncio.ensure_future(request)
        while house.db._writes.qsize() == before and not asked.done():
            await asyncio.sleep(0)
        return asked

    while not holding.is_set():
        await asyncio.sleep(0)
    try:
        yield queue
    finally:
        release.set()
        await waiting


@asynccontextmanager
async def reading_held(house: House) -> AsyncIterator[Callable[[], None]]:
    """Keep everybody who reads waiting until what is yielded is called."""
    release = threading.Event()

    def hold(snap: Snapshot) -> None:
        release.wait()

    holding = [asyncio.ensure_future(house.db.read(hold)) for _ in range(READERS)]
    await asyncio.sleep(0)
    while house.db._reads.qsize():
        await asyncio.sleep(0)
    try:
        yield release.set
    finally:
        release.set()
        await asyncio.gather(*holding)
