"""Requests about backups."""

from pathlib import Path

import msgspec

from plexichat.admin.words import Tell
from plexichat.app import House


class BackupCreated(msgspec.Struct, frozen=True, tag="backup created"):
    path: str
    bytes: int
    uploads: int
    lost: int


class CreateBackup(msgspec.Struct, frozen=True, tag="backup create"):
    path: str | None

    async def perform(self, house: House, tell: Tell) -> BackupCreated:
        path = None if self.path is None else Path(self.path)
        made = await house.backups.create(path, tell)
        return BackupCreated(str(made.path), made.bytes, made.uploads, made.lost)


REQUESTS = (CreateBackup,)
ANSWERS = (BackupCreated,)
