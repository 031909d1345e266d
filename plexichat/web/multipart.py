"""Forms with files (RFC 7578), read as they arrive: memory does not grow with the body.

Strict: what no browser and no library sends is refused. The parts come one after the other, and
each is read, or skipped, before the next.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from plexichat.core.errors import Invalid

HEAD_BYTES = 8192
PARAMETER = re.compile(
    r""";\s*([\w!#$%&'*+.^`|~-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))""", re.ASCII
)
BOUNDARY = re.compile(r"[\x20-\x7e]{1,70}")
EXTENDED = re.compile(r"utf-8'[\w-]*'(.*)", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """What the head of a part says."""

    name: str
    filename: str | None
    content_type: str | None


class Multipart:
    """A body of type multipart/form-data; `more` gives its next bytes, b"" after the last."""

    def __init__(self, content_type: str | None, more: Callable[[], Awaitable[bytes]]) -> None:
        kind, parameters = _parse(content_type or "")
        boundary = parameters.get("boundary", "")
        if kind != "multipart/form-data" or not BOUNDARY.fullmatch(boundary):
            raise broken()
        self._mark = b"\r\n--" + boundary.encode("ascii")
        self._held = b"\r\n"  # as if the first line, too, came after another
        self._more = more
        self._started = self._inside = False

    async def part(self) -> Part | None:
        """The head of the next part; None after the last."""
        while self._inside:
            await self.piece()
        if not self._started:
            self._started = True
            if await self._take(len(self._mark)) != self._mark:
                raise broken()
        line = await self._take(2)
        if line == b"--":
            return None
        if line != b"\r\n":
            raise broken()
        while (end := self._held.find(b"\r\n\r\n")) < 0:
            if len(self._held) > HEAD_BYTES:
                raise broken()
            await self._fill()
        head, self._held = self._held[:end], self._held[end + 4 :]
        self._inside = True
        return _part(head)

    async def piece(self) -> bytes:
        """The next bytes of the part, b"" at its end."""
        while self._inside:
            end = self._held.find(self._mark)
            if end >= 0:
                self._inside = False
                piece, self._held = self._held[:end], self._held[end + len(self._mark) :]
                return piece
            safe = len(self._held) - len(self._mark) + 1  # the rest may begin the mark
            if safe > 0:
                piece, self._held = self._held[:safe], self._held[safe:]
                return piece
            await self._fill()
        return b""

    async def _take(self, count: int) -> bytes:
        while len(self._held) < count:
            await self._fill()
        taken, self._held = self._held[:count], self._held[count:]
        return taken

    async def _fill(self) -> None:
        data = await self._more()
        if not data:
            raise broken()
        self._held += data


def broken() -> Invalid:
    return Invalid("invalid_form", "Invalid file type: the body is not a form with a file")


def _part(head: bytes) -> Part:
    headers: dict[str, str] = {}
    for line in head.split(b"\r\n"):
        name, colon, value = line.partition(b":")
        if not colon:
            raise broken()
        headers[name.strip().lower().decode("latin-1")] = _text(value).strip()
    kind, parameters = _parse(headers.get("content-disposition", ""))
    if kind != "form-data" or "name" not in parameters:
        raise broken()
    filename = parameters.get("filename")
    if filename is not None:  # browsers write a quotation mark so
        filename = filename.replace("%22", '"')
    extended = EXTENDED.fullmatch(parameters.get("filename*", ""))
    if extended:
        filename = _text(unquote_to_bytes(extended[1]))
    declared = headers.get("content-type", "").partition(";")[0].strip().lower()
    return Part(parameters["name"], filename, declared or None)


def _parse(header: str) -> tuple[str, dict[str, str]]:
    """A header's value and its parameters."""
    value, _, _ = header.partition(";")
    parameters: dict[str, str] = {}
    for name, quoted, plain in PARAMETER.findall(header):
        parameters.setdefault(name.lower(), re.sub(r'\\(["\\])', r"\1", quoted) or plain)
    return value.strip().lower(), parameters


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
