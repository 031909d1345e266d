"""The short way of a plain HTTP/1.1 request from its connection to the application, and back.

Nearly all requests are plain: a head that came in one piece, a body of known length or none. They
are answered here, at a quarter of what Hypercorn and h11 take. Whoever says anything else (an
upgrade, chunks, `Expect`, HTTP/1.0, what is not well-formed) is handed over to Hypercorn with all
that was said since the last answer, and stays there.
"""

import asyncio
import contextlib
import logging
import re
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import unquote

from plexichat.web.requests import ARRIVED

HEAD_BYTES = 16_384
AHEAD_BYTES = 65_536  # that a client may send before somebody reads them
KEEP_ALIVE_SECONDS = 5
KEEP_ALIVE_REQUESTS = 1000
GONE_SECONDS = 3  # that what is done for a client may outlive its connection

# RFC 9112, sections 3 and 5. No repetition gives back what it took: linear in any input.
PLAIN = re.compile(
    rb"(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) ([!-~]++) HTTP/1\.1\r\n"
    rb"((?:[!#-'*+\-.0-9A-Z^-z|~]++:[^\0-\x08\n-\x1f\x7f]*+\r\n)++)\r\n"
)
LENGTH = re.compile(rb"[0-9]{1,15}")
ONLY_ONCE = (b"host", b"content-length", b"connection")
ASKS_FOR_MORE = frozenset((b"upgrade", b"transfer-encoding", b"expect"))
WISHES = (b"keep-alive", b"close")
BODILESS = (204, 304)
LAST = b"0\r\n\r\n"  # chunk
REASONS = {status.value: status.phrase.encode() for status in HTTPStatus}
ASGI = {"spec_version": "2.1", "version": "3.0"}

Message = MutableMapping[str, Any]
Headers = list[tuple[bytes, bytes]]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

log = logging.getLogger(__name__)


class Host(Protocol):
    """Whoever listens: has the application, the connections, and Hypercorn behind it."""

    app: Application
    closing: bool
    plain: "set[Connection]"

    def hand_over(self, transport: asyncio.Transport, said: bytes, *, ended: bool) -> None: ...


