"""Links that let people set a new password, made at the terminal with the server up and down."""

import json
import os
import pty
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.cast import PASSWORD
from tests.running import PROGRAM, environment, run, serving, typed

NEW = "beet-and-onion"
TYPED = f"{PASSWORD}\n"


def made(path: Path) -> dict[str, str]:
    ended = run("user", "recovery-link", "ann", "--json", cwd=path)
    assert (ended.code, ended.err) == (0, "")
    link: dict[str, str] = json.loads(ended.out)
    return link


def set_password(url: str, token: str) -> httpx.Response:
    return httpx.post(
        f"{url}/recover", data={"token": token, "password": NEW, "again": NEW}, timeout=30
    )


def test_a_link_made_beside_a_server_or_without_one_sets_a_password(tmp_path: Path) -> None:
    typed("user", "create", "ann", "--password-stdin", cwd=tmp_path, stdin=TYPED)
    before = made(tmp_path)
    assert before["username"] == "ann"
    page, _, token = before["url"].partition("#")
    assert page == "http://127.0.0.1:8000/recover"
    with serving(cwd=tmp_path) as server:
        assert set_password(server.url, token).status_code == 200
        beside = made(tmp_path)["url"]
        page, _, token = beside.partition("#")
        assert page == f"{server.url}/recover"
        assert httpx.get(page).status_code == 200
        assert set_password(server.url, token).status_code == 200
        credentials = {"username": "ann", "password": NEW}
        assert httpx.post(f"{server.url}/auth/login", json=credentials).status_code == 200
        missing = typed("user", "recovery-link", "bob", cwd=tmp_path)
        assert (missing.code, missing.out) == (1, "")
        assert missing.err == "plexichat: there is nobody called bob\n"
        server.stop()
        assert token not in server.log()


@pytest.mark.parametrize("on_terminal", [False, True])
def test_a_terminal_shows_the_code_for_a_camera_too(tmp_path: Path, on_terminal: bool) -> None:
    typed("user", "create", "ann", "--password-stdin", cwd=tmp_path, stdin=TYPED)
    ours, theirs = pty.openpty()
    read, write = os.pipe()
    with subprocess.Popen(
        [*PROGRAM, "user", "recovery-link", "ann"],
        cwd=tmp_path,
        env=environment({}),
        stdout=theirs if on_terminal else write,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        os.close(theirs)
        os.close(write)
        told = b""
        try:
            while part := os.read(ours if on_terminal else read, 65536):
                told += part
        except OSError:  # a terminal says so that nobody is at its other end
            pass
        assert process.stderr is not None
        assert "ann sets a new password at:" in process.stderr.read()
    os.close(ours)
    os.close(read)
    assert process.returncode == 0
    lines = told.decode().split()
    assert lines[0].startswith("http://127.0.0.1:8000/recover#recovery.")
    assert ("▀" in told.decode()) == on_terminal
