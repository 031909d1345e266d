"""What a verb prints: data as JSON, sizes for people, and how far it has come."""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator

import click
import msgspec

QUIET_SECONDS = 1.0

Tell = Callable[[str, int, int], None]


def print_json(value: object) -> None:
    click.echo(msgspec.json.format(msgspec.json.encode(value)))


def size(count: int) -> str:
    """A number of bytes for people: "912 B", "3.4 MB"."""
    if count < 1000:
        return f"{count} B"
    power = min((len(str(count)) - 1) // 3, 4)
    return f"{count / 1000**power:.1f} {' kMGT'[power]}B"


def print_link(url: str) -> None:
    """A link, and where a person reads it the code that a phone's camera takes it from."""
    from plexichat.core import qr

    click.echo(url)
    if sys.stdout.isatty():
        click.echo(qr.lines(url))


@contextlib.contextmanager
def progress() -> Iterator[Tell]:
    """A line on stderr that says how far the work is, once it has taken a second."""
    begun = told_at = time.monotonic()
    on_terminal = sys.stderr.isatty()
    told = False

    def tell(what: str, done: int, total: int) -> None:
        nonlocal told_at, told
        now = time.monotonic()
        if now - begun < QUIET_SECONDS or (not on_terminal and now - told_at < QUIET_SECONDS):
            return
        told_at, told = now, True
        before, after = ("\r\x1b[K", "") if on_terminal else ("", "\n")
        line = f"{before}{what}: {size(done)} of {size(total)}{after}"
        print(line, end="", file=sys.stderr, flush=True)

    try:
        yield tell
    finally:
        if told and on_terminal:
            print(file=sys.stderr)
