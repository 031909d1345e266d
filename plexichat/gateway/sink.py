"""Where the frames of one socket leave: ready bytes to Hypercorn's transport, or plain ASGI.

Server frames are unmasked, so a frame's bytes are the same for everybody, and writing them to the
transport costs a fraction of an ASGI send. The way there leads through Hypercorn's internals: each
hop is checked by type, and whatever is not as expected (HTTP/2, another server, a test client)
gets the ASGI sink.
"""

import asyncio
from asyncio import Transport, WriteTransport
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from functools import lru_cache
from struct import Struct
from typing import Any

from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.protocol.h11 import H11Protocol
from hypercorn.protocol.ws_stream import WSStream
from wsproto.connection import ConnectionState
from wsproto.events import CloseConnection

from plexichat.gateway.wire import Closing

TEXT = (
    0x81  # the whole message in one frame, uncompressed: legal whatever was negotiated (RFC 7692)
)
BINARY = 0x82
MEDIUM, LARGE = Struct(">BBH"), Struct(">BBQ")
OPEN = ConnectionState.OPEN  # only then may a frame be sent: nothing may follow a close frame
HIGH_WATER = 65536  # asyncio's own: above it the transport makes its writers wait

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


async def accept(send: Send, permessage_deflate: bool) -> "Sink":
    """Complete the handshake and find the shortest way out."""
    stream = getattr(send, "__self__", None)
    if isinstance(stream, WSStream) and not permessage_deflate:
        # Hypercorn agrees to every offer: 248 KB a connection instead of 40.
        stream.handshake.extensions = None
    await send({"type": "websocket.accept"})
    server = trace(send)
    if isinstance(stream, WSStream) and server is not None and not stream.closed:
        return TransportSink(stream, server)
    return AsgiSink(send)


def trace(send: Send) -> TCPServer | None:
    """Follow an ASGI send to the Hypercorn connection under it; None if the way is another."""
    stream = getattr(send, "__self__", None)
    protocol = getattr(getattr(stream, "send", None), "__self__", None)
    server = getattr(getattr(protocol, "send", None), "__self__", None)
    if (
        type(stream) is WSStream
        and type(protocol) is H11Protocol
        and type(server) is TCPServer
        and isinstance(getattr(server, "send_lock", None), asyncio.Lock)
        and isinstance(getattr(server.writer, "transport", None), Transport)
    ):
        return server
    return None


@lru_cache(1024)
def header(opcode: int, size: int) -> bytes:
    """What goes before so many bytes in a server's frame (RFC 6455, section 5.2)."""
    if size < 126:
        return bytes((opcode, size))
    if size < 65536:
        return MEDIUM.pack(opcode, 126, size)
    return LARGE.pack(opcode, 127, size)


def shared(head: bytes, width: int, tail: bytes) -> tuple[bytearray, slice]:
    """The frame of an event for all whose number has so many digits, and the place of those."""
    front = header(TEXT, len(head) + width + len(tail)) + head
    return bytearray(front + bytes(width) + tail), slice(len(front), len(front) + width)


def descriptor(transport: WriteTransport) -> int | None:
    """The number of the plain socket under a transport; None where something lies between."""
    socket = transport.get_extra_info("socket")
    if socket is None or transport.get_extra_info("sslcontext") is not None:
        return None
    number: int = socket.fileno()
    return number


class TransportSink:
    """Ready frames, straight to the transport under Hypercorn."""

    __slots__ = ("_connection", "_descriptor", "_opcode", "_server", "_transport")

    def __init__(self, stream: WSStream, server: TCPServer) -> None:
        self._connection = stream.connection
        self._server = server
        self._transport = server.writer.transport
        self._descriptor = descriptor(self._transport)
        self._opcode = TEXT

    def frame(self, text: bytes) -> bytes:
        """Make one message ready to be written."""
        return header(self._opcode, len(text)) + text

    def binary(self) -> None:
        """Make binary messages of what comes from now on."""
        self._opcode = BINARY

    def way(self) -> int | None:
        """The descriptor that takes bytes now; None if they are to be given to `write`."""
        transport = self._transport
        if (
            self._descriptor is None
            or self._connection.state is not OPEN
            or transport.is_closing()
            or transport.get_write_buffer_size()
        ):
            return None
        return self._descriptor

    def write(self, frames: Sequence[bytes]) -> bool:
        """Send them in one piece; False when the next must wait for `drained`."""
        transport = self._transport
        if self._connection.state is not OPEN or transport.is_closing():
            return True
        transport.write(b"".join(frames))
        return transport.get_write_buffer_size() <= HIGH_WATER

    async def drained(self) -> None:
        try:
            async with self._server.send_lock:
                await self._server.writer.drain()
        except ConnectionError:
            pass  # the reading side hears of it and ends the connection

    def close(self, closing: Closing) -> bool:
        if self._connection.state is OPEN and not self._transport.is_closing():
            code, reason = closing
            data = self._connection.send(CloseConnection(code=code, reason=reason))
            self._transport.write(data)
        return True

    def abort(self) -> bool:
        """Cut the connection; True if the receiving side will hear of its end."""
        self._transport.abort()
        return True


class AsgiSink:
    """The same through any ASGI server, one awaited message after the other."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._binary = False
        self._waiting: list[Message] = []

    def frame(self, text: bytes) -> bytes:
        return text

    def binary(self) -> None:
        self._binary = True

    def way(self) -> None:
        return None

    def write(self, frames: Sequence[bytes]) -> bool:
        for text in frames:
            body = {"bytes": text} if self._binary else {"text": text.decode()}
            self._waiting.append({"type": "websocket.send", **body})
        return False

    async def drained(self) -> None:
        while self._waiting:
            try:
                await self._send(self._waiting.pop(0))
            except OSError:
                self._waiting.clear()

    def close(self, closing: Closing) -> bool:
        code, reason = closing
        self._waiting.append({"type": "websocket.close", "code": code, "reason": reason})
        return False

    def abort(self) -> bool:
        return False


Sink = TransportSink | AsgiSink
