"""A server as its operator meets it: it starts, it refuses to start, it stops."""

import asyncio
import contextlib
import json
import os
import re
import signal
import socket
import sqlite3
import time
from pathlib import Path
from typing import Any, NoReturn

import httpx
import pytest
import websockets

from plexichat.serving import Listener, listening_on
from plexichat.web.http1 import GONE_SECONDS
from tests.running import QUICK, Server, run, serving

SECONDS_TO_STOP = 10


def refused(*arguments: str, cwd: Path) -> str:
    """The one sentence with which the server refuses to start."""
    ended = run("serve", "--port", "0", *arguments, cwd=cwd)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.count("\n") == 1
    return ended.err


def test_without_any_configuration_it_just_serves(tmp_path: Path) -> None:
    with serving(cwd=tmp_path) as server:
        assert server.ready == (
            f"Plexichat is ready on http://127.0.0.1:{server.port} (data in {tmp_path / 'data'})\n"
        )
        assert httpx.get(f"{server.url}/health").json()["status"] == "healthy"
        assert server.stop(signal.SIGINT) == 0
        warnings = [line for line in server.log().splitlines() if " WARNING " in line]
        assert [line for line in warnings if " asyncio: " not in line] == [], "but of slowness"


def test_it_listens_on_several_addresses(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        busy = taken.getsockname()[1]
        told = refused("--set", f"server.listen=127.0.0.1:{busy}", cwd=tmp_path)
        assert told == f"plexichat: cannot listen on port {busy} of 127.0.0.1: it is in use\n"
    further = "--set", "server.listen=127.0.0.1:0,127.0.0.2:0"
    with serving(*further, cwd=tmp_path) as server:
        urls = re.findall(r"http://[\d.:]+", server.ready)
        assert [url.rpartition(":")[0] for url in urls] == [
            "http://127.0.0.1", "http://127.0.0.1", "http://127.0.0.2",
        ]  # fmt: skip
        for url in urls:
            assert httpx.get(f"{url}/health").json()["status"] == "healthy"
        assert server.stop() == 0


def test_answers_carry_no_advertisement(tmp_path: Path) -> None:
    with serving(cwd=tmp_path) as server:
        assert not {"server", "date"} & httpx.get(f"{server.url}/health").headers.keys()


@pytest.mark.parametrize(
    ("arguments", "warned"),
    [
        (("--host", "0.0.0.0"), True),
        (("--host", "::"), True),
        (("--host", "0.0.0.0", "--set", "registration.mode=invite"), False),
        (("--host", "localhost"), False),
    ],
)
def test_open_doors_are_warned_of_where_strangers_come_by(
    arguments: tuple[str, ...], warned: bool, tmp_path: Path
) -> None:
    with serving(*arguments, cwd=tmp_path) as server:
        assert server.stop() == 0
        assert ("registration.mode" in server.log()) == warned


def test_ipv6_and_ipv4_both_reach_a_server_on_every_address(tmp_path: Path) -> None:
    with serving("--host", "::", cwd=tmp_path) as server:
        assert server.url == f"http://[::]:{server.port}"
        for host in ("[::1]", "127.0.0.1"):
            assert httpx.get(f"http://{host}:{server.port}/health").is_success


def test_a_second_server_on_the_folder_names_the_first(tmp_path: Path) -> None:
    with serving(cwd=tmp_path) as server:
        assert str(server.process.pid) in refused(cwd=tmp_path)
        same_port = refused("--port", str(server.port), cwd=tmp_path)
        assert str(server.process.pid) in same_port


def test_a_port_in_use_is_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        sentence = refused("--port", str(port), cwd=tmp_path)
    assert f"port {port}" in sentence
    assert "in use" in sentence


@pytest.mark.parametrize("host", ["203.0.113.7", "no.such.host.invalid"])
def test_an_address_that_is_not_ours_is_a_sentence(host: str, tmp_path: Path) -> None:
    assert host in refused("--host", host, cwd=tmp_path)


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    # root may write anywhere but there
    there = Path("/sys/plexichat") if os.geteuid() == 0 else folder / "data"
    assert str(there) in refused("--data", str(there), cwd=tmp_path)


def test_a_file_in_place_of_the_folder_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("mine")
    assert str(tmp_path / "data") in refused(cwd=tmp_path)


def test_a_newer_database_is_a_sentence(tmp_path: Path) -> None:
    with serving(cwd=tmp_path) as server:
        assert server.stop() == 0
    with sqlite3.connect(tmp_path / "data" / "plexichat.db") as database:
        database.execute("PRAGMA user_version = 999")
    database.close()
    assert "newer" in refused(cwd=tmp_path)


def test_what_was_said_is_there_after_a_restart(tmp_path: Path) -> None:
    with serving(cwd=tmp_path) as server:
        token = server.register("ann")["token"]
        assert server.stop() == 0
    with serving(cwd=tmp_path) as server:
        headers = {"Authorization": f"Bearer {token}"}
        me = httpx.get(f"{server.url}/users/@me", headers=headers)
    assert me.json()["username"] == "ann"


def hears(server: Server) -> "websockets.connect":
    return websockets.connect(f"ws://127.0.0.1:{server.port}/gateway")


async def stopped(server: Server) -> float:
    """Stop the server as an operator would and return how long it took."""
    begun = time.monotonic()
    assert await asyncio.to_thread(server.stop) == 0
    return time.monotonic() - begun


async def heard(person: websockets.ClientConnection) -> NoReturn:
    while True:
        await person.recv()


async def test_stopping_tells_whoever_is_connected(tmp_path: Path) -> None:
    with serving(cwd=tmp_path) as server:
        token = server.register("ann")["token"]
        async with hears(server) as ann:
            await ann.recv()
            await ann.send(json.dumps({"op": 2, "d": {"token": token}}))
            assert json.loads(await ann.recv())["t"] == "READY"
            stopping = asyncio.create_task(stopped(server))
            assert json.loads(await ann.recv())["op"] == 12
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await heard(ann)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4017
        assert await stopping < SECONDS_TO_STOP
        assert "Traceback" not in server.log()


def half_a_request(server: Server) -> socket.socket:
    """A connection whose request the server has begun to read, and that never ends."""
    half = socket.create_connection(("127.0.0.1", server.port))
    half.sendall(
        b"POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n"
        b"Expect: 100-continue\r\n\r\n{"
    )
    assert half.recv(100).startswith(b"HTTP/1.1 100")
    return half


def deaf(server: Server) -> socket.socket:
    """A connection that asks for more than all buffers hold, and reads nothing of it."""
    ann, bob = server.register("ann"), server.register("bob")
    headers = {"Authorization": f"Bearer {ann['token']}"}
    with httpx.Client(base_url=server.url, headers=headers) as client:
        body = {"recipient_id": bob["user"]["id"]}
        channel = client.post("/users/@me/channels", json=body).json()["id"]
        for _ in range(20):
            client.post(f"/channels/{channel}/messages", json={"content": "word" * 1000})
    deaf = socket.create_connection(("127.0.0.1", server.port))
    deaf.settimeout(1)
    ask = f"GET /channels/{channel}/messages HTTP/1.1\r\nHost: a\r\nAuthorization: "
    with contextlib.suppress(TimeoutError):
        for _ in range(900):  # 80 kB each
            deaf.sendall(f"{ask}{headers['Authorization']}\r\n\r\n".encode())
    return deaf


async def test_it_stops_in_time_though_nobody_reads_or_finishes(tmp_path: Path) -> None:
    options = ("--set", "rate_limits.enabled=false")
    with (
        serving(*options, cwd=tmp_path) as server,
        socket.create_connection(("127.0.0.1", server.port)),
        socket.create_connection(("127.0.0.1", server.port)) as half,
        half_a_request(server),
        deaf(server),
        socket.create_connection(("127.0.0.1", server.port)) as upgraded,
    ):
        half.sendall(b"POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{")
        upgraded.sendall(
            b"GET /gateway HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        assert upgraded.recv(1)
        assert await stopped(server) < SECONDS_TO_STOP
        assert "Traceback" not in server.log()


async def test_a_connection_lost_with_requests_in_line_leaves_nothing_behind() -> None:
    begun = asyncio.Event()

    async def long(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        begun.set()
        for _ in range(1000):
            await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})

    before = asyncio.all_tasks()
    listener = Listener(long)
    with socket.create_server(("127.0.0.1", 0)) as sock:
        await listener.open([sock])
        with socket.create_connection(sock.getsockname()) as impatient:
            impatient.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 3)
            await begun.wait()
        async with asyncio.timeout(2 * GONE_SECONDS):
            while asyncio.all_tasks() - before:
                await asyncio.sleep(0.05)
        await listener.close(0)


