"""One process serves: listen, say so, answer until a signal, and be gone within ten seconds.

Hypercorn speaks the protocols inside our own loop. The listening socket and its connections are
ours: `hypercorn.asyncio.serve` waits for ever for a client that has stopped reading.
"""

import asyncio
import contextlib
import dataclasses
import errno
import gc
import ipaddress
import logging
import os
import resource
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import cast

import hypercorn
from hypercorn.app_wrappers import ASGIWrapper
from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.asyncio.worker_context import WorkerContext
from hypercorn.typing import ASGIFramework

from plexichat import __version__
from plexichat.admin.door import door
from plexichat.app import House, create_app
from plexichat.config import Config
from plexichat.metrics import PATH, Metrics
from plexichat.web import framing, http1

BACKLOG = 1024
FRAME_BYTES = 262_144
UNREAD_SECONDS = 300  # a peer that takes nothing of what it was sent is gone
FINISH_SECONDS = 8
COLLECTIONS = 20_000, 20, 20  # instead of 700, 10, 10

log = logging.getLogger(__name__)


async def serve(config: Config, announce: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; `announce` gets the ready line."""
    allow_many_sockets()
    first = config.server.host, config.server.port
    addresses = first, *map(parsed, config.server.listen)
    with stop_signals() as stop, contextlib.ExitStack() as taken:
        socks = [taken.enter_context(listening_on(*address)) for address in addresses]
        places = [sock.getsockname()[:2] for sock in socks]
        warn_of_strangers(config, [host for host, _ in places])
        house = await House.open(with_port(config, places[0][1]))
        try:
            app = create_app(house)
            await app.startup()
            listener = Listener(app)
            spare_the_collector()
            async with door(house), measured(house), house.backups.by_the_clock():
                await listener.open(socks)
                house.listening = tuple(url(*place) for place in places)
                where = " and ".join(house.listening)
                announce(f"Plexichat is ready on {where} (data in {house.directory})")
                log.info("ready on %s, version %s", where, __version__)
                await stop.wait()
                log.info("stopping")
                house.state = "shutting_down"
                await asyncio.gather(house.hub.shutdown(), listener.close(FINISH_SECONDS))
            await app.shutdown()
        finally:
            await house.close()
    log.info("stopped")


def spare_the_collector() -> None:
    """Let the cyclic collector look less often, and never at what stays until the end.

    A request leaves next to no cycles behind, but makes many objects.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTIONS)


@contextlib.asynccontextmanager
async def measured(house: House) -> AsyncIterator[None]:
    """Answer Prometheus at the address that the admin gave for it, if any."""
    address = house.config.metrics.listen
    if not address:
        yield
        return
    with listening_on(*parsed(address)) as sock:
        listener = Listener(Metrics(house))
        await listener.open([sock])
        log.info("metrics are at %s%s", url(*sock.getsockname()[:2]), PATH)
        try:
            yield
        finally:
            await listener.close(1)


