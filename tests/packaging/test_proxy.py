"""The example of docs/proxy.md in a real nginx, in front of a real server."""

import contextlib
import json
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.api.line import dial
from tests.cast import PASSWORD
from tests.doctor.test_reach import certify
from tests.running import ROOT, Server, run, serving, typed

PAGE = ROOT / "docs" / "proxy.md"
SIZE, HALF = 24 << 20, 12 << 20
LEEK = b"leek" * (1 << 18)
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
MAIN = """daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; {user}
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    {example}
}}
"""

pytestmark = pytest.mark.skipif(
    not NGINX or not shutil.which("openssl"), reason="nginx or openssl is not installed"
)


@dataclass(frozen=True)
class Front:
    """What visitors see of a server: an address with TLS, and the paper that vouches for it."""

    server: Server
    url: str
    plain: str
    paper: Path
    folder: Path

    def visitor(self, address: str = "127.0.0.1") -> httpx.Client:
        """Somebody whose packets come from this address."""
        trust = ssl.create_default_context(cafile=str(self.paper))
        transport = httpx.HTTPTransport(verify=trust, local_address=address)
        return httpx.Client(base_url=self.url, transport=transport)


def example(language: str) -> str:
    """The block of this language on the page."""
    found = re.search(rf"```{language}\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert found
    return found[1]


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


@contextlib.contextmanager
def nginx(folder: Path, text: str, port: int) -> Iterator[None]:
    (folder / "nginx.conf").write_text(text)
    assert NGINX
    process = subprocess.Popen([NGINX, "-p", folder, "-c", folder / "nginx.conf"])
    with process:
        try:
            while True:
                assert process.poll() is None, (folder / "error.log").read_text()
                with contextlib.suppress(ConnectionRefusedError):
                    socket.create_connection(("127.0.0.1", port)).close()
                    break
                time.sleep(0.01)
            yield
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp("proxy")
    key, paper = folder / "key.pem", folder / "paper.pem"
    certify(key, paper, 100)
    safe, plain = free_port(), free_port()
    config = example("toml").replace("https://chat.example.org", f"https://127.0.0.1:{safe}")
    (folder / "config.toml").write_text(config.replace('"invite"', '"open"'))
    with serving("--set", "rate_limits.upload=100/1", cwd=folder) as server:
        text = example("nginx")
        for was, becomes in (
            ("127.0.0.1:8000", f"127.0.0.1:{server.port}"),
            ("listen 443 ssl", f"listen 127.0.0.1:{safe} ssl"),
            ("listen 80", f"listen 127.0.0.1:{plain}"),
            ("/etc/letsencrypt/live/chat.example.org/fullchain.pem", str(paper)),
            ("/etc/letsencrypt/live/chat.example.org/privkey.pem", str(key)),
            ("server_name chat.example.org", "server_name 127.0.0.1"),
        ):
            assert was in text
            text = text.replace(was, becomes)
        root = "user root;" if Path.home() == Path("/root") else ""
        text = MAIN.format(folder=folder, example=text, user=root)
        with nginx(folder, text, safe):
            url = f"https://127.0.0.1:{safe}"
            yield Front(server, url, f"http://127.0.0.1:{plain}", paper, folder)


def moved_in(visitor: httpx.Client, name: str) -> dict[str, Any]:
    """Somebody with an account; the visitor speaks for them from here on."""
    body = {"username": name, "email": f"{name}@example.org", "password": PASSWORD}
    made = visitor.post("/auth/register", json=body)
    assert made.status_code == 201, made.text
    visitor.headers["Authorization"] = f"Bearer {made.json()['token']}"
    told: dict[str, Any] = made.json()
    return told


async def test_events_come_through(front: Front) -> None:
    with front.visitor() as ann:
        token = moved_in(ann, "ann")["token"]
        trust = ssl.create_default_context(cafile=str(front.paper))
        async with dial(f"wss{front.url.removeprefix('https')}/gateway", ssl=trust) as line:
            await line.say(2, token=token)
            assert (await line.hear())["t"] == "READY"
            notes = ann.get("/users/@me/notes").json()["id"]
            ann.post(f"/channels/{notes}/messages", json={"content": "soup"})
            heard = [await line.hear(), await line.hear()]
            assert "MESSAGE_CREATE" in {frame["t"] for frame in heard}


def test_a_large_upload_is_with_the_server_while_it_goes_on(front: Front) -> None:
    incoming = front.folder / "data" / "uploads" / ".incoming"
    with front.visitor() as bob:
        moved_in(bob, "bob")
        notes = bob.get("/users/@me/notes").json()["id"]
        head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
        end = b"\r\n--x--\r\n"

        def body() -> Iterator[bytes]:
            yield head
            for sent in range(0, SIZE, 1 << 20):
                if sent == HALF:
                    while sum(path.stat().st_size for path in incoming.iterdir()) < HALF // 2:
                        time.sleep(0.01)
                yield LEEK
            yield end

        headers = {
            "Content-Type": "multipart/form-data; boundary=x",
            "Content-Length": str(len(head) + SIZE + len(end)),
        }
        path = f"/channels/{notes}/attachments"
        answer = bob.post(path, content=body(), headers=headers, timeout=60)
        assert answer.status_code == 200, answer.text
        assert answer.json()["size"] == SIZE
        got = bob.get(answer.json()["url"])
        assert got.content == LEEK * (SIZE >> 20)
    assert list((front.folder / "body").iterdir()) == []


def test_visitors_are_told_apart_and_not_believed(front: Front) -> None:
    with front.visitor("127.0.0.2") as cem:
        cem.headers["X-Forwarded-For"] = "203.0.113.7"
        moved_in(cem, "cem")
        (session,) = cem.get("/auth/sessions").json()
    assert session["ip_address"] == "127.0.0.2"


def test_whoever_comes_without_tls_is_sent_to_it(front: Front) -> None:
    with socket.create_connection(("127.0.0.1", int(front.plain.rpartition(":")[2]))) as line:
        line.sendall(b"GET /a?b HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        answer = line.recv(1000).decode()
    assert answer.startswith("HTTP/1.1 301")
    assert "Location: https://127.0.0.1/a?b\r\n" in answer


def test_the_doctor_finds_the_example_well(front: Front) -> None:
    paper = {"SSL_CERT_FILE": str(front.paper)}
    typed("backup", "create", cwd=front.folder)
    ended = run("doctor", "--all", "--json", cwd=front.folder, **paper)
    assert ended.code == 0, ended.out
    found = {one["about"]: one["state"] for one in json.loads(ended.out)}
    assert found["proxy"] == found["uploads"] == found["websocket"] == found["tls"] == "good"
