"""The first thing an admin types."""

import contextlib
import fcntl
import os
import subprocess
import termios
import tomllib
from collections.abc import Callable
from pathlib import Path

import httpx

from tests.cast import PASSWORD
from tests.running import PATIENCE_SECONDS, PROGRAM, Ended, environment, run, serving, typed


def begin(cwd: Path, *arguments: str, by: Callable[..., Ended] = typed) -> Ended:
    owner = ("--owner", "ann", "--password-stdin")
    return by("init", *owner, *arguments, cwd=cwd, stdin=f"{PASSWORD}\n")


def test_init_leaves_a_server_whose_owner_can_log_in(tmp_path: Path) -> None:
    begun = begin(tmp_path, by=run)
    assert (begun.code, begun.err) == (0, "")
    assert "plexichat.py serve" in begun.out.splitlines()[-1]
    with serving(cwd=tmp_path) as server:
        body = {"username": "ann", "password": PASSWORD}
        assert httpx.post(f"{server.url}/auth/login", json=body).status_code == 200


class Terminal:
    """A program on a terminal, and somebody who answers what it asks."""

    def __init__(self, *arguments: str, cwd: Path) -> None:
        self._ours, theirs = os.openpty()
        self.said = ""
        self._process = subprocess.Popen(
            [*PROGRAM, *arguments],
            cwd=cwd,
            env=environment({}),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(theirs)

    def answer(self, question: str, answer: str) -> None:
        while question not in self.said:
            self.said += os.read(self._ours, 1000).decode()
        self.said = ""
        os.write(self._ours, f"{answer}\n".encode())

    def wait(self) -> int:
        with contextlib.suppress(OSError):  # the other end has gone
            while said := os.read(self._ours, 1000):
                self.said += said.decode()
        os.close(self._ours)
        return self._process.wait(PATIENCE_SECONDS)


def test_on_a_terminal_it_asks_for_what_it_needs(tmp_path: Path) -> None:
    terminal = Terminal("init", cwd=tmp_path)
    terminal.answer("Name of the owner: ", "ann")
    terminal.answer("Password: ", PASSWORD)
    terminal.answer("Repeat for confirmation: ", "mistyped")
    terminal.answer("Password: ", PASSWORD)
    terminal.answer("Repeat for confirmation: ", PASSWORD)
    assert terminal.wait() == 0
    assert "ann has an account" in terminal.said
    assert PASSWORD not in terminal.said


def test_the_configuration_it_writes_changes_nothing_yet(tmp_path: Path) -> None:
    before = typed("config", "show", "--json", cwd=tmp_path).out
    begin(tmp_path)
    assert typed("config", "show", "--json", cwd=tmp_path).out == before
    assert "# port = 8000" in (tmp_path / "config.toml").read_text()


def test_every_line_of_it_may_be_uncommented(tmp_path: Path) -> None:
    begin(tmp_path)
    path = tmp_path / "config.toml"
    head, rest = path.read_text().split("\n\n", 1)
    path.write_text(head + "\n\n" + rest.replace("# ", ""))
    assert typed("config", "check", cwd=tmp_path).code == 0


def test_what_is_given_is_written_down(tmp_path: Path) -> None:
    begin(tmp_path, "--data", "house", "--set", "server.port=0", "--set", "messages.max_length=9")
    written = tomllib.loads((tmp_path / "config.toml").read_text())
    assert written["storage"] == {"directory": "house"}
    assert written["messages"] == {"max_length": 9}
    assert (tmp_path / "house" / "plexichat.db").is_file()


def test_a_configuration_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("# mine\n")
    begun = begin(tmp_path)
    assert (begun.code, begun.out) == (1, "")
    assert "config.toml is there already" in begun.err
    assert (tmp_path / "config.toml").read_text() == "# mine\n"
    assert not (tmp_path / "data").exists()


def test_a_data_folder_in_use_is_left_as_it_is(tmp_path: Path) -> None:
    assert begin(tmp_path).code == 0
    (tmp_path / "config.toml").unlink()
    begun = begin(tmp_path)
    assert begun.code == 1
    assert "user create NAME --admin" in begun.err
    assert not (tmp_path / "config.toml").exists()


def test_a_refused_owner_leaves_no_configuration_behind(tmp_path: Path) -> None:
    begun = typed("init", "--owner", "ann", "--password-stdin", cwd=tmp_path, stdin="short\n")
    assert begun.code == 1
    assert "Weak password" in begun.err
    assert not (tmp_path / "config.toml").exists()
    assert begin(tmp_path).code == 0


def test_the_start_it_names_uses_the_configuration_it_wrote(tmp_path: Path) -> None:
    begun = begin(tmp_path, "--config", "other.toml")
    assert begun.code == 0
    assert begun.out.splitlines()[-1].endswith(f"--config {tmp_path / 'other.toml'} serve")
