"""Requests about the server itself: how it is, what everybody is told of it, its end."""

import datetime as dt
import signal
import time

import msgspec

from plexichat import __version__
from plexichat.admin.words import Done, Tell, moment
from plexichat.app import House
from plexichat.core import health, overview
from plexichat.core.backups import kept
from plexichat.core.errors import Conflict
from plexichat.core.notice import RUNNING, Notice


class LastBackup(msgspec.Struct, frozen=True):
    path: str
    bytes: int
    made_at: dt.datetime | None
    verified_at: dt.datetime | None
    fault: str


class Status(msgspec.Struct, frozen=True, tag="status"):
    """`ailments` are sentences; a server that is well has none."""

    state: str
    message: str | None
    ailments: list[str]
    version: str
    directory: str
    addresses: list[str]
    url: str
    uptime_seconds: int | None
    people: int
    connected: int
    servers: int
    messages: int
    database_bytes: int
    files: int
    file_bytes: int
    last_backup: LastBackup | None
    next_backup_at: dt.datetime | None
    backup_error: str


class LookStatus(msgspec.Struct, frozen=True, tag="status look"):
    async def perform(self, house: House, tell: Tell) -> Status:
        numbers = await house.db.read(overview.look)
        files = await house.db.read(health.files)
        runs = bool(house.listening)
        state = house.notice.state if house.state == "running" else house.state
        return Status(
            state if runs else "stopped",
            house.notice.message,
            list(await house.pulse.ailments()),
            __version__,
            str(house.directory),
            list(house.listening),
            house.shapes.origin,
            int(time.monotonic() - house.started_at) if runs else None,
            numbers.people,
            len(house.hub.online()),
            numbers.servers,
            numbers.messages,
            sum(house.db.sizes()),
            files.number,
            files.bytes,
            await _last_backup(house),
            moment(house.backups.next_at),
            house.backups.last.error,
        )


class Announce(msgspec.Struct, frozen=True, tag="maintenance"):
    """Maintenance with a message and for so long, or (not `on`) no more of it."""

    on: bool
    message: str | None
    seconds: int | None

    async def perform(self, house: House, tell: Tell) -> Done:
        _refuse_stopped(house)
        house.notice = RUNNING
        if self.on:
            house.notice = Notice("maintenance", self.message, self.seconds)
        house.gateway.announce(house.notice)
        return Done(len(house.hub.online()))


class Stop(msgspec.Struct, frozen=True, tag="stop"):
    async def perform(self, house: House, tell: Tell) -> Done:
        _refuse_stopped(house)
        signal.raise_signal(signal.SIGTERM)
        return Done()


def _refuse_stopped(house: House) -> None:
    if not house.listening:
        raise Conflict("not_running", f"no server runs on {house.directory}")


async def _last_backup(house: House) -> LastBackup | None:
    found = await house.shelf.run(kept.stock, house.backups.folder)
    newest = next((each for each in found if each.head), None)
    if newest is None:
        return None
    return LastBackup(
        str(newest.path), newest.bytes, moment(newest.made_at), moment(newest.checked_at),
        newest.fault,
    )  # fmt: skip


REQUESTS = (LookStatus, Announce, Stop)
ANSWERS = (Status,)
