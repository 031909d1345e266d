"""A light gateway client: a raw WebSocket that identifies itself and then counts what it hears.

Its frames are masked with a key of zeros: valid on the wire, and nothing to compute.
"""

import asyncio
import base64
import json
import os
from collections.abc import Iterable
from functools import partial
from typing import cast

from bench.client import PATIENCE_SECONDS, Unexpected

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
HEARTBEAT, IDENTIFY = 1, 2
BEAT_SECONDS = 40


class Tally:
    """What a crowd of sockets still has to hear before the round may go on."""

    def __init__(self, word: bytes) -> None:
        self.word = word
        self.frame_bytes = 0
        self._missing = 0
        self._fault: Unexpected | None = None
        self._all: asyncio.Future[None] | None = None

    def expect(self, count: int) -> None:
        """From now on `count` frames with the word are due; raises what failed before."""
        if self._fault is not None:
            raise self._fault
        self._missing = count
        self._all = asyncio.get_running_loop().create_future()

    async def heard_by_all(self) -> None:
        assert self._all is not None
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._all
        except TimeoutError:
            raise Unexpected(f"{self._missing} deliveries never came") from None

    def hear(self, payload: bytes) -> None:
        if self.word not in payload:
            return
        self.frame_bytes = len(payload)
        self._missing -= 1
        if self._missing == 0 and self._all is not None and not self._all.done():
            self._all.set_result(None)

    def fail(self, reason: str) -> None:
        self._fault = self._fault or Unexpected(reason)
        if self._all is not None and not self._all.done():
            self._all.set_exception(self._fault)


class Socket(asyncio.Protocol):
    """One gateway connection. Every text frame goes to its tally."""

    def __init__(self, token: str, tally: Tally) -> None:
        self._token = token
        self._tally = tally
        self._transport: asyncio.Transport | None = None
        self._received = b""
        self._upgraded = False
        self._closing = False

    def close(self) -> None:
        self._closing = True
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        key = base64.b64encode(os.urandom(16)).decode()
        self._transport.write(
            "GET /gateway HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        received = self._received + data if self._received else data
        if not self._upgraded:
            head, end, received = received.partition(b"\r\n\r\n")
            if not end:
                self._received = head
                return
            if not head.startswith(b"HTTP/1.1 101"):
                self._tally.fail(f"no WebSocket: {head[:200]!r}")
                self.close()
                return
            self._upgraded = True
            self._send(TEXT, json.dumps({"op": IDENTIFY, "d": {"token": self._token}}).encode())
            asyncio.get_running_loop().call_later(BEAT_SECONDS, self._beat)
        self._received = self._take_frames(received)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._closing:
            self._closing = True
            self._tally.fail(f"the server dropped a socket: {exc}")

    def _take_frames(self, received: bytes) -> bytes:
        """Hear every whole frame; return what is left. Server frames are never masked."""
        at, size = 0, len(received)
        while size - at >= 2:
            length, start = received[at + 1], at + 2
            if length >= 126:
                start += 2 if length == 126 else 8
                if size < start:
                    break
                length = int.from_bytes(received[at + 2 : start], "big")
            if size < start + length:
                break
            self._hear(received[at] & 15, received[start : start + length])
            at = start + length
        return received[at:] if at else received

    def _hear(self, opcode: int, payload: bytes) -> None:
        if opcode == TEXT:
            self._tally.hear(payload)
        elif opcode == PING:
            self._send(PONG, payload)
        elif opcode == CLOSE:
            code, reason = int.from_bytes(payload[:2], "big"), payload[2:].decode(errors="replace")
            self._tally.fail(f"the server closed a socket: {code} {reason}")
            self.close()

    def _beat(self) -> None:
        if not self._closing:
            self._send(TEXT, json.dumps({"op": HEARTBEAT, "d": None}).encode())
            asyncio.get_running_loop().call_later(BEAT_SECONDS, self._beat)

    def _send(self, opcode: int, payload: bytes) -> None:
        assert self._transport is not None
        size = len(payload)
        length = bytes([128 | size]) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
        self._transport.write(bytes([128 | opcode]) + length + bytes(4) + payload)


async def connect(
    address: tuple[str, int], tokens: Iterable[str], tally: Tally, at_once: int = 50
) -> list[Socket]:
    """Open one socket a token, some at once; return when each of them has had its READY."""
    loop = asyncio.get_running_loop()
    waiting, opened = list(tokens), list[Socket]()
    word, tally.word = tally.word, b'"READY"'
    while waiting:
        batch, waiting = waiting[:at_once], waiting[at_once:]
        tally.expect(len(batch))
        for token in batch:
            _, socket = await loop.create_connection(partial(Socket, token, tally), *address)
            opened.append(socket)
        await tally.heard_by_all()
    tally.word = word
    return opened
