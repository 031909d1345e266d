"""One WebSocket: what is queued for it leaves once a loop tick, and its end is ours to decide.

A client that does not read is never waited for. What it leaves unread is bounded; beyond the bound
its queue is dropped and it is closed. Any other close sends what is queued first.
"""

import asyncio
import logging
import os
import zlib
from collections.abc import Awaitable, Callable, Sequence
from math import inf

from plexichat.config import Gateway
from plexichat.gateway.sink import Receive, Sink, shared
from plexichat.gateway.wire import Closing, Payload, Wire

CLOSE_SECONDS = 3.0  # what a client has to answer our close frame

Listener = tuple["Socket", int | None, int]  # and its descriptor, if it is free, and a number

log = logging.getLogger(__name__)


class Outbox:
    """Gathers what there is to say and says it once a tick, to each socket in one write."""

    def __init__(self) -> None:
        self._ready: list[tuple[Socket, Payload | bytes, int]] = []

    def add(self, socket: "Socket", said: Payload | bytes, seq: int = 0) -> None:
        """Take in a frame, or an event under the number that it has for this socket."""
        if not self._ready:
            asyncio.get_running_loop().call_soon(self.flush)
        self._ready.append((socket, said, seq))

    def flush(self) -> None:
        ready, self._ready = self._ready, []
        if len({socket for socket, _, _ in ready}) < len(ready):
            frames: dict[Socket, list[bytes]] = {}
            for socket, said, seq in ready:
                frames.setdefault(socket, []).append(socket.framed(said, seq))
            for socket, own in frames.items():
                socket.put(own)
            return
        told: dict[int, tuple[Payload | bytes, list[Listener]]] = {}
        last: Payload | bytes | None = None
        for socket, said, seq in ready:
            if said is not last:
                last, (_, listeners) = said, told.setdefault(id(said), (said, []))
            listeners.append((socket, socket.way(), seq))
        for said, listeners in told.values():
            if isinstance(said, Payload) and said.tail is not None:
                tell(said, said.tail, listeners)
            else:
                for socket, _, seq in listeners:
                    socket.put((socket.framed(said, seq),))


def tell(event: Payload, tail: bytes, listeners: Sequence[Listener]) -> None:
    """Write one event to many sockets, each of them another one.

    They share a frame in which only the number changes. There is next to nothing but system calls
    here: what comes between them finds the processor's caches full of the last one.
    """
    write, frames, width = os.write, dict[int, tuple[bytearray, slice]](), 0
    for socket, way, seq in listeners:
        if way is None:
            socket.put((socket.framed(event, seq),))
            continue
        digits = b"%d" % seq
        if len(digits) != width:
            width = len(digits)
            if width not in frames:
                frames[width] = shared(event.head, width, tail)
            frame, place = frames[width]
        frame[place] = digits
        try:
            written = write(way, frame)
        except OSError:
            written = 0
        if written != len(frame):
            socket.put((bytes(frame[written:]),))


