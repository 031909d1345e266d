"""Answering with a file: whole, a range of it, or the news that the client has it already."""

import hashlib
import os
import re
from collections.abc import AsyncGenerator
from typing import IO
from urllib.parse import quote

from plexichat.web.refusals import Problem, Refused
from plexichat.web.requests import Headers, Reply, current, house

READ_AT_ONCE = 262_144
RANGE = re.compile(r"bytes=([0-9]{0,19})-([0-9]{0,19})")
# The pictures that we make, by how their names end.
PICTURES = {"jpg": "image/jpeg", "png": "image/png", "gif": "image/gif", "webp": "image/webp"}
# What a browser may do with a file that it shows: nothing but show it.
SANDBOX = (
    b"content-security-policy",
    b"default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox",
)

# A browser's PDF viewer does not start in a sandbox, and is one itself.
PDF = (
    b"content-security-policy",
    b"default-src 'none'; object-src 'self'; style-src 'unsafe-inline'",
)


def tag(body: bytes) -> str:
    """The version of something that is made anew each time."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def known(etag: str) -> bool:
    """Whether the client says that it has this version already."""
    given = current().header(b"if-none-match") or ""
    tags = [tag.strip().removeprefix("W/") for tag in given.split(",")]
    return tags == ["*"] or etag in tags


def unchanged(etag: str, headers: Headers) -> Reply:
    return Reply(status=304, headers=[(b"etag", etag.encode()), *headers])


def whole(body: bytes, content_type: str, etag: str, headers: Headers) -> Reply:
    """A small file, read already."""
    if known(etag):
        return unchanged(etag, headers)
    told = [(b"content-type", content_type.encode()), (b"etag", etag.encode())]
    return Reply(body, headers=[*told, *headers])


def streamed(file: IO[bytes], content_type: str, etag: str, headers: Headers) -> Reply:
    """An open file, read while the client takes it; closed afterwards."""
    if known(etag):
        file.close()
        return unchanged(etag, headers)
    size = os.fstat(file.fileno()).st_size
    told: Headers = [
        (b"content-type", content_type.encode()),
        (b"etag", etag.encode()),
        (b"accept-ranges", b"bytes"),
        *headers,
    ]
    start, stop, status = 0, size, 200
    wanted = _range(size, etag)
    if wanted is not None:
        start, stop = wanted
        status = 206
        told.append((b"content-range", b"bytes %d-%d/%d" % (start, stop - 1, size)))
        if start >= stop:
            file.close()
            headers = [(b"content-range", b"bytes */%d" % size)]
            raise Refused(Problem(416, "Range not satisfiable", headers=tuple(headers)))
    told.append((b"content-length", b"%d" % (stop - start)))
    if current().method == "HEAD":
        file.close()
        return Reply(status=status, headers=told)
    return Reply(status=status, headers=told, stream=_pieces(file, start, stop))


def disposition(filename: str, *, inline: bool) -> tuple[bytes, bytes]:
    """Show it or save it, under the name that its sender gave it."""
    plain = re.sub(r'[^ !#-\[\]-~]', "_", filename)
    kind = "inline" if inline else "attachment"
    value = f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
    return b"content-disposition", value.encode("ascii")


def _range(size: int, etag: str) -> tuple[int, int] | None:
    """The part that is asked for, from the first byte to behind the last; None for all of it."""
    request = current()
    asked = RANGE.fullmatch((request.header(b"range") or "").strip())
    if asked is None or request.header(b"if-range") not in (None, etag):
        return None
    first, last = asked.groups()
    if not first:
        return (max(size - int(last), 0), size) if last else None
    if last and int(last) < int(first):
        return None
    return int(first), min(int(last) + 1, size) if last else size


async def _pieces(file: IO[bytes], start: int, stop: int) -> AsyncGenerator[bytes, None]:
    read = house().shelf.run
    with file:
        while start < stop:
            piece = await read(os.pread, file.fileno(), min(READ_AT_ONCE, stop - start), start)
            if not piece:
                raise OSError("a file became shorter while it was read")
            start += len(piece)
            yield piece
