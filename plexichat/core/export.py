"""What is kept of one person, to be handed out to them: one archive that any computer opens."""

import zipfile
from pathlib import Path
from typing import Final

import msgspec

from plexichat.core import users
from plexichat.store import holdings as rows
from plexichat.store.db import Snapshot

ABOUT: Final = """\
What this server keeps of {name} (id {id}).

Each file NAME.jsonl is a table: one line of JSON for each row, ids as numbers, times in Unix
milliseconds. Of passwords, tokens and codes nothing is here. In files/ is what {name} uploaded,
under the name it has in upload.jsonl (its column "name"), followed by the name it was given.
"""

_encode = msgspec.json.Encoder().encode


def write(snap: Snapshot, user_id: int, archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    """Write the rows, as they are at one moment; return the files that belong to them."""
    user = users.get(snap, user_id)
    archive.writestr("README.txt", ABOUT.format(name=user.username, id=user.id))
    for table in rows.OF:
        _write_table(snap, user_id, table, archive)
    return rows.files(snap, user_id)


def _write_table(snap: Snapshot, user_id: int, table: str, archive: zipfile.ZipFile) -> None:
    held = rows.rows(snap, table, user_id)
    first = next(held, None)
    if first is None:
        return
    with archive.open(f"{table}.jsonl", "w", force_zip64=True) as lines:
        lines.write(_encode(first) + b"\n")
        for row in held:
            lines.write(_encode(row) + b"\n")


def add(archive: zipfile.ZipFile, path: Path, name: str, filename: str) -> int:
    """Add a file; return its size, or 0 for one that is lost."""
    if not path.is_file():
        return 0
    archive.write(path, f"files/{name}-{_plain(filename)}", zipfile.ZIP_STORED)
    return path.stat().st_size


def _plain(filename: str) -> str:
    """A name that leads nowhere else on any computer."""
    return "".join(each if each.isalnum() or each in "._- " else "_" for each in filename)[:100]
