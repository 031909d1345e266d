"""The request for everything that is kept of one person."""

import contextlib
import os
import zipfile
from pathlib import Path

import msgspec

from plexichat.admin.people import find
from plexichat.admin.words import Tell
from plexichat.app import House
from plexichat.core import export
from plexichat.core.errors import Conflict, Refusal
from plexichat.store.files import private


class Exported(msgspec.Struct, frozen=True, tag="exported"):
    path: str
    bytes: int
    files: int
    lost: int


class ExportUser(msgspec.Struct, frozen=True, tag="user export"):
    name: str
    path: str

    async def perform(self, house: House, tell: Tell) -> Exported:
        user_id = await find(house, self.name)
        target = Path(self.path)
        part = target.with_name(f".{target.name}.part")
        try:
            if target.exists():
                raise Conflict("export_exists", f"{target} exists already")
            async with house.shelf.keeping:
                numbers = await _write(house, user_id, part, tell)
            await house.shelf.run(part.rename, target)
        except OSError as error:
            where = f"{error.filename or target}: {error.strerror}"
            raise Refusal("no_export", f"nothing was exported: {where}") from error
        finally:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
        return Exported(str(target), target.stat().st_size, *numbers)


async def _write(house: House, user_id: int, part: Path, tell: Tell) -> tuple[int, int]:
    """The archive under another name; how many files are in it, and how many were lost."""
    lost = done = 0
    with (
        open(part, "wb", opener=private) as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        files = await house.db.read(export.write, user_id, archive)
        for name, filename in files:
            path = house.shelf.files.path(name)
            size = await house.shelf.run(export.add, archive, path, name, filename)
            lost += not size
            done += size
            tell("writing files", done, done)
        archive.close()
        await house.shelf.run(os.fsync, file.fileno())
    return len(files) - lost, lost


REQUESTS = (ExportUser,)
ANSWERS = (Exported,)
