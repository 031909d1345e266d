"""Errors as HTTP: the one table from kind to status. Each dialect words the result itself."""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field

from plexichat.core.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Refusal,
    TooSoon,
    Unauthenticated,
)
from plexichat.store.errors import Busy, Duplicate, Full

STATUS: dict[type[Refusal], int] = {
    Invalid: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    TooSoon: 429,
}


@dataclass(frozen=True, slots=True)
class Problem:
    """A request that is not answered as asked."""

    status: int
    message: str
    extra: Mapping[str, object] = field(default_factory=dict)
    headers: tuple[tuple[bytes, bytes], ...] = ()


class Refused(Exception):
    """Raised where HTTP itself refuses: no such route, a body too large, too many requests."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def problem(error: Exception) -> Problem | None:
    """What to tell the client of this error; None when the fault is ours."""
    match error:
        case Refused(problem=known):
            return known
        case TooSoon(retry_after=seconds):
            return too_many(error.message, seconds, error.extra)
        case Refusal():
            return Problem(STATUS[type(error)], error.message, error.extra)
        case Duplicate():
            return Problem(409, "Already exists")
        case Full():
            return Problem(507, "Insufficient storage")
        case Busy():
            return Problem(503, "Server busy", headers=((b"retry-after", b"1"),))
    return None


async def refused(doing: Awaitable[object]) -> Refusal | None:
    """What core says against it, for who goes on from there; None when it is done."""
    try:
        await doing
    except Refusal as refusal:
        return refusal
    return None


def too_many(message: str, retry_after: float, extra: Mapping[str, object]) -> Problem:
    """429, with the wait in the body (seconds) and in the header (whole seconds, rounded up)."""
    seconds = max(retry_after, 0.001)
    header = (b"retry-after", str(-int(-seconds // 1)).encode())
    return Problem(429, message, {**extra, "retry_after": round(seconds, 3)}, (header,))
