"""Showing what the server said."""

import contextlib
import datetime as dt
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import PROGRAM, environment, serving, typed

NOW = dt.datetime.now(dt.UTC)


def line(message: str, level: str = "info", hours: float = 0, **more: str) -> str:
    at = (NOW - dt.timedelta(hours=hours)).isoformat(timespec="milliseconds")
    told = {"time": at, "level": level, "logger": "plexichat.x", "message": message, **more}
    return json.dumps(told) + "\n"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log in three parts."""
    path = tmp_path / "data" / "logs" / "plexichat.log"
    path.parent.mkdir(parents=True)
    path.with_name("plexichat.log.10").write_text(line("the first", hours=50))
    path.with_name("plexichat.log.9").write_text(line("the second", "error", 3, error="Why\n  so"))
    path.write_text(line("the third", "warning", 1) + line("the fourth") + '{"time": "hal')
    return path


def shown(cwd: Path, *arguments: str) -> list[str]:
    ended = typed("logs", "--json", *arguments, cwd=cwd)
    assert (ended.code, ended.err) == (0, "")
    return [json.loads(told)["message"] for told in ended.out.splitlines()]


@pytest.mark.parametrize(
    ("arguments", "messages"),
    [
        ((), ["first", "second", "third", "fourth"]),
        (("-n", "2"), ["third", "fourth"]),
        (("--level", "warning"), ["second", "third"]),
        (("--level", "error", "-n", "5"), ["second"]),
        (("--since", "2h"), ["third", "fourth"]),
        (("--since", "THEN"), ["second", "third", "fourth"]),
    ],
    ids=" ".join,
)
def test_the_lines_that_are_wanted(
    arguments: tuple[str, ...], messages: list[str], log: Path, tmp_path: Path
) -> None:
    then = (NOW - dt.timedelta(hours=4)).isoformat()
    given = (argument.replace("THEN", then) for argument in arguments)
    assert shown(tmp_path, *given) == [f"the {message}" for message in messages]


def test_people_read_lines_as_the_server_writes_them(log: Path, tmp_path: Path) -> None:
    out = typed("logs", "-n", "3", cwd=tmp_path).out
    at = (NOW - dt.timedelta(hours=3)).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    assert out.startswith(f"{at} ERROR   plexichat.x: the second\nWhy\n  so\n")


def test_a_server_is_followed_and_so_is_the_next_part(tmp_path: Path) -> None:
    with serving(cwd=tmp_path) as server:
        assert server.stop() == 0
    path = tmp_path / "data" / "logs" / "plexichat.log"
    with following(tmp_path) as lines:
        assert any(f"ready on {server.url}, version a." in told for told in lines)
        assert any(told.endswith("plexichat.serving: stopped\n") for told in lines)
        with path.open("a") as more:
            more.write(line("one more"))
        assert next(lines).endswith("one more\n")
        path.rename(f"{path}.1")
        path.write_text(line("anew"))
        assert next(lines).endswith("anew\n")


@contextlib.contextmanager
def following(cwd: Path) -> Iterator[Iterator[str]]:
    """What `logs --follow` prints."""
    command = [*PROGRAM, "logs", "--follow"]
    with subprocess.Popen(
        command, cwd=cwd, env=environment({}), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield iter(process.stdout)
        finally:
            process.kill()


def test_where_nothing_is_kept_it_says_so(tmp_path: Path) -> None:
    for keep, sentence in (("", "no log is kept"), ("here.log", "there is no log at")):
        ended = typed("logs", "--set", f"logging.file={keep}", cwd=tmp_path)
        assert (ended.code, ended.out) == (1, "")
        assert sentence in ended.err
    assert typed("logs", "--since", "soon", cwd=tmp_path).code == 2
