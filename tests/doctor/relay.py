"""A proxy in front of a server, as good or as bad as a test wants it."""

import asyncio
import contextlib
import re
import ssl
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

PIECE = 65_536


@dataclass(frozen=True)
class Relay:
    """Passes everything on to a port, but for what is said here."""

    port: int
    forwards: bool = True  # writes down whom it forwards for
    upgrades: bool = True
    most_bytes: int = 1 << 40
    headers: Mapping[str, str] = field(default_factory=lambda: {"Server": "relay"})
    says: bytes = b""  # in place of everything
    tls: ssl.SSLContext | None = None

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[str]:
        """Its URL."""
        visits: set[asyncio.Task[None]] = set()

        async def opened(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            visit = asyncio.current_task()
            assert visit is not None
            visits.add(visit)
            with contextlib.suppress(asyncio.CancelledError):
                await self._visit(reader, writer)
            writer.transport.abort()
            visits.discard(visit)

        server = await asyncio.start_server(opened, "127.0.0.1", 0, ssl=self.tls)
        async with server:
            scheme = "https" if self.tls else "http"
            yield f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            for visit in visits:
                visit.cancel()
            await asyncio.gather(*visits)

    async def _visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
            if self.says:
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(self.says))
                writer.write(self.says)
            elif length and int(length[1]) > self.most_bytes:
                writer.write(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
            else:
                await self._pass_on(self._changed(head), reader, writer)
            await writer.drain()
            writer.close()
            await writer.wait_closed()

    def _changed(self, head: bytes) -> bytes:
        if self.forwards:
            head = self._adding(head, b"X-Forwarded-For: 203.0.113.9")
        return head if self.upgrades else re.sub(rb"(?i)upgrade: \S+\r\n", b"", head)

    @staticmethod
    def _adding(head: bytes, line: bytes) -> bytes:
        return head.removesuffix(b"\r\n") + line + b"\r\n\r\n"

    async def _pass_on(
        self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        theirs, ours = await asyncio.open_connection("127.0.0.1", self.port)
        ours.write(head)
        there = asyncio.create_task(pump(reader, ours))
        try:
            answer = await theirs.readuntil(b"\r\n\r\n")
            for name, value in self.headers.items():
                answer = self._adding(answer, f"{name}: {value}".encode())
            writer.write(answer)
            back = asyncio.create_task(pump(theirs, writer))
            await asyncio.wait((there, back), return_when=asyncio.FIRST_COMPLETED)
            back.cancel()
        finally:
            there.cancel()
            ours.transport.abort()


async def pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await source.read(PIECE):
            target.write(data)
            await target.drain()