class Connection(asyncio.Protocol):
    """A client's connection: its requests are answered one after the other."""

    _transport: asyncio.Transport

    def __init__(self, host: Host) -> None:
        self._host = host
        self._loop = asyncio.get_running_loop()
        self.over = self._loop.create_future()  # when nothing is done for the client any more
        self._asked = 0
        self._said = b""  # what belongs to no request yet
        self._exchange: Exchange | None = None
        self._idle_since = self._loop.time()
        self._held_back = False
        self._ended = False  # whether the client has said all that it will ever say
        self._deaf = False  # whether it is heard no more
        self._crowded: asyncio.Future[None] | None = None  # while the client does not read

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._client = transport.get_extra_info("peername")
        self._server = transport.get_extra_info("sockname")
        self._host.plain.add(self)
        self._loop.call_later(KEEP_ALIVE_SECONDS, self._watch)

    def connection_lost(self, error: Exception | None) -> None:
        self.resume_writing()
        if self._exchange is None:
            self._forget()
        else:
            self._exchange.leave()
            self._exchange.task.add_done_callback(self._forget)
            self._loop.call_later(GONE_SECONDS, self._exchange.task.cancel)

    def data_received(self, data: bytes) -> None:
        exchange = self._exchange
        if exchange is None:
            if not self._deaf:
                self._said += data
                self._begin()
            return
        self._said += exchange.take(data)
        if exchange.unread + len(self._said) > AHEAD_BYTES and not self._held_back:
            self._held_back = True
            self._transport.pause_reading()

    def eof_received(self) -> bool:
        """Answer, all the same, what has been asked for in full."""
        self._ended = True
        return self._exchange is not None and not self._exchange.missing

    def pause_writing(self) -> None:
        self._crowded = self._loop.create_future()

    def resume_writing(self) -> None:
        if self._crowded is not None:
            self._crowded.set_result(None)
            self._crowded = None

    def read_on(self) -> None:
        if self._held_back:
            self._held_back = False
            self._transport.resume_reading()

    async def write(self, data: bytes) -> None:
        """Send; wait while the client has much to read already."""
        if data:
            self._transport.write(data)
        if self._crowded is not None:
            await asyncio.shield(self._crowded)

    def finish(self) -> None:
        """Close now, or after the answer that is being made."""
        if self._exchange is None:
            self._transport.close()
        else:
            self._exchange.last = True

    def give_up(self, *, begun: bool) -> None:
        """There will be no answer, or not all of one that was begun."""
        if begun:
            self._transport.abort()
        else:
            self._refuse(500)

    def abort(self) -> None:
        self._transport.abort()
        if self._exchange is not None:
            self._exchange.task.cancel()

    def end(self, *, last: bool) -> None:
        """The answer to a request is sent; the next may come unless it was the last."""
        if last or self._transport.is_closing() or (self._ended and not self._said):
            self._hang_up()
            return
        self._exchange = None
        self._idle_since = self._loop.time()
        self.read_on()
        if self._said:
            self._begin()

    def _begin(self) -> None:
        said = self._said
        plain = PLAIN.match(said)
        if plain is None:
            self._hand_over()
            return
        if plain.end() > HEAD_BYTES:
            self._refuse(431)
            return
        request = read(*plain.groups())
        if request is None:
            self._hand_over()
            return
        scope, length, last = request
        scope["client"], scope["server"] = self._client, self._server
        end = plain.end() + length
        if end > len(said) and self._ended:
            self._transport.close()
            return
        body, self._said = said[plain.end() : end], said[end:]
        if 0 < length == len(body):
            message = {"type": "http.request", "body": body, "more_body": False}
            scope["extensions"][ARRIVED] = message
        self._asked += 1
        last = last or self._host.closing or self._asked > KEEP_ALIVE_REQUESTS
        self._exchange = Exchange(self, scope["method"], body, length - len(body), last)
        self._exchange.task = self._loop.create_task(self._exchange.run(self._host.app, scope))

    def _refuse(self, status: int) -> None:
        """Say no without a word of either API, and close."""
        line = b"HTTP/1.1 %d %b\r\n" % (status, REASONS[status])
        self._transport.write(line + b"content-length: 0\r\nconnection: close\r\n\r\n")
        self._hang_up()

    def _hang_up(self) -> None:
        """Say no more; let whoever is still speaking do so for a moment.

        Bytes that nobody takes reset the connection, and the answer is lost (RFC 9112, 9.6).
        """
        speaking = self._said or (self._exchange is not None and self._exchange.missing)
        self._said, self._exchange, self._deaf = b"", None, True
        if not speaking or self._ended or self._transport.is_closing():
            self._transport.close()
            return
        self._idle_since = self._loop.time()
        with contextlib.suppress(OSError):  # of a connection that the client has just cut
            self._transport.write_eof()
        self.read_on()

    def _hand_over(self) -> None:
        self._host.plain.discard(self)
        self.read_on()
        said, self._said = self._said, b""  # the clock still holds this
        self._host.hand_over(self._transport, said, ended=self._ended)

    def _forget(self, task: asyncio.Task[None] | None = None) -> None:
        self._host.plain.discard(self)
        self.over.set_result(None)

    def _watch(self) -> None:
        """Close the connection when nobody asks anything of it."""
        if self not in self._host.plain:
            return
        idle = 0.0 if self._exchange else self._loop.time() - self._idle_since
        if idle >= KEEP_ALIVE_SECONDS:
            self._transport.close()
        else:
            self._loop.call_later(KEEP_ALIVE_SECONDS - idle, self._watch)


