"""What a verb prints: data as JSON, sizes for people, and how far it has come."""

import contextlib
import datetime as dt
import shutil
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence

import click
import msgspec

QUIET_SECONDS = 1.0
BAR = 30

Tell = Callable[[str, int, int], None]


def print_json(value: object) -> None:
    click.echo(msgspec.json.format(msgspec.json.encode(plain(value)).decode()))


def plain(value: object) -> object:
    """An answer of the door without the tags by which its kinds are told apart."""
    match value:
        case msgspec.Struct():
            return {name: plain(getattr(value, name)) for name in value.__struct_fields__}
        case list() | tuple():
            return [plain(each) for each in value]
        case _:
            return value


def size(count: int) -> str:
    """A number of bytes for people: "912 B", "3.4 MB"."""
    if count < 1000:
        return f"{count} B"
    power = min((len(str(count)) - 1) // 3, 4)
    return f"{count / 1000**power:.1f} {' kMGT'[power]}B"


def age(seconds: float) -> str:
    """A span of time for people, in its largest unit: "1 minute", "3 days"."""
    for unit, length in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            count = int(seconds // length)
            return f"{count} {unit}{'s' * (count > 1)}"
    return "moments"


def bar(done: int, total: int) -> str:
    filled = BAR if done >= total else BAR * done // total
    return f"[{'#' * filled}{'.' * (BAR - filled)}]"


def print_link(url: str) -> None:
    """A link, and where a person reads it the code that a phone's camera takes it from."""
    from plexichat.core import qr

    click.echo(url)
    if sys.stdout.isatty():
        click.echo(qr.lines(url))


def clean(text: str) -> str:
    """What somebody wrote, without what would command a terminal."""
    return "".join(each if each.isprintable() else "\ufffd" for each in text)


def when(moment: dt.datetime | None, otherwise: str = "-") -> str:
    """A moment by the clock of this machine."""
    return otherwise if moment is None else f"{moment.astimezone():%Y-%m-%d %H:%M}"


def span(seconds: int) -> str:
    """A time that has passed: "50 s", "12 min", "3 h", "9 days"."""
    for unit, word in ((172_800, "days"), (7200, "h"), (120, "min")):
        if seconds >= unit:
            return f"{seconds // {'days': 86_400, 'h': 3600, 'min': 60}[word]} {word}"
    return f"{seconds} s"


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]], none: str) -> None:
    """Rows under their head, cut to the terminal if there is one; without any, say `none`."""
    if not rows:
        click.echo(none, err=True)
        return
    lines = [head, *([clean(cell) for cell in row] for row in rows)]
    widths = [max(width(line[column]) for line in lines) for column in range(len(head))]
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for line in lines:
        cells = (cell + " " * (wide - width(cell)) for cell, wide in zip(line, widths, strict=True))
        text = "  ".join(cells).rstrip()
        click.echo(text if room is None or width(text) <= room else cut(text, room))


def print_facts(*facts: tuple[str, str]) -> None:
    """What is known of one thing, a line each."""
    wide = max(len(name) for name, _ in facts)
    for name, value in facts:
        click.echo(f"{name + ':':{wide + 1}} {clean(value)}")


def width(text: str) -> int:
    """How many columns a terminal takes for a text."""
    return sum(
        0 if unicodedata.combining(each) else 1 + (unicodedata.east_asian_width(each) in "WF")
        for each in text
    )


def cut(text: str, room: int) -> str:
    while width(text) >= room:
        text = text[:-1]
    return f"{text}…"


@contextlib.contextmanager
def progress() -> Iterator[Tell]:
    """A line on stderr that says how far the work is, once it has taken a second.

    On a terminal it is one line with a bar that fills.
    """
    begun = told_at = time.monotonic()
    on_terminal = sys.stderr.isatty()
    told = False

    def tell(what: str, done: int, total: int) -> None:
        nonlocal told_at, told
        now = time.monotonic()
        if now - begun < QUIET_SECONDS or (not on_terminal and now - told_at < QUIET_SECONDS):
            return
        told_at, told = now, True
        line = f"{what}: {size(done)} of {size(total)}"
        line = f"\r\x1b[K{line} {bar(done, total)}" if on_terminal else f"{line}\n"
        print(line, end="", file=sys.stderr, flush=True)

    try:
        yield tell
    finally:
        if told and on_terminal:
            print(file=sys.stderr)
