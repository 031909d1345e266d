"""The program as a user runs it: real processes, real folders, real sockets."""

import contextlib
import io
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import httpx
import pytest

from plexichat import cli
from tests.cast import PASSWORD

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = [sys.executable, str(ROOT / "plexichat.py")]
QUICK = {"PLEXICHAT__PASSWORDS__BCRYPT_COST": "4", "PLEXICHAT__STORAGE__RESERVE_BYTES": "0"}
PATIENCE_SECONDS = 30


@dataclass(frozen=True)
class Ended:
    """A verb that has run to its end."""

    code: int
    out: str
    err: str


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """Ours without what would configure the program, and with what makes hashing quick."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PLEXICHAT_")}
    return {**clean, **QUICK, **more}


def run(*arguments: str, cwd: Path, stdin: str = "", **more: str) -> Ended:
    """Run a verb in a folder; `more` is environment."""
    done = subprocess.run(
        [*PROGRAM, *arguments],
        cwd=cwd,
        input=stdin,
        env=environment(more),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def typed(*arguments: str, cwd: Path, stdin: str = "", **more: str) -> Ended:
    """Run a verb like `run`, but in this process: a new one takes ten times as long to begin."""
    out, err = io.StringIO(), io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        patch.chdir(cwd)
        patch.setattr(os, "environ", environment(more))
        patch.setattr(sys, "argv", [PROGRAM[-1], *arguments])
        patch.setattr(sys, "stdin", io.StringIO(stdin))
        with pytest.raises(SystemExit) as ended:
            cli.main()
    code = ended.value.code or 0
    assert isinstance(code, int)
    return Ended(code, out.getvalue(), err.getvalue())


@dataclass
class Server:
    """A server that is ready."""

    process: subprocess.Popen[str]
    ready: str
    errors: IO[bytes]

    @property
    def url(self) -> str:
        return self.ready.split()[4]

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def log(self) -> str:
        return os.pread(self.errors.fileno(), 1 << 24, 0).decode()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_SECONDS)

    def register(self, name: str) -> dict[str, Any]:
        body = {"username": name, "email": f"{name}@example.org", "password": PASSWORD}
        answer = httpx.post(f"{self.url}/auth/register", json=body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())


@contextlib.contextmanager
def serving(*arguments: str, cwd: Path, **more: str) -> Iterator[Server]:
    """A server on a free port with its data in `cwd`, killed in the end if it still runs."""
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            [*PROGRAM, "serve", "--port", "0", *arguments],
            cwd=cwd,
            env=environment(more),
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        with process:
            try:
                assert process.stdout is not None
                ready = process.stdout.readline()
                server = Server(process, ready, errors)
                assert ready, server.log()
                yield server
            finally:
                process.kill()
