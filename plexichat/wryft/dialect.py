"""How the Wryft dialect says no, and how it writes ids and times (contract 00)."""

import datetime as dt
import re
from uuid import UUID

import msgspec

from plexichat import ids
from plexichat.core.errors import Invalid
from plexichat.web.answer import Dialect
from plexichat.web.refusals import Problem

FORM = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


def word(problem: Problem) -> bytes:
    """`{"error", "status"}`: the client looks for the digits of the status in the text."""
    return msgspec.json.encode({"error": problem.message, "status": problem.status})


def read_id(value: str, thing: str) -> int:
    """The id in a UUID; one that we never make becomes one that does not exist."""
    if not FORM.fullmatch(value):
        raise Invalid("invalid_id", f"Invalid {thing} id")
    found = ids.from_uuid(UUID(value))
    return ids.LARGEST if found is None else found


def uuid(id: int) -> str:
    return str(ids.to_uuid(id))


def iso(unix_ms: int) -> str:
    """A moment as `2031-04-05T06:07:08Z`."""
    return f"{dt.datetime.fromtimestamp(unix_ms // 1000, dt.UTC):%Y-%m-%dT%H:%M:%S}Z"


DIALECT = Dialect(
    "wryft", ("/api",), word, read_id, counts_each_route=False, open_to_pages=True
)