async def test_what_is_written_to_a_connection_leaves_without_delay() -> None:
    asked = asyncio.Event()

    async def silent(scope: Any, receive: Any, send: Any) -> None:
        asked.set()
        while (await receive())["type"] != "http.disconnect":
            pass

    listener = Listener(silent)
    with listening_on("127.0.0.1", 0) as sock:
        await listener.open([sock])
        with socket.create_connection(sock.getsockname()) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            await asked.wait()
            (connection,) = listener.plain
            accepted = connection._transport.get_extra_info("socket")
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        await listener.close(GONE_SECONDS)


async def test_nobody_is_let_in_once_it_stops(tmp_path: Path) -> None:
    with serving(cwd=tmp_path) as server:
        async with hears(server) as ann:
            await ann.recv()
            stopping = asyncio.create_task(stopped(server))
            with pytest.raises(websockets.ConnectionClosed):
                await heard(ann)
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", server.port))
        await stopping


def test_the_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    with serving(cwd=tmp_path) as server, half_a_request(server):
        server.process.send_signal(signal.SIGTERM)
        while "stopping" not in server.log():
            time.sleep(0.01)
        assert server.stop(signal.SIGINT) == 128 + signal.SIGINT
    with serving(cwd=tmp_path) as server:
        assert httpx.get(f"{server.url}/health").is_success


