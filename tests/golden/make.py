"""`python -m tests.golden.make` keeps a backup of the schema of this program, with what it shows.

Run it before a release whose schema is new, and commit both files. They are never made again: what
one program wrote, every later one has to read.
"""

import asyncio
import json
import lzma
import sys
import tempfile
from pathlib import Path

from plexichat.app import House, create_app
from plexichat.store.migrate import steps
from tests.cast import quick
from tests.golden.story import happen, shown

HERE = Path(__file__).parent


def files(schema: int) -> tuple[Path, Path]:
    """Where the backup of a schema lies, and what it shows."""
    return HERE / f"schema-{schema:04}.tar.xz", HERE / f"schema-{schema:04}.json"


async def make(archive: Path, seen: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        house = await House.open(quick(Path(folder) / "data"))
        try:
            app = create_app(house)
            await happen(app)
            found = await shown(app)
            made = await house.backups.create(Path(folder) / "golden.tar", unheard)
        finally:
            await house.close()
        archive.write_bytes(lzma.compress(made.path.read_bytes(), preset=9))
    seen.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def unheard(what: str, done: int, total: int) -> None:
    """Tell nobody."""


if __name__ == "__main__":
    archive, seen = files(steps()[-1].number)
    if archive.exists():
        sys.exit(f"{archive} is there already, and what it holds is not to change")
    asyncio.run(make(archive, seen))
    print(archive)
