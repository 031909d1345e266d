"""Receiving a file: from the socket to the disk, piece by piece, as fast as the disk takes it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from plexichat.core import dimensions, filetypes, uploads
from plexichat.core.errors import Invalid, Refusal
from plexichat.store.errors import StoreError
from plexichat.store.files import Incoming
from plexichat.store.uploads import Stored, Upload
from plexichat.web.answer import refuse_over
from plexichat.web.multipart import Multipart, broken
from plexichat.web.requests import act, current, house, me

T = TypeVar("T")

FORM_BYTES = 65_536  # of a form, beside its file
FIELD_BYTES = 4096
WRITTEN_AT_ONCE = 262_144


@dataclass(frozen=True, slots=True)
class Given:
    """A file that has arrived whole, what its sender says it is, and the texts beside it."""

    filename: str
    declared: str | None
    file: Incoming
    fields: Mapping[str, str]


@asynccontextmanager
async def received(
    limit: int, name: str = "file", over: Callable[[], Exception] | None = None
) -> AsyncIterator[Given]:
    """The file part of this name of the request's form; thrown away in the end unless kept.

    `over` makes what is raised for a file of more than `limit` bytes.
    """
    over = over or too_large
    form = Multipart(current().header(b"content-type"), _counted(limit + FORM_BYTES, over))
    found, fields = None, dict[str, str]()
    declared = current().length
    if declared is not None:
        _charge(min(declared, limit))
    async with house().shelf.incoming(min(declared or 0, limit)) as file:
        while (part := await form.part()) is not None:
            if part.name == name and found is None:
                found = part
                await _fill(file, form, limit, over)
            elif part.filename is None:
                fields.setdefault(part.name, await _text(form))
        if found is None:
            raise broken()
        if declared is None:
            _charge(file.size)
        yield Given(found.filename or "file", found.content_type, file, fields)


async def keep_attachment(given: Given) -> Upload:
    """Keep a file that its sender means to send with a message."""
    here, my_id = house(), me().id
    file, filename = given.file, filetypes.tidy(given.filename)
    kind = filetypes.judge(file.head, given.declared, filename)
    side = await here.shelf.run(dimensions.longest_side, file.path, kind)

    async def note(name: str) -> Upload:
        stored = Stored(name, filename, kind, file.size, file.sha256, side)
        return await act(uploads.add, my_id, stored, here.config.uploads.quota_bytes)

    return await keep(file, filetypes.suffix(filename), note)


async def keep(file: Incoming, suffix: str, note: Callable[[str], Awaitable[T]]) -> T:
    """Make it one of the house's files and note its name in a transaction, or neither."""
    here = house()
    name = await here.shelf.run(here.shelf.files.keep, file, suffix)
    try:
        return await note(name)
    except (Refusal, StoreError):
        here.shelf.forget((name,))
        raise


def _charge(size: int) -> None:
    """Count what somebody uploads against what they may in a day."""
    if not me().is_admin:
        refuse_over(house().limits.take("upload_bytes", me().id, size), "route")


async def _fill(
    file: Incoming, form: Multipart, limit: int, over: Callable[[], Exception]
) -> None:
    write = house().shelf.run
    waiting: list[bytes] = []
    size = held = 0
    while piece := await form.piece():
        waiting.append(piece)
        size += len(piece)
        held += len(piece)
        if size > limit:
            raise over()
        if held >= WRITTEN_AT_ONCE:
            await write(file.write, waiting)
            waiting, held = [], 0
    await write(file.write, waiting)


async def _text(form: Multipart) -> str:
    """A field of the form, short; what is no text is empty."""
    raw = b""
    while piece := await form.piece():
        raw += piece
        if len(raw) > FIELD_BYTES:
            raise broken()
    return raw.decode("utf-8", errors="replace")


def _counted(limit: int, over: Callable[[], Exception]) -> Callable[[], Awaitable[bytes]]:
    """The request's body, up to `limit` bytes."""
    request, size = current(), 0

    async def more() -> bytes:
        nonlocal size
        data = await request.more()
        size += len(data)
        if size > limit:
            raise over()
        return data

    return more


def too_large() -> Invalid:
    return Invalid("file_too_large", "File too large")
