"""The lock on the data folder: one process at a time works on it.

The kernel drops it with the process that held it, so a file left behind locks nobody out.
"""

import contextlib
import fcntl
import os
from pathlib import Path

from plexichat.store.errors import Full, InUse, Unwritable
from plexichat.store.files import full_disk

NAME = "plexichat.lock"


class Lock:
    """Held from the moment it is made; the file holds the process id of the holder."""

    def __init__(self, directory: Path) -> None:
        path = directory / NAME
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise Unwritable(directory, error.strerror or str(error)) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(self._file, 0)
            with contextlib.suppress(Full), full_disk():  # then who holds it is not told
                os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)
        except BlockingIOError:
            holder = os.pread(self._file, 20, 0).strip()
            os.close(self._file)
            raise InUse(directory, int(holder) if holder.isdigit() else None) from None
        except OSError as error:
            os.close(self._file)
            raise Unwritable(path, error.strerror or str(error)) from error

    def release(self) -> None:
        """Let the next one in. The file stays: taking it away would let two hold a lock."""
        os.ftruncate(self._file, 0)
        os.close(self._file)
