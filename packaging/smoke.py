"""Try an executable as somebody would who has nothing else: `python3 packaging/smoke.py FILE`.

It is started in an empty folder with an empty environment and no Python to be found. A person
registers, sends a message and uploads a picture; then the server stops, and finds all of it again.
"""

import json
import re
import signal
import struct
import subprocess
import sys
import tempfile
import urllib.request
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

BARE = {"PATH": "/nonexistent"}
SQLITE = (3, 51, 3)
PATIENCE_SECONDS = 60
PERSON = {"username": "ann", "email": "ann@example.org", "password": "leek-and-barley"}


def main(executable: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        version = json.loads(run(executable, folder, "version", "--json"))
        assert tuple(map(int, version["sqlite"].split("."))) >= SQLITE, version
        print(f"smoke: version {version}")
        with serving(executable, folder) as url:
            token = ask(url, "/auth/register", PERSON)["token"]
            channel = ask(url, "/users/@me/notes", token=token)["id"]
            ask(url, f"/channels/{channel}/messages", {"content": "soup at seven?"}, token)
            avatar = upload(url, "/users/@me/avatar", picture(700), token)
            with urllib.request.urlopen(re.sub(r"https?://[^/]+", url, avatar)) as answer:
                assert answer.headers["content-type"] == "image/png", answer.headers
                shown = answer.read()
            assert struct.unpack(">II", shown[16:24]) == (512, 512), "it was not made smaller"
            told = run(executable, folder, "db", "check")
            assert "sound" in told, told
        print("smoke: registered, sent, uploaded a picture, checked the database, stopped")
        with serving(executable, folder) as url:
            said = ask(url, f"/channels/{channel}/messages", token=token)
            assert [message["content"] for message in said] == ["soup at seven?"]
        print("smoke: found it all again")


def run(executable: Path, folder: str, *verb: str) -> str:
    done = subprocess.run(
        [executable, *verb], cwd=folder, env=BARE, capture_output=True, text=True,
        timeout=PATIENCE_SECONDS,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def serving(executable: Path, folder: str) -> Iterator[str]:
    with subprocess.Popen(
        [executable, "serve", "--port", "0"], cwd=folder, env=BARE, stdout=subprocess.PIPE,
        text=True,
    ) as server:  # fmt: skip
        try:
            assert server.stdout is not None
            ready = server.stdout.readline()
            assert ready.startswith("Plexichat is ready on "), ready
            yield ready.split()[4]
            server.send_signal(signal.SIGTERM)
            assert server.wait(PATIENCE_SECONDS) == 0
        finally:
            server.kill()


def ask(url: str, path: str, body: object = None, token: str | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    return send(url, path, data, "application/json", token)


def upload(url: str, path: str, data: bytes, token: str) -> str:
    """Upload a picture of oneself; return where it is."""
    head = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
    form = head.encode() + data + b"\r\n--x--\r\n"
    answer = send(url, path, form, "multipart/form-data; boundary=x", token)
    return str(answer["avatar_url"])


def send(url: str, path: str, data: bytes | None, kind: str, token: str | None) -> Any:
    request = urllib.request.Request(url + path, data)
    request.add_header("Content-Type", kind)
    if token is not None:
        request.add_header("Authorization", f"Bearer {token}")
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read())


def picture(side: int) -> bytes:
    """A PNG of one colour."""
    rows = (b"\0" + b"\x40\x60\x80" * side) * side
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
