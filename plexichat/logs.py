"""What the server says to its operator, on stderr: a line for people, or a JSON object.

No token, password or message text may get here. Our own lines leave them out; libraries would
log statements with their values, so below WARNING only our own loggers are heard; and a token
that an exception happens to quote is cut.
"""

import datetime as dt
import json
import logging
import re
import sys

from plexichat.config import Logging

TOKEN = re.compile(r"\b(\d{10,20})\.[A-Za-z0-9_-]{20,}")


def configure(config: Logging) -> None:
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(JsonLines() if config.format == "json" else HumanLines())
    logging.root.handlers = [lines]
    logging.root.setLevel(logging.WARNING)
    logging.getLogger("plexichat").setLevel(config.level.upper())


class HumanLines(logging.Formatter):
    """Local time, level, logger, message on one line; a traceback below it."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%Y-%m-%d %H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:
        # Nothing that a client sent may look like a line of its own.
        record.message = _one_line(record.message)
        return super().formatMessage(record)

    def format(self, record: logging.LogRecord) -> str:
        return TOKEN.sub(r"\1.[cut]", super().format(record))


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
        return TOKEN.sub(r"\1.[cut]", json.dumps(line, ensure_ascii=False))


def _one_line(text: str) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