class Socket:
    __slots__ = (
        "_deflate",
        "_limits",
        "_outbox",
        "_patience",
        "_pump",
        "_queue",
        "_queued",
        "_room",
        "_sink",
        "closing",
        "deadline",
        "overdue",
        "wire",
    )

    def __init__(self, sink: Sink, wire: Wire, outbox: Outbox, limits: Gateway) -> None:
        self.wire = wire
        self.closing = False
        self.deadline = inf  # on the loop's clock; the hub then closes it with `overdue`
        self.overdue = wire.broken
        self._sink = sink
        self._outbox = outbox
        self._deflate: zlib._Compress | None = None
        self._queue: list[bytes] = []  # what waits until the client reads on
        self._queued = 0
        self._limits = limits
        self._room = limits.max_queue_bytes
        self._pump: asyncio.Task[None] | None = None  # alive while the client lags behind
        self._patience: asyncio.Timeout | None = None

    def expect(self, seconds: float, overdue: Closing) -> None:
        """Close with `overdue` unless this is called again in time."""
        self.deadline = asyncio.get_running_loop().time() + seconds
        self.overdue = overdue

    def send(self, text: bytes) -> None:
        """Queue one message; it leaves at the end of this tick, or when the client reads on."""
        if self.closing:
            return
        if self._deflate is not None:
            text = self._deflate.compress(text) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
        frame = self._sink.frame(text)
        if self._pump is None:
            self._outbox.add(self, frame)
        else:
            self._hold((frame,))

    def say(self, payload: Payload, seq: int) -> None:
        """Queue an event as the one of this number."""
        if self._deflate is not None:
            self.send(payload.numbered(seq))
        elif self.closing:
            pass
        elif self._pump is None:
            self._outbox.add(self, payload, seq)
        else:
            self._hold((self.framed(payload, seq),))

    def framed(self, said: Payload | bytes, seq: int) -> bytes:
        """An event as the sink wants it; a frame is that already."""
        return said if isinstance(said, bytes) else self._sink.frame(said.numbered(seq))

    def burst(self, payloads: list[bytes]) -> None:
        """Send what is owed at once, however much it is, without holding it against the client."""
        self._room += sum(map(len, payloads))
        for payload in payloads:
            self.send(payload)

    def compress(self) -> None:
        """From here on, send one zlib stream in binary messages, each ending in a sync flush."""
        self._outbox.flush()
        self._sink.binary()
        # 48 KB a socket instead of zlib's 256, and any client can read it.
        self._deflate = zlib.compressobj(wbits=13, memLevel=5)

    def way(self) -> int | None:
        """The descriptor that would take bytes at once; None: they are to be `put`."""
        return None if self._pump is not None else self._sink.way()

    def put(self, frames: Sequence[bytes]) -> None:
        """Write, or keep them until the client reads on."""
        try:
            if self._pump is None:
                self._write(frames)
            else:
                self._hold(frames)
        except Exception:
            log.exception("A socket could not be written to")
            self.cut()

    def close(self, closing: Closing, *, drop: bool = False) -> None:
        """Say goodbye after what is queued, or instead of it; cut the connection 3 s later."""
        if self.closing:
            return
        self._end(CLOSE_SECONDS)
        self._outbox.flush()
        queue, self._queue = self._queue, []
        if not drop:
            self._write(queue)
        if not self._sink.close(closing):
            self._wait()

    def fail(self) -> None:
        """Say goodbye for a fault of ours; the client may come back at once."""
        if self.wire.reconnect is not None:
            self.send(self.wire.reconnect)
        self.close(self.wire.broken)

    def cut(self) -> None:
        """End the connection without a word."""
        if not self.closing:
            self._end(0)

    async def listen(
        self, receive: Receive, hear: Callable[[str | bytes], Awaitable[None]]
    ) -> None:
        """Pass each message on to `hear` until the connection has ended."""
        try:
            async with asyncio.timeout(CLOSE_SECONDS if self.closing else None) as self._patience:
                await self._listen(receive, hear)
        except TimeoutError:
            if self._sink.abort():
                # Hypercorn's reader may hang on a full queue that nobody empties.
                while (await receive())["type"] != "websocket.disconnect":
                    pass
        finally:
            self.closing = True
            if self._pump is not None:
                self._pump.cancel()

    async def _listen(
        self, receive: Receive, hear: Callable[[str | bytes], Awaitable[None]]
    ) -> None:
        while (message := await receive())["type"] != "websocket.disconnect":
            if self.closing or message["type"] == "websocket.connect":
                continue
            said: str | bytes | None = message.get("text")
            if said is None:
                said = message["bytes"]
            if size(said) > self._limits.max_frame_bytes:
                self.close(self.wire.oversized)
                continue
            try:
                await hear(said)
            except Exception:
                log.exception("A fault in the conversation with a client")
                self.fail()

    def _end(self, seconds: float) -> None:
        self.closing = True
        if self._patience is not None:
            self._patience.reschedule(asyncio.get_running_loop().time() + seconds)

    def _hold(self, frames: Sequence[bytes]) -> None:
        self._queue += frames
        self._queued += sum(map(len, frames))
        if self._queued > self._room:
            self.close(self.wire.slow, drop=True)

    def _write(self, frames: Sequence[bytes]) -> None:
        if frames and not self._sink.write(frames):
            self._wait()

    def _wait(self) -> None:
        if self._pump is None:
            self._pump = asyncio.create_task(self._drain())

    async def _drain(self) -> None:
        await self._sink.drained()
        while self._queue:
            queue, self._queue, self._queued = self._queue, [], 0
            self._sink.write(queue)
            await self._sink.drained()
        self._pump = None
        self._room = self._limits.max_queue_bytes


def size(said: str | bytes) -> int:
    if isinstance(said, str) and not said.isascii():
        return len(said.encode(errors="surrogatepass"))
    return len(said)
