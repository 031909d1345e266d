"""What the server says to its operator, on stderr and in a file: a line for people, or JSON.

No token, password or message text may get here. Our own lines leave them out; libraries would
log statements with their values, so below WARNING only our own loggers are heard; and a token
that an exception happens to quote is cut.
"""

import datetime as dt
import json
import logging
import os
import re
import sys
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from plexichat.config import Logging

# A session's, and a webhook's, which is a part of its path.
TOKEN = re.compile(r"(\b\d{10,20}\.|/webhooks/[^/\s]+/)[A-Za-z0-9_-]{20,}")


def configure(config: Logging, directory: Path) -> None:
    lines: list[logging.Handler] = [logging.StreamHandler(sys.stderr)]
    lines[0].setFormatter(JsonLines() if config.format == "json" else HumanLines())
    if path := file(config, directory):
        lines.append(KeptLines(path, config))
    logging.root.handlers = lines
    logging.root.setLevel(logging.WARNING)
    logging.getLogger("plexichat").setLevel(config.level.upper())


def file(config: Logging, directory: Path) -> Path | None:
    """Where the log is kept; the older parts of it are beside it, .1 the newest of them."""
    return (directory / config.file).absolute() if config.file else None


class KeptLines(RotatingFileHandler):
    """A file that only its owner reads. What it cannot take, on a full disk say, is on stderr."""

    def __init__(self, path: Path, config: Logging) -> None:
        super().__init__(
            path, maxBytes=config.max_bytes, backupCount=config.backup_count, delay=True,
            encoding="utf-8",
        )  # fmt: skip
        self.setFormatter(JsonLines())

    def _open(self) -> TextIOWrapper:
        path = Path(self.baseFilename)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return open(path, "a", encoding="utf-8", opener=private)

    def handleError(self, record: logging.LogRecord) -> None:
        pass


def private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


class HumanLines(logging.Formatter):
    """Local time, level, logger, message on one line; a traceback below it."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%Y-%m-%d %H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:
        # Nothing that a client sent may look like a line of its own.
        record.message = _one_line(record.message)
        return super().formatMessage(record)

    def format(self, record: logging.LogRecord) -> str:
        return TOKEN.sub(r"\1[cut]", super().format(record))


class JsonLines(logging.Formatter):
    """One object a line: time (ISO 8601, UTC), level, logger, message, and the error if any."""

    def format(self, record: logging.LogRecord) -> str:
        time = dt.datetime.fromtimestamp(record.created, dt.UTC)
        line = {
            "time": time.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return TOKEN.sub(r"\1[cut]", json.dumps(line, ensure_ascii=False))


def _one_line(text: str) -> str:
    # By repr: the codec for it is a file that Python would open now, when it may be out of files.
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
