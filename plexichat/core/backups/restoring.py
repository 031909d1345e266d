"""Going back to a backup: all of it or nothing, and only where no server works."""

import contextlib
from dataclasses import dataclass
from pathlib import Path

from plexichat.core.backups.archive import Reader
from plexichat.core.backups.checking import Checked, unpack
from plexichat.core.backups.meter import Meter
from plexichat.core.errors import Conflict
from plexichat.store import replacing
from plexichat.store.errors import InUse
from plexichat.store.lock import Lock


@dataclass(frozen=True, slots=True)
class Restored:
    """What the data folder holds now, and where that lies which it held before."""

    backup: Checked
    replaced: Path | None


def restore(data: Path, path: Path, meter: Meter) -> Restored:
    """Make the data folder what it was when the backup was made; first everything is checked.

    Raises as `checking.check` does, and Conflict while a server runs. Killed at any moment it
    leaves the old or the new, as whoever opens the folder next completes or forgets it.
    """
    with contextlib.closing(Reader(path, meter)) as reader:
        try:
            lock = Lock(data)
        except InUse as used:
            raise Conflict("server_running", f"{used}; stop that first") from used
        try:
            replacing.settle(data)
            with replacing.gathering(data) as folder:
                checked = unpack(reader, folder, meter, whole=True)
                return Restored(checked, replacing.decide(data))
        finally:
            lock.release()