class Exchange:
    """One request and its answer, as the application sees them (ASGI 3)."""

    __slots__ = (
        "_answered", "_body", "_chunked", "_connection", "_head", "_heard", "_left", "_method",
        "_news", "_owed", "_silent", "last", "missing", "task",
    )  # fmt: skip

    task: asyncio.Task[None]

    def __init__(
        self, connection: Connection, method: str, body: bytes, missing: int, last: bool
    ) -> None:
        self.missing = missing  # bytes of the body that are still to come
        self.last = last  # whether the connection ends with this answer
        self._connection = connection
        self._method = method
        self._body = body  # what has come of it and is not read
        self._heard = False  # whether the application has had all of it
        self._news: asyncio.Future[None] | None = None
        self._left = False
        self._head: bytes | None = b""  # of the answer; None: it is sent
        self._chunked = False
        self._silent = False  # whether the answer has a head only
        self._owed = 0  # bytes of the answer that its length has promised
        self._answered = False

    @property
    def unread(self) -> int:
        return len(self._body)

    def take(self, data: bytes) -> bytes:
        """Keep what is of this request; return the rest."""
        if not self.missing:
            return data
        mine, rest = data[: self.missing], data[self.missing :]
        self._body += mine
        self.missing -= len(mine)
        self._wake()
        return rest

    def leave(self) -> None:
        """The client is gone."""
        self._left = True
        self._wake()

    async def run(self, app: Application, scope: Message) -> None:
        try:
            await app(scope, self.receive, self.send)
        except Exception:
            log.exception("%s %s failed", self._method, scope["path"])
        finally:
            if not (self._answered or self._left):
                self._connection.give_up(begun=self._head is None)

    async def receive(self) -> Message:
        while self._heard or (self.missing and not self._body):
            if self._left or self._answered:
                return {"type": "http.disconnect"}
            self._news = asyncio.get_running_loop().create_future()
            await self._news
        body, self._body = self._body, b""
        self._heard = not self.missing
        self._connection.read_on()
        return {"type": "http.request", "body": body, "more_body": not self._heard}

    async def send(self, message: Message) -> None:
        if self._left or self._answered:
            return
        if message["type"] == "http.response.start":
            self._head = self._worded(message["status"], message["headers"])
            return
        data, more = message.get("body", b""), message.get("more_body", False)
        if self._silent:
            data = b""
        elif self._chunked:
            data = (b"%x\r\n%b\r\n" % (len(data), data) if data else b"") + (b"" if more else LAST)
        else:
            self._owed -= len(data)
            if self._owed < 0 or (self._owed and not more):
                raise ValueError("an answer is not as long as it said")
        if self._head is not None:  # leaves in one piece with the beginning of the body
            data, self._head = self._head + data, None
        await self._connection.write(data)
        if not more:
            self._answered = True
            self._wake()
            self._connection.end(last=self.last or self.missing > 0)

    def _worded(self, status: int, headers: Headers) -> bytes:
        """The head of the answer, which decides how its body is sent."""
        self._silent = self._method == "HEAD" or status in BODILESS
        self._chunked = not self._silent
        lines = [b"HTTP/1.1 %d %b" % (status, REASONS.get(status, b""))]
        for name, value in headers:
            if name == b"connection":
                self.last = self.last or value == b"close"
                continue
            lines.append(b"%b: %b" % (name, value))
            if name == b"content-length":
                self._chunked, self._owed = False, int(value)
        if self._chunked:
            lines.append(b"transfer-encoding: chunked")
        if self.last:
            lines.append(b"connection: close")
        head = b"\r\n".join((*lines, b"", b""))
        if head.count(b"\n") != len(lines) + 1 or head.count(b"\r") != len(lines) + 1:
            raise ValueError("a line of an answer's head does not end where it should")
        return head

    def _wake(self) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_result(None)


def read(method: bytes, target: bytes, lines: bytes) -> tuple[Message, int, bool] | None:
    """A request by its ASGI scope, the length of its body, and whether it is the client's last.

    None if it asks for more than is known here, or does not say what it must.
    """
    headers = []
    for line in lines.split(b"\r\n")[:-1]:
        name, _, value = line.partition(b":")
        headers.append((name.lower(), value.strip(b" \t")))
    fields = dict(headers)
    if len(fields) != len(headers):
        names = [name for name, _ in headers]
        if any(names.count(name) > 1 for name in ONLY_ONCE):
            return None
    length = fields.get(b"content-length", b"0")
    wish = fields.get(b"connection", b"keep-alive").lower()
    if (
        b"host" not in fields
        or wish not in WISHES
        or not ASKS_FOR_MORE.isdisjoint(fields)
        or not LENGTH.fullmatch(length)
    ):
        return None
    path, _, query = target.partition(b"?")
    scope = {
        "type": "http",
        "asgi": ASGI,
        "http_version": "1.1",
        "method": method.decode(),
        "scheme": "http",
        "path": unquote(path.decode()),
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": headers,
        "state": {},
        "extensions": {},
    }
    return scope, int(length), wish == b"close"
