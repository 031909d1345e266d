"""A new database, made once in a run and copied: it is most of what opening a house takes."""

import functools
import tempfile
from pathlib import Path

from plexichat.store import driver
from plexichat.store.db import NAME
from plexichat.store.migrate import migrate, steps


def build(folder: Path) -> None:
    """Make a data folder in which nobody has been yet."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / NAME
    path.touch(0o600)
    path.write_bytes(_new())


@functools.cache
def _new() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / NAME
        connection = driver.connect(path, readonly=False)
        migrate(connection, None, steps())
        connection.close()
        return path.read_bytes()
