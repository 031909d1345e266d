"""A light HTTP/1.1 client: one kept-alive connection, one request at a time.

The load must cost less than the server it measures: a request is ready bytes, and an answer is
read no further than its status and its length.
"""

import asyncio
import json
from typing import NamedTuple, cast

PATIENCE_SECONDS = 30.0


class Answer(NamedTuple):
    status: int
    body: bytes


class Unexpected(Exception):
    """The server answered something else than the scenario is about."""


def request(method: str, path: str, token: str | None = None, body: object = None) -> bytes:
    """The bytes of one request; a `body` is sent as JSON."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    if token is not None:
        lines.append(f"Authorization: Bearer {token}")
    content = b""
    if body is not None:
        content = json.dumps(body).encode()
        lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    return "\r\n".join([*lines, "", ""]).encode() + content


class Connection(asyncio.Protocol):
    """Connects at the first request, and again whenever the server has closed."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Answer] | None = None
        self._forget()

    async def ask(self, ready: bytes) -> Answer:
        """Send one request and wait for its answer. Concurrent calls are not allowed."""
        loop = asyncio.get_running_loop()
        if self._transport is None or self._transport.is_closing():
            await loop.create_connection(lambda: self, *self._address)
        assert self._transport is not None
        waiting: asyncio.Future[Answer] = loop.create_future()
        self._waiting = waiting
        self._transport.write(ready)
        patience = loop.call_later(PATIENCE_SECONDS, self._give_up)
        try:
            return await waiting
        finally:
            patience.cancel()
            self._waiting = None

    async def expect(self, ready: bytes, status: int = 200) -> bytes:
        """The body of an answer that must have this status."""
        answer = await self.ask(ready)
        if answer.status != status:
            line = ready.partition(b"\r\n")[0].decode()
            shown = answer.body[:300].decode(errors="replace")
            raise Unexpected(f"{line}: {answer.status} instead of {status}: {shown}")
        return answer.body

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._forget()

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._needed == 0 and not self._read_head():
            return
        if len(self._received) < self._needed:
            return
        answer = Answer(self._status, self._received[self._start : self._needed])
        if self._last and self._transport is not None:
            self._transport.close()
        self._forget()
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._fail(Unexpected("the server closed the connection without an answer"))

    def _read_head(self) -> bool:
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = self._received[:end].lower()
        at = head.find(b"\r\ncontent-length:")
        if at < 0:
            self._fail(Unexpected(f"an answer without a length: {head[:200]!r}"))
            return False
        self._status = int(head[9:12])
        self._start = end + 4
        self._needed = self._start + int(head[at + 17 :].partition(b"\r\n")[0])
        self._last = b"\r\nconnection: close" in head
        return True

    def _forget(self) -> None:
        self._received = b""
        self._status = 0
        self._start = 0
        self._needed = 0
        self._last = False

    def _give_up(self) -> None:
        self._fail(Unexpected(f"no answer within {PATIENCE_SECONDS:.0f} s"))
        if self._transport is not None:
            self._transport.abort()

    def _fail(self, fault: Unexpected) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(fault)
