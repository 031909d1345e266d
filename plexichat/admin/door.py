"""The admin's door: a Unix socket in the data folder, whose file permissions are the key.

A line is a JSON object. The request goes in; any number of Progress lines come out, then what was
asked for or a Refused. `ask` goes through the door when a server runs; else it opens the house
itself for that one request, so both ways run the same code.
"""

import asyncio
import contextlib
import os
import socket
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from plexichat.admin.requests import ANSWERS, REQUESTS
from plexichat.admin.words import Progress, Refused, Request, Tell
from plexichat.app import House
from plexichat.config import Config
from plexichat.core.errors import Invalid, Refusal
from plexichat.store.errors import InUse, StoreError

SOCKET = "admin.sock"
PATH_BYTES = 100  # a socket's address holds about this much
PATIENCE_SECONDS = 5.0

T = TypeVar("T")


@contextlib.asynccontextmanager
async def door(house: House) -> AsyncIterator[None]:
    """Answer requests until the house is about to close; those in progress then are dropped."""
    visits: set[asyncio.Task[None]] = set()

    async def opened(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visit = asyncio.current_task()
        assert visit is not None
        visits.add(visit)
        try:
            await receive(house, reader, writer)
        finally:
            visits.discard(visit)
            writer.close()

    path = house.directory / SOCKET
    path.unlink(missing_ok=True)  # ours: whoever left it there has lost the lock on the folder
    with socket.socket(socket.AF_UNIX) as sock, short(path) as address:
        before = os.umask(0o177)
        try:
            sock.bind(address)
        finally:
            os.umask(before)
        server = await asyncio.start_unix_server(opened, sock=sock)
        try:
            yield
        finally:
            server.close()
            for visit in visits:
                visit.cancel()
            await asyncio.gather(*visits, return_exceptions=True)
            path.unlink(missing_ok=True)


async def receive(house: House, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Do what one visitor asks for; a visitor who leaves early takes the request along."""

    def say(line: msgspec.Struct) -> None:
        writer.write(msgspec.json.encode(line) + b"\n")

    def tell(what: str, done: int, total: int) -> None:
        say(Progress(what, done, total))

    try:
        request = msgspec.json.decode(await reader.readline(), type=REQUESTS)
    except (msgspec.MsgspecError, ValueError):
        say(Refused("unknown_request", "the running server does not know this request"))
        return
    doing = asyncio.create_task(request.perform(house, tell))
    leaving = asyncio.create_task(reader.read(1))
    try:
        await asyncio.wait((doing, leaving), return_when=asyncio.FIRST_COMPLETED)
        if doing.done():
            say(doing.result())
    except Refusal as refusal:
        say(Refused(refusal.code, refusal.message))
    except StoreError as error:
        say(Refused("store", str(error)))
    finally:
        doing.cancel()
        leaving.cancel()
        await asyncio.gather(doing, leaving, return_exceptions=True)


def ask(config: Config, request: Request[T], tell: Tell) -> T:
    """Have it done by the server that runs on the data folder, or here if none does."""
    try:
        msgspec.json.encode(request)  # also where no server is told: the database is as strict
    except UnicodeEncodeError:
        raise Invalid("not_text", "what was typed is not all UTF-8") from None
    patient_until = time.monotonic() + PATIENCE_SECONDS
    while True:
        with contextlib.suppress(FileNotFoundError, ConnectionRefusedError):
            return ask_server(Path(config.storage.directory), request, tell)
        try:
            return asyncio.run(do_here(config, request, tell))
        except InUse:  # by a server that is just starting or stopping, or by a verb like this one
            if time.monotonic() > patient_until:
                raise
            time.sleep(0.1)


async def do_here(config: Config, request: Request[T], tell: Tell) -> T:
    house = await House.open(config)
    try:
        return await request.perform(house, tell)
    finally:
        await house.close()


def ask_server(directory: Path, request: Request[T], tell: Tell) -> T:
    with socket.socket(socket.AF_UNIX) as sock:
        try:
            with short(directory / SOCKET) as address:
                sock.connect(address)
        except PermissionError:
            raise Refusal("not_yours", f"only the owner of {directory} can do this") from None
        sock.sendall(msgspec.json.encode(request) + b"\n")
        for line in sock.makefile("rb"):
            match msgspec.json.decode(line, type=ANSWERS):
                case Progress(what, done, total):
                    tell(what, done, total)
                case Refused(code, message):
                    raise Refusal(code, message)
                case done:
                    answer: T = done
                    return answer
    raise Refusal("no_answer", "the server ended without an answer; its log says why")


@contextlib.contextmanager
def short(path: Path) -> Iterator[str]:
    """The path of a socket in a form that fits into its address, however deep the folder is."""
    if len(os.fsencode(path)) <= PATH_BYTES:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
