"""Requests about the database as a whole."""

import asyncio
import shutil
import tempfile
from typing import Final

import msgspec

from plexichat.admin.words import Tell
from plexichat.app import House
from plexichat.core.errors import Refusal
from plexichat.store import maintenance

NAMES_AT_ONCE: Final = 1000
TOLD_AT_MOST: Final = 100


class DatabaseChecked(msgspec.Struct, frozen=True, tag="database checked"):
    """Sentences, none if all is well."""

    faults: list[str]


class CheckDatabase(msgspec.Struct, frozen=True, tag="database check"):
    async def perform(self, house: House, tell: Tell) -> DatabaseChecked:
        faults = await house.db.aside(maintenance.faults)
        faults += await house.db.write(maintenance.search_faults)
        async with house.shelf.keeping:
            faults += await missing(house)
        return DatabaseChecked(faults)


async def missing(house: House) -> list[str]:
    """The files that the database names and the folder lacks, the first of them each by name."""
    found: list[str] = []
    after = ""
    while names := await house.db.read(maintenance.names, after, NAMES_AT_ONCE):
        found += await house.shelf.run(house.shelf.files.missing, names)
        after = names[-1]
    told = [f"the file {house.shelf.files.path(name)} is not there" for name in found]
    more = len(told) - TOLD_AT_MOST
    return [*told[:TOLD_AT_MOST], *([f"and {more} files more are not there"] if more > 0 else [])]


class DatabaseOptimized(msgspec.Struct, frozen=True, tag="database optimized"):
    """Its size in bytes, and how many of them hold nothing still."""

    before: int
    after: int
    free: int


class OptimizeDatabase(msgspec.Struct, frozen=True, tag="database optimize"):
    vacuum: bool

    async def perform(self, house: House, tell: Tell) -> DatabaseOptimized:
        before = await house.db.read(maintenance.pages)
        if self.vacuum:
            refuse_without_room(house, before.bytes - before.free)
        while await house.db.write(maintenance.merge):
            await asyncio.sleep(0)  # whoever writes meanwhile comes first
        await house.db.write(maintenance.analyse)
        await house.db.alone(maintenance.vacuum if self.vacuum else maintenance.nothing)
        after = await house.db.read(maintenance.pages)
        return DatabaseOptimized(before.bytes, after.bytes, after.free)


def refuse_without_room(house: House, size: int) -> None:
    """SQLite writes the database twice: to a temporary file, then to the log."""
    for folder in {str(house.directory), tempfile.gettempdir()}:
        if shutil.disk_usage(folder).free < 2 * size:
            raise Refusal(
                "no_room", f"{folder} has no room for two copies of the database ({size} bytes)"
            )


REQUESTS = (CheckDatabase, OptimizeDatabase)
ANSWERS = (DatabaseChecked, DatabaseOptimized)
