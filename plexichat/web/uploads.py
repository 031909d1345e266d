"""Receiving a file: from the socket to the disk, piece by piece, as fast as the disk takes it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from plexichat.core.errors import Invalid, Refusal
from plexichat.store.errors import StoreError
from plexichat.store.files import Incoming
from plexichat.web.multipart import Multipart, broken
from plexichat.web.requests import current, house

T = TypeVar("T")

FORM_BYTES = 65_536  # of a form, beside its file
WRITTEN_AT_ONCE = 262_144


@dataclass(frozen=True, slots=True)
class Given:
    """A file that has arrived whole, and what its sender says it is."""

    filename: str
    declared: str | None
    file: Incoming


@asynccontextmanager
async def received(limit: int) -> AsyncIterator[Given]:
    """The part named `file` of the request's form; thrown away in the end unless it was kept."""
    form = Multipart(current().header(b"content-type"), _counted(limit + FORM_BYTES))
    while (part := await form.part()) is not None:
        if part.name == "file":
            break
    else:
        raise broken()
    async with scratch() as file:
        await _fill(file, form, limit)
        while await form.part() is not None:
            pass
        yield Given(part.filename or "file", part.content_type, file)


@asynccontextmanager
async def scratch() -> AsyncIterator[Incoming]:
    """A file that is nobody's yet; thrown away in the end unless it was kept."""
    shelf = house().shelf
    file = await shelf.run(shelf.files.begin)
    try:
        yield file
    finally:
        await shelf.run(file.discard)


async def keep(file: Incoming, suffix: str, note: Callable[[str], Awaitable[T]]) -> T:
    """Make it one of the house's files and note its name in a transaction, or neither."""
    here = house()
    name = await here.shelf.run(here.shelf.files.keep, file, suffix)
    try:
        return await note(name)
    except (Refusal, StoreError):
        here.shelf.forget((name,))
        raise


async def _fill(file: Incoming, form: Multipart, limit: int) -> None:
    write = house().shelf.run
    waiting: list[bytes] = []
    size = held = 0
    while piece := await form.piece():
        waiting.append(piece)
        size += len(piece)
        held += len(piece)
        if size > limit:
            raise too_large()
        if held >= WRITTEN_AT_ONCE:
            await write(file.write, waiting)
            waiting, held = [], 0
    await write(file.write, waiting)


def _counted(limit: int) -> Callable[[], Awaitable[bytes]]:
    """The request's body, up to `limit` bytes."""
    request, size = current(), 0

    async def more() -> bytes:
        nonlocal size
        data = await request.more()
        size += len(data)
        if size > limit:
            raise too_large()
        return data

    return more


def too_large() -> Invalid:
    return Invalid("file_too_large", "File too large")
