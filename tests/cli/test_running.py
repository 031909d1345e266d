"""The server as the terminal sees it, and ends it."""

import asyncio
import json
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.api.line import dial
from tests.cli.conftest import CALM, Place, copied
from tests.running import PROGRAM, environment, run, serving


def test_status_tells_the_same_up_and_down(place: Place) -> None:
    told = json.loads(place.done("status", "--json"))
    assert (told["people"], told["servers"], told["ailments"]) == (4, 1, [])
    assert told["directory"] == str(place.folder / "data")
    assert told["database_bytes"] > 4096
    if place.server is None:
        assert (told["state"], told["uptime_seconds"], told["addresses"]) == ("stopped", None, [])
    else:
        assert told["state"] == "running"
        assert told["addresses"] == [place.server.url]
    lines = place.done("status").splitlines()
    assert lines[0].split()[1] == told["state"]
    assert ["backup:", "none"] in [line.split() for line in lines]
    assert max(map(len, lines)) <= 80


def test_status_knows_the_newest_backup(place: Place) -> None:
    path = json.loads(place.done("backup", "create", "--json"))["path"]
    last = json.loads(place.done("status", "--json"))["last_backup"]
    assert (last["path"], last["verified_at"], last["fault"]) == (path, None, "")
    assert "never verified" in place.done("status")
    Path(path).unlink()


async def test_maintenance_is_told_to_everybody(up: Place) -> None:
    assert up.server is not None
    async with dial(f"ws://127.0.0.1:{up.server.port}/gateway") as line:
        await line.say(2, token=up.tokens["bob"])
        assert (await line.hear())["t"] == "READY"
        on = ("maintenance", "on", "a larger disk", "--for", "30m")
        told = await asyncio.to_thread(up.done, *on)
        assert told == "maintenance is announced; 1 people are connected\n"
        while (await line.hear())["op"] != 12:
            pass
    status = httpx.get(f"{up.server.url}/status").json()
    assert (status["state"], status["maintenance_message"]) == ("maintenance", "a larger disk")
    assert status["estimated_downtime_seconds"] == 1800
    assert up.done("status").splitlines()[0].endswith(": a larger disk")
    assert up.done("maintenance", "off") == "maintenance is over\n"
    assert httpx.get(f"{up.server.url}/status").json()["state"] == "running"


@pytest.mark.parametrize("verb", ["stop", "maintenance on", "maintenance off"])
def test_what_needs_a_server_says_that_none_runs(verb: str, down: Place) -> None:
    assert down.refused(*verb.split()) == f"no server runs on {down.folder / 'data'}"


def test_stop_returns_when_the_folder_is_free(settled: Place, tmp_path: Path) -> None:
    place = copied(settled, tmp_path / "town")
    with serving(cwd=place.folder, **CALM) as server:
        ended = run("stop", cwd=place.folder)
        assert (ended.code, ended.out, ended.err) == (0, "the server has stopped\n", "")
        assert server.process.wait(30) == 0
    assert run("stop", cwd=place.folder).code == 1


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_printed_for_each_shell(shell: str, down: Place) -> None:
    assert f"_PLEXICHAT_COMPLETE={shell}_complete" in down.done("completion", shell)


def test_bash_completes_what_it_was_taught(tmp_path: Path) -> None:
    (tmp_path / "plexichat").symlink_to(PROGRAM[-1])
    more = {"PATH": f"{tmp_path}:{Path(PROGRAM[0]).parent}:{environment({})['PATH']}"}
    script = """
        source <(plexichat completion bash)
        COMP_WORDS=(plexichat user re) COMP_CWORD=2
        _plexichat_completion plexichat
        printf '%s\\n' "${COMPREPLY[@]}"
    """
    done = subprocess.run(
        ["bash", "--norc", "-c", script], env=environment(more), capture_output=True, text=True,
        cwd=tmp_path,
    )  # fmt: skip
    assert done.stdout.split() == ["recovery-link", "rename"], done.stderr
