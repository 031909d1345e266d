"""How the Wryft dialect says no, and how it writes ids and times (contract 00)."""

import contextlib
import datetime as dt
import re
from collections.abc import Iterator
from uuid import UUID, uuid5

import msgspec

from plexichat import ids
from plexichat.core.errors import Invalid, Refusal
from plexichat.core.pictures import Given
from plexichat.web.answer import Dialect
from plexichat.web.refusals import Problem, Refused

COOKIE = "plexichat_session"
SPACE = UUID("53d2ac0b-7df7-4d6e-b5a3-3a3a6f2f7c11")
EPOCH = dt.datetime.fromtimestamp(0, dt.UTC)
FILES = "/api/files/"
FORM = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


def word(problem: Problem) -> bytes:
    """`{"error", "status"}`: the client looks for the digits of the status in the text."""
    return msgspec.json.encode({"error": problem.message, "status": problem.status})


def read_id(value: str, thing: str) -> int:
    """The id in a UUID; one that we never make becomes one that does not exist."""
    if not FORM.fullmatch(value):
        raise Invalid("invalid_id", f"Invalid {thing.replace('_', ' ')} id")
    found = ids.from_uuid(UUID(value))
    return ids.LARGEST if found is None else found


def uuid(id: int) -> str:
    return str(ids.to_uuid(id))


def between(*ids: int) -> str:
    """The same UUID for the same people or things each time, whatever there is between them."""
    return str(uuid5(SPACE, ",".join(map(str, ids))))


def file_url(name: str) -> str:
    """Where a file is: the random digits of its name, as a UUID."""
    return f"{FILES}{UUID(name.partition('.')[0])}"


def file_digits(url: str) -> str | None:
    """What `file_url` wrote; None for any other address."""
    found = url.removeprefix(FILES)
    return UUID(found).hex if url.startswith(FILES) and FORM.fullmatch(found) else None


def given(url: str, field: str) -> Given:
    """The picture of which an upload answered this address."""
    digits = file_digits(url)
    if digits is None:
        raise Invalid("invalid_picture", f"Invalid input: {field}")
    return Given(digits)


def picture_url(picture: str | None) -> str | None:
    """Where a picture is: a file of ours, or wherever it is kept."""
    return picture if picture is None or "/" in picture else file_url(picture)


def clock(unix_ms: int) -> str:
    """The time of day as `06:07 AM`."""
    return f"{dt.datetime.fromtimestamp(unix_ms // 1000, dt.UTC):%I:%M %p}"


def iso(unix_ms: int) -> str:
    """A moment as `2031-04-05T06:07:08Z`."""
    return f"{dt.datetime.fromtimestamp(unix_ms // 1000, dt.UTC):%Y-%m-%dT%H:%M:%S}Z"


def moment(text: str, field: str) -> int:
    """An ISO time as Unix milliseconds; one without a zone is in UTC."""
    try:
        read = dt.datetime.fromisoformat(text)
        read = read.replace(tzinfo=dt.UTC) if read.tzinfo is None else read
        return max((read - EPOCH) // dt.timedelta(milliseconds=1), 0)
    except (ValueError, OverflowError):
        raise Invalid("invalid_time", f"Invalid input: {field}") from None


@contextlib.contextmanager
def already(*codes: str) -> Iterator[None]:
    """Take for done what core refuses with one of these codes because it is so already."""
    try:
        yield
    except Refusal as error:
        if error.code not in codes:
            raise


@contextlib.contextmanager
def answered(code: str, status: int, sentence: str | None = None) -> Iterator[None]:
    """Refuse with this status, and sentence, what core refuses with this code."""
    try:
        yield
    except Refusal as error:
        if error.code != code:
            raise
        raise Refused(Problem(status, sentence or error.message)) from error


DIALECT = Dialect(
    "wryft", ("/api",), word, read_id, counts_each_route=False, open_to_pages=True, exact=True
)
