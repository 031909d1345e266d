"""Changing options in the configuration file, and nothing else there: comments and order stay.

What would not be right afterwards is refused before the file is touched; then it is replaced whole.
"""

import json
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from plexichat.config.kinds import from_text
from plexichat.config.options import OPTIONS, Config
from plexichat.config.sources import (
    ConfigError,
    Given,
    accept,
    flat,
    in_toml,
    made,
    read_file,
)

Plain = str | int | bool | list[str]


def changed(path: Path, wanted: Mapping[str, Plain]) -> str:
    """The text of the file with these options as wanted, refused if that is not right."""
    before = text = read_file(path) if path.exists() else ""
    list(in_toml(before, path))
    for key, value in wanted.items():
        accept(Given(key, value, str(path)))
        section, _, name = key.partition(".")
        text = "".join(put(text.splitlines(keepends=True), section, name, toml(value)))
        check(text, path)
        if dict(flat(tomllib.loads(text))).get(key) != value:
            raise ConfigError(f"{path}: {key} is written there in a way to be changed by hand")
    return text


def check(text: str, path: Path) -> Config:
    """The configuration that a file of this text would make."""
    return made(in_toml(text, path), path)


def replace(path: Path, text: str) -> None:
    """Put a text in the place of the file, whole or not at all."""
    path = path.resolve()
    new = path.with_name(f"{path.name}.new")
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o600
    try:
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise ConfigError(f"{path} cannot be written: {error.strerror}") from error


def plain(key: str, text: str) -> Plain:
    """What somebody typed as an option's value, as the file would hold it."""
    value = from_text(OPTIONS.get(key), text)
    assert isinstance(value, str | int | bool | list)
    return value


def toml(value: Plain) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def put(lines: list[str], section: str, name: str, value: str) -> list[str]:
    """The lines with one option set: where it stands, else below where it is commented out."""
    line = f"{name} = {value}\n"
    begin, end = extent(lines, section)
    if begin is None:
        gap = ["\n"] if lines else []
        return [*ended(lines), *gap, f"[{section}]\n", line]
    place = begin
    for number in range(begin, end):
        if re.match(rf"\s*(?:{name}|\"{name}\")\s*=", lines[number]):
            return [*lines[:number], line, *lines[after(lines, number, end) :]]
        if re.match(rf"#\s*{name}\s*=", lines[number]):
            place = number + 1
    return [*ended(lines[:place]), line, *lines[place:]]


def extent(lines: list[str], section: str) -> tuple[int | None, int]:
    """From the line after a section's head to the one after its end; None if there is no such."""
    begin = None
    for number, line in enumerate(lines):
        if begin is None:
            if re.match(rf"\s*\[\s*{section}\s*\]\s*(#.*)?$", line):
                begin = number + 1
        elif re.match(r"\s*\[[^\]]*\]\s*(#.*)?$", line) and whole(lines[begin:number]):
            return begin, number
    return begin, len(lines)


def after(lines: list[str], begin: int, end: int) -> int:
    """The line behind the option that begins in one."""
    for number in range(begin + 1, end + 1):
        if whole(lines[begin:number]):
            return number
    return end


def whole(lines: list[str]) -> bool:
    """Whether no value is left open at the end of these lines."""
    try:
        tomllib.loads("".join(lines))
    except tomllib.TOMLDecodeError:
        return False
    return True


def ended(lines: list[str]) -> list[str]:
    """The lines, the last one with its end."""
    return [*lines[:-1], lines[-1].rstrip("\r\n") + "\n"] if lines else []
