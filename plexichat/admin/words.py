"""The words of the door that belong to no subject: what a request is, progress, a refusal."""

import datetime as dt
from collections.abc import Callable
from typing import Protocol, TypeVar

import msgspec

from plexichat.app import House

Tell = Callable[[str, int, int], None]  # what is being done, how many bytes, of how many
T_co = TypeVar("T_co", covariant=True)


class Request(Protocol[T_co]):
    """Something that can be asked for at the door."""

    async def perform(self, house: House, tell: Tell) -> T_co: ...


class Done(msgspec.Struct, frozen=True, tag="done"):
    """Nothing more to say but, where something was counted, how many."""

    count: int = 1


class Progress(msgspec.Struct, frozen=True, tag="progress"):
    what: str
    done: int
    total: int


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    code: str
    message: str


def moment(unix_ms: int | None) -> dt.datetime | None:
    """A time as it is told; None if it never comes, or never came."""
    return dt.datetime.fromtimestamp(unix_ms // 1000, dt.UTC) if unix_ms else None
