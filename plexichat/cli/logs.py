"""The verb that shows what the server said."""

import contextlib
import datetime as dt
import json
import os
import re
import time
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, Final

import click

from plexichat.cli.options import Sources, given

LEVELS: Final = ("debug", "info", "warning", "error", "critical")
SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
LOOKING_SECONDS: Final = 0.2

Line = dict[str, Any]


def moment_given(
    context: click.Context, parameter: click.Parameter, value: str | None
) -> dt.datetime | None:
    """A time, or how long ago."""
    if value is None:
        return None
    if ago := re.fullmatch(r"(\d{1,6})([smhd])", value):
        seconds = int(ago[1]) * SECONDS[ago[2]]
        return dt.datetime.now(dt.UTC) - dt.timedelta(seconds=seconds)
    try:
        return dt.datetime.fromisoformat(value).astimezone()
    except ValueError:
        told = f'{value!r} is neither like "2h" nor like "2026-10-31 13:00"'
        raise click.BadParameter(told, context, parameter) from None


@click.command()
@click.option("-n", "--lines", "number", default=50, type=click.IntRange(0), help="How many.")
@click.option("-f", "--follow", is_flag=True, help="Go on with what is said from now on.")
@click.option(
    "--level", type=click.Choice(LEVELS[:4]), default="debug", help="Nothing less urgent."
)
@click.option(
    "--since", metavar="TIME", callback=moment_given, help="Nothing older: 30m, 2h, 7d, or a time."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead, one object a line.")
@given
def logs(
    sources: Sources, number: int, follow: bool, level: str, since: dt.datetime | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Show the last lines of the server's log, whether it runs or not.

    \b
    Examples:
      logs
      logs --follow --level warning
      logs --since 2h -n 1000
    """
    from plexichat.logs import file

    config = sources.load()
    path = file(config.logging, Path(config.storage.directory))
    if path is None:
        raise click.ClickException('no log is kept: logging.file is ""; ask the journal')
    if not path.exists():
        raise click.ClickException(f"there is no log at {path}")

    def show(lines: Iterable[Line]) -> None:
        for line in lines:
            click.echo(json.dumps(line, ensure_ascii=False) if as_json else human(line))

    def wanted(lines: Iterable[str]) -> Iterator[Line]:
        urgent = LEVELS[LEVELS.index(level) :]
        for line in filter(None, map(read, lines)):
            if line["level"] in urgent and (since is None or moment(line) >= since):
                yield line

    with contextlib.ExitStack() as opened:
        newest: IO[str] = opened.enter_context(path.open(encoding="utf-8"))
        show(deque(wanted((*older(path), *newest)), maxlen=number))
        with contextlib.suppress(KeyboardInterrupt):
            while follow:
                show(wanted(newest))
                time.sleep(LOOKING_SECONDS)
                newest = current(path, newest, opened)


def older(path: Path) -> Iterator[str]:
    """The lines of the log's older parts, the oldest first."""
    parts = sorted(path.parent.glob(f"{path.name}.*"), key=lambda part: -int(part.suffix[1:]))
    for part in parts:
        with part.open(encoding="utf-8") as lines:
            yield from lines


def current(path: Path, reading: IO[str], opened: contextlib.ExitStack) -> IO[str]:
    """The file that is written to: what is read, until the server begins another."""
    with contextlib.suppress(FileNotFoundError):
        if not os.path.samestat(path.stat(), os.fstat(reading.fileno())):
            return opened.enter_context(path.open(encoding="utf-8"))
    return reading


def read(line: str) -> Line | None:
    """A line of the log; None for what is none, such as one that is not written to its end."""
    try:
        told: Line = json.loads(line)
        return told if {"time", "level", "logger", "message"} <= told.keys() else None
    except (ValueError, AttributeError):
        return None


def moment(line: Line) -> dt.datetime:
    return dt.datetime.fromisoformat(line["time"])


def human(line: Line) -> str:
    """The line as the server has it on its terminal."""
    at = moment(line).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    told = f"{at} {line['level'].upper():7} {line['logger']}: {line['message']}"
    return f"{told}\n{line['error']}" if "error" in line else told
