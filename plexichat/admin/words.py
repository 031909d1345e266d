"""The words of the door that belong to no subject: what a request is, progress, a refusal."""

from collections.abc import Callable
from typing import Protocol, TypeVar

import msgspec

from plexichat.app import House

Tell = Callable[[str, int, int], None]  # what is being done, how many bytes, of how many
T_co = TypeVar("T_co", covariant=True)


class Request(Protocol[T_co]):
    """Something that can be asked for at the door."""

    async def perform(self, house: House, tell: Tell) -> T_co: ...


class Progress(msgspec.Struct, frozen=True, tag="progress"):
    what: str
    done: int
    total: int


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    code: str
    message: str