async def test_a_request_in_progress_is_finished(tmp_path: Path) -> None:
    # A login that takes its time: the cost is that of a patient operator.
    slow = {**QUICK, "PLEXICHAT__PASSWORDS__BCRYPT_COST": "13"}
    with serving(cwd=tmp_path, **slow) as server:
        async with httpx.AsyncClient(base_url=server.url, timeout=SECONDS_TO_STOP) as client:
            body = {"username": "ann", "email": "ann@example.org", "password": "leek-and-barley"}
            asking = asyncio.create_task(client.post("/auth/register", json=body))
            await asyncio.sleep(0.2)  # it is at the hashing
            stopping = asyncio.create_task(stopped(server))
            assert (await asking).status_code == 201
        assert await stopping < SECONDS_TO_STOP


def test_a_deep_data_folder_has_its_admin_socket_too(tmp_path: Path) -> None:
    deep = str(tmp_path / ("x" * 120) / ("y" * 120))
    with serving("--data", deep, cwd=tmp_path):
        made = run(
            "user", "create", "ann", "--data", deep, "--password-stdin", cwd=tmp_path,
            stdin="leek-and-barley\n",
        )  # fmt: skip
        assert made.code == 0, made.err
        assert Path(deep, "admin.sock").stat().st_mode & 0o777 == 0o600
    assert Path(deep, "admin.sock").exists()  # it was killed
    made = run("backup", "create", "--data", deep, cwd=tmp_path)
    assert made.code == 0, made.err
