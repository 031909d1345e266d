"""Exchanging the database and the uploads of a data folder for others, all or nothing.

What is to come is gathered in `.restoring`. One rename to `.restored` decides: before it nothing
has happened, after it whoever holds the folder's lock next completes what is left to do. What was
there before lies in a folder of its own from then on.
"""

import contextlib
import logging
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from plexichat.store.files import UPLOADS, sync_folder

DATABASE: Final = "plexichat.db"
# Each with what belongs to it; the old of these is put aside before the new one comes.
PARTS: Final = {DATABASE: (f"{DATABASE}-wal", f"{DATABASE}-shm"), UPLOADS: ()}
GATHERED: Final = ".restoring"
DECIDED: Final = ".restored"
ASIDE: Final = "aside.txt"  # in it, where the old goes

log = logging.getLogger(__name__)


def inhabited(directory: Path) -> bool:
    """Whether there is a database, or will be as soon as somebody opens the house."""
    return (directory / DATABASE).exists() or (directory / DECIDED).exists()


@contextlib.contextmanager
def gathering(directory: Path) -> Iterator[Path]:
    """A folder to gather in what is to come; it is gone in the end unless `decide` was called."""
    folder = directory / GATHERED
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def decide(directory: Path) -> Path | None:
    """Exchange for what has been gathered; return the folder with what was there, if anything."""
    gathered = directory / GATHERED
    name = f"replaced-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}"
    while (directory / name).exists():
        name += "-again"
    (gathered / ASIDE).write_text(name)
    (gathered / UPLOADS).mkdir(mode=0o700, exist_ok=True)
    os.sync()  # of many small files each its own sync would take minutes
    gathered.rename(directory / DECIDED)
    return settle(directory)


def settle(directory: Path) -> Path | None:
    """Complete or forget what an exchange that was killed left; only with the folder's lock."""
    shutil.rmtree(directory / GATHERED, ignore_errors=True)
    decided = directory / DECIDED
    if not decided.exists():
        return None
    sync_folder(directory)
    aside = directory / (decided / ASIDE).read_text()
    for part, belongings in PARTS.items():
        if (decided / part).exists():
            for old in (part, *belongings):
                if (directory / old).exists():
                    aside.mkdir(mode=0o700, exist_ok=True)
                    (directory / old).rename(aside / old)
                    sync_folder(aside)
            (decided / part).rename(directory / part)
            sync_folder(directory)
    decided.rename(directory / GATHERED)
    shutil.rmtree(directory / GATHERED)
    log.info("restored in %s; what was there is in %s", directory, aside)
    return aside if aside.exists() else None
