"""Whether the house can do what it is there for: read, write, and take in something new."""

import asyncio
from math import inf
from typing import Final

from plexichat.core import health
from plexichat.store.db import Database
from plexichat.store.errors import Busy, Full, StoreError

FRESH_SECONDS: Final = 1.0
PATIENCE_SECONDS: Final = 5.0


class Pulse:
    def __init__(
        self, db: Database, fresh: float = FRESH_SECONDS, patience: float = PATIENCE_SECONDS
    ) -> None:
        self._db = db
        self._fresh = fresh
        self._patience = patience
        self._turn = asyncio.Lock()
        self._felt_at = -inf
        self._ailments: tuple[str, ...] = ()

    async def ailments(self) -> tuple[str, ...]:
        """What is wrong, in sentences; tried so often and no more, however many ask."""
        loop = asyncio.get_running_loop()
        async with self._turn:
            if loop.time() - self._felt_at > self._fresh:
                self._ailments = tuple(filter(None, (await self._reading(), await self._writing())))
                self._felt_at = loop.time()
            return self._ailments

    async def _reading(self) -> str | None:
        try:
            async with asyncio.timeout(self._patience):
                await self._db.read(health.look)
        except (StoreError, TimeoutError) as error:
            return f"the database cannot be read: {_why(error)}"
        return None

    async def _writing(self) -> str | None:
        try:
            async with asyncio.timeout(self._patience):
                await self._db.write(health.touch)
        except Full:
            return "the disk is full: nothing new is taken in"
        except (StoreError, TimeoutError) as error:
            return f"the database cannot be written: {_why(error)}"
        return None


def _why(error: Exception) -> str:
    """The reason without the names of our files: anybody may ask."""
    if isinstance(error, TimeoutError):
        return "it does not answer"
    return "too many calls wait" if isinstance(error, Busy) else "it fails"
