"""Files that are large, slow, cut off, or too much for the disk: the server stays as it was."""

import asyncio
import contextlib
import hashlib
import resource
import signal
import socket
import threading
from collections.abc import AsyncIterator, Iterator, MutableMapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from quart import Quart

from plexichat.app import House
from plexichat.config import Config, Uploads
from tests.cast import Person, quick, refusal
from tests.giving import attach, give, link, stored
from tests.running import serving

MB = 1 << 20
CHUNK = bytes(65_536)
HEAD = b'--X\r\nContent-Disposition: form-data; name="file"; filename="big.xyz"\r\n\r\n'
TAIL = b"\r\n--X--\r\n"
FORM = "multipart/form-data; boundary=X"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return quick(tmp_path / "data", uploads=Uploads(max_attachment_bytes=512 * MB))


class Body:
    """An upload as ASGI gives it, counting how much has been asked for."""

    def __init__(self, size: int) -> None:
        self.pieces = self._pieces(size)
        self.asked = 0
        self.wanted = asyncio.Event()

    def _pieces(self, size: int) -> Iterator[bytes]:
        yield HEAD
        for _ in range(size // len(CHUNK)):
            yield CHUNK
        yield TAIL

    async def receive(self) -> MutableMapping[str, Any]:
        await asyncio.sleep(0)
        piece = next(self.pieces, None)
        if piece is None:
            return {"type": "http.request", "body": b"", "more_body": False}
        self.asked += len(piece)
        return {"type": "http.request", "body": piece, "more_body": True}


def request(path: str, token: str) -> MutableMapping[str, Any]:
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST",
        "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": b"",
        "root_path": "", "client": ("203.0.113.7", 4711), "server": ("chat.test", 80),
        "headers": [
            (b"authorization", f"Bearer {token}".encode()), (b"content-type", FORM.encode()),
            (b"transfer-encoding", b"chunked"),
        ],
    }  # fmt: skip


async def test_a_client_is_held_back_while_the_disk_is_slow(
    ann: Person, bob: Person, app: Quart, house: House
) -> None:
    path = f"/channels/{await ann.dm(bob)}/attachments"
    body, sent = Body(64 * MB), []
    disk = threading.Event()

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    blocked = [asyncio.create_task(house.shelf.run(disk.wait)) for _ in range(3)]
    upload = asyncio.create_task(
        app(request(path, ann.token), body.receive, send)  # type: ignore[arg-type]
    )
    while not stored(house):
        await asyncio.sleep(0)
    blocked.append(asyncio.create_task(house.shelf.run(disk.wait)))
    for _ in range(5000):
        await asyncio.sleep(0)
    assert body.asked < 2 * MB, "what the disk does not take is not read"
    disk.set()
    await asyncio.gather(upload, *blocked)
    assert sent[0]["status"] == 200
    assert body.asked > 64 * MB


async def test_a_reader_is_not_sent_more_than_it_takes(
    ann: Person, bob: Person, app: Quart, house: House
) -> None:
    given = await attach(ann, await ann.dm(bob), bytes(8 * MB), "big.xyz")
    url = urlsplit(link(given))
    scope = request(url.path, ann.token)
    scope.update(method="GET", query_string=url.query.encode(), headers=[])
    got, taking, gone = [], asyncio.Semaphore(3), asyncio.Event()

    async def receive() -> MutableMapping[str, Any]:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        await taking.acquire()
        got.append(len(message.get("body", b"")))

    download = asyncio.create_task(app(scope, receive, send))  # type: ignore[arg-type]
    while len(got) < 3:
        await asyncio.sleep(0.001)
    assert sum(got) < MB
    gone.set()
    taking.release()
    await download
    assert sum(got) < 2 * MB, "nobody reads on for a client that has left"


