"""Pictures of strangers, made small and clean in a process of their own (see darkroom).

One process a picture: it costs 60 ms to start, and a server in which nobody changes their picture
carries nothing of it.
"""

import json
import logging
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from plexichat.core.errors import Invalid
from plexichat.store.errors import Full

DARKROOM: Final = "plexichat.core.darkroom"
SECONDS: Final = 20
TOO_LARGE: Final = 3  # exit statuses of the darkroom
DISK_FULL: Final = 4

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that is safe to show: its file's ending, its size in pixels and in bytes."""

    suffix: str
    width: int
    height: int
    size: int
    animated: bool


def develop(source: Path, target: Path, side: int) -> Picture:
    """Write a safe copy of a picture, `side` pixels long at most; refused when it is none."""
    command = [sys.executable, "-P", "-m", DARKROOM, str(source), str(target), str(side)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        raise _too_large() from None
    if done.returncode == DISK_FULL:
        raise Full("no space for a picture")
    if done.returncode == TOO_LARGE or done.returncode < 0:  # it ran out of its share
        raise _too_large()
    if done.returncode != 0:
        why = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        log.info("a picture was refused: %s", why)
        raise Invalid("invalid_file_type", "Invalid file type")
    return Picture(**json.loads(done.stdout))


def _too_large() -> Invalid:
    return Invalid("file_too_large", "File too large")