class Listener:
    """Listening sockets and everybody who is connected through them."""

    def __init__(self, app: ASGIFramework) -> None:
        self.app = cast(http1.Application, app)
        self.closing = False
        self.plain = set[http1.Connection]()
        self._wrapped = ASGIWrapper(cast(ASGIFramework, framing.careful(self.app)))
        self._limits = protocol_limits()
        self._context = WorkerContext(None)
        self._servers: list[asyncio.Server] = []
        self._connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def open(self, socks: Iterable[socket.socket]) -> None:
        for sock in socks:
            server = await asyncio.get_running_loop().create_server(
                lambda: http1.Connection(self), sock=sock, backlog=BACKLOG
            )
            self._servers.append(server)

    def hand_over(self, transport: asyncio.Transport, said: bytes, *, ended: bool) -> None:
        """Let Hypercorn go on with a connection, from what the client said last."""
        connection = Connection(asyncio.StreamReader(), self._connected)
        transport.set_protocol(connection)
        connection.connection_made(transport)
        connection.data_received(said)
        if ended:
            connection.eof_received()

    async def close(self, seconds: float) -> None:
        """Stop accepting at once, let requests in progress finish, then cut whoever is left."""
        for server in self._servers:
            server.close()
        self.closing = True
        for connection in tuple(self.plain):
            connection.finish()
        await self._context.terminated.set()  # idle connections end, others after their answer
        await self._ended(seconds)
        for connection in tuple(self.plain):
            connection.abort()
        for task, writer in self._connections.items():
            writer.transport.abort()
            task.cancel()
        await self._ended(1)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        connection = writer.transport.get_protocol()
        assert task is not None
        assert isinstance(connection, Connection)
        connection.task = task
        self._connections[task] = writer
        loop = asyncio.get_running_loop()
        try:
            with contextlib.suppress(asyncio.CancelledError):
                await TCPServer(
                    self._wrapped, loop, self._limits, self._context, {}, reader, writer
                )
        finally:
            del self._connections[task]

    async def _ended(self, seconds: float) -> None:
        ends = [*self._connections, *(connection.over for connection in self.plain)]
        if ends:
            await asyncio.wait(ends, timeout=seconds)


class Connection(asyncio.StreamReaderProtocol):
    """A client's connection. What is done for it may outlive it by a moment only.

    Where it is lost while further requests stand in line, Hypercorn would wait for ever.
    """

    task: asyncio.Task[None]

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        asyncio.get_running_loop().call_later(http1.GONE_SECONDS, self.task.cancel)


def protocol_limits() -> hypercorn.Config:
    limits = hypercorn.Config()
    limits.errorlog = logging.getLogger("hypercorn.error")
    limits.include_date_header = False
    limits.include_server_header = False
    limits.h11_max_incomplete_size = http1.HEAD_BYTES
    limits.keep_alive_timeout = http1.KEEP_ALIVE_SECONDS
    limits.keep_alive_max_requests = http1.KEEP_ALIVE_REQUESTS
    limits.websocket_max_message_size = FRAME_BYTES
    return limits


@contextlib.contextmanager
def listening_on(host: str, port: int) -> Iterator[socket.socket]:
    """The address, taken at once; whoever comes by waits until somebody accepts them."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol by its name, or asyncio does not know that it may switch Nagle off.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # connections inherit it
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_SECONDS * 1000)
        try:
            sock.bind((host, port))
            sock.listen(BACKLOG)  # or another that starts at the same time may bind it too
        except OverflowError:
            raise OSError(errno.EINVAL, f"there is no port {port}") from None
        except OSError as error:
            in_use = error.errno == errno.EADDRINUSE
            why = "it is in use" if in_use else error.strerror
            raise OSError(error.errno, f"cannot listen on port {port} of {host}: {why}") from error
        yield sock


@contextlib.contextmanager
def stop_signals() -> Iterator[asyncio.Event]:
    """An event that SIGINT and SIGTERM set; the second signal ends the process at once."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()

    def heard(number: int) -> None:
        if stop.is_set():
            os._exit(128 + number)
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, heard, number)
    try:
        yield stop
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


def allow_many_sockets() -> None:
    """Raise the limit of open files as far as it goes: 1,024 is few for a chat."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def warn_of_strangers(config: Config, hosts: Iterable[str]) -> None:
    if config.registration.mode == "open":
        for host in hosts:
            if not ipaddress.ip_address(host).is_loopback:
                log.warning(
                    'anybody who reaches %s can make an account: registration.mode is "open"', host
                )


def with_port(config: Config, port: int) -> Config:
    """The configuration with the port that was found free when port 0 was asked for."""
    return dataclasses.replace(config, server=dataclasses.replace(config.server, port=port))


def parsed(address: str) -> tuple[str, int]:
    """The host and the port of "127.0.0.1:3001" or "[::1]:3001"."""
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)


def url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