@pytest.fixture
def small_disk() -> Iterator[None]:
    """No file of this process may grow beyond 2 MB."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handled = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 * MB, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handled)


@pytest.mark.usefixtures("small_disk")
async def test_a_full_disk_is_said_and_harms_nothing(
    ann: Person, bob: Person, house: House
) -> None:
    dm = await ann.dm(bob)
    for path in (f"/channels/{dm}/attachments", "/users/@me/avatar"):
        answer = await give(ann, path, bytes(3 * MB), "big.xyz")
        assert refusal(answer) == (507, "Insufficient storage")
    assert stored(house) == []
    assert (await ann.say(dm, "still here"))["content"] == "still here"
    assert (await attach(ann, dm, bytes(MB), "fits.xyz"))["size"] == MB


@pytest.fixture
async def origin(url: str) -> str:
    return url.replace("ws:", "http:").removesuffix("/gateway")


async def endless(pieces: int) -> AsyncIterator[bytes]:
    yield HEAD
    for _ in range(pieces):
        yield CHUNK


@pytest.mark.parametrize("length", ["known", "unknown"])
async def test_a_refusal_reaches_a_client_that_is_still_sending(
    origin: str, ann: Person, bob: Person, house: House, length: str
) -> None:
    path = f"{origin}/channels/{await ann.dm(bob)}/attachments"
    size = len(HEAD) + 200 * len(CHUNK)
    headers = {"Content-Type": FORM}
    if length == "known":
        headers["Content-Length"] = str(size)
    async with httpx.AsyncClient() as client:
        for _ in range(3):
            answer = await client.post(path, content=endless(200), headers=headers)
            assert refusal(answer) == (401, "Authentication required")
        headers["Authorization"] = f"Bearer {ann.token}"
        blocked = await client.post(
            path.replace("attachments", "messages"), content=endless(200), headers=headers
        )
        assert refusal(blocked) == (413, "Request body too large")
    assert stored(house) == []


async def test_an_upload_that_is_cut_off_leaves_nothing(
    origin: str, ann: Person, bob: Person, house: House
) -> None:
    path = f"/channels/{await ann.dm(bob)}/attachments"
    host, port = urlsplit(origin).hostname, urlsplit(origin).port
    _, writer = await asyncio.open_connection(host, port)
    writer.write(
        f"POST {path} HTTP/1.1\r\nHost: chat.test\r\nContent-Type: {FORM}\r\n"
        f"Authorization: Bearer {ann.token}\r\nContent-Length: 10000000\r\n\r\n".encode()
    )
    writer.write(HEAD + CHUNK * 20)
    await writer.drain()
    while not stored(house):
        await asyncio.sleep(0.001)
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
    while stored(house):
        await asyncio.sleep(0.001)


def peak(process_id: int) -> int:
    """The most memory that a process has held, in bytes."""
    (line,) = [
        line
        for line in Path(f"/proc/{process_id}/status").read_text().splitlines()
        if line.startswith("VmHWM")
    ]
    return int(line.split()[1]) * 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc")
def test_a_server_does_not_grow_with_what_passes_through_it(tmp_path: Path) -> None:
    """Up and down again; the client reads nothing for a while, so that the server must wait."""
    size = 160 * MB
    options = ("--set", f"uploads.max_attachment_bytes={size}")
    with serving(*options, cwd=tmp_path) as server:
        ann, bob = server.register("ann"), server.register("bob")
        headers = {"Authorization": f"Bearer {ann['token']}"}
        with httpx.Client(base_url=server.url, headers=headers, timeout=60) as client:
            dm = client.post(
                "/users/@me/channels", json={"recipient_id": bob["user"]["id"]}
            ).json()["id"]

            def send(pieces: int) -> httpx.Response:
                def body() -> Iterator[bytes]:
                    yield HEAD
                    for _ in range(pieces):
                        yield CHUNK
                    yield TAIL

                return client.post(
                    f"/channels/{dm}/attachments", content=body(), headers={"Content-Type": FORM}
                )

            send(16)
            before = peak(server.process.pid)
            given = send(size // len(CHUNK)).json()
            assert given["size"] == size
            digest = hashlib.sha256()
            with client.stream("GET", link(given)) as answer:
                for piece in answer.iter_bytes():
                    digest.update(piece)
            assert digest.hexdigest() == given["hash"]
            with socket.create_connection(("127.0.0.1", server.port)) as idle:
                idle.sendall(f"GET {link(given)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
                assert idle.recv(100)
                assert client.get("/health").status_code == 200
            assert peak(server.process.pid) - before < 40 * MB
