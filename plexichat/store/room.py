"""The room that is left on the disk, and a file that keeps some of it for us.

Below the reserve nothing is taken in that stays. Deleting takes room, too, for a moment: the log
grows before anything shrinks. So an eighth of the reserve lies in a file of nothing, which is given
up when others have filled the disk, and made anew when there is room again.
"""

import logging
import os
from pathlib import Path
from typing import Final

from plexichat.store.errors import Full

NAME: Final = "reserve"
HELD: Final = 8  # the part of the reserve that the file is, one in so many
MOST_BYTES: Final = 64 << 20

log = logging.getLogger(__name__)


class Room:
    """Looked at by whoever writes; 0 for `reserve` asks for none."""

    def __init__(self, directory: Path, reserve: int) -> None:
        self._directory = directory
        self._path = directory / NAME
        self.reserve = reserve
        self._wanted = min(reserve // HELD, MOST_BYTES)
        self._held = self._path.stat().st_size if self._path.exists() else 0
        self._low = False

    def free(self) -> int:
        """How many bytes anybody may still write."""
        found = os.statvfs(self._directory)
        return found.f_bavail * found.f_frsize

    def look(self) -> bool:
        """Whether room is low, after giving up or making the file as that asks for."""
        if self._held > self._wanted:
            self._give_up()
        if not self.reserve:
            return False
        free = self.free()
        low = free + self._held < self.reserve
        if self._held and free < self._wanted // 2:
            self._give_up()
        elif self._held < self._wanted and free > self.reserve:
            self._hold()
        if low != self._low:
            self._low = low
            if low:
                log.error("%d bytes are left on the disk: nothing new is taken in", free)
            else:
                log.info("there is room on the disk again")
        return low

    def claim(self, size: int = 0) -> None:
        """Refuse, as a full disk does, what would take so many bytes from the reserve."""
        if self.reserve and self.free() + self._held < self.reserve + size:
            raise Full("what is left of the disk is reserved")

    def _give_up(self) -> None:
        self._held = 0
        self._path.unlink(missing_ok=True)

    def _hold(self) -> None:
        try:
            file = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                os.posix_fallocate(file, 0, self._wanted)
            finally:
                os.close(file)
            self._held = self._wanted
        except OSError as error:
            log.warning("no room could be set aside: %s", error)
            self._wanted = 0
            self._give_up()
