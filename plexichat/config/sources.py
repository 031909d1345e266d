"""Where options come from: the defaults, then the TOML file, the environment and `--set`.

A later source wins. What is unknown or cannot be used is refused in one sentence that names the
place, the option and, if it is unknown, the nearest one that exists.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from types import MappingProxyType
from typing import Any

from plexichat.config.kinds import from_text, read, shown, words
from plexichat.config.options import OPTIONS, SECTIONS, Config

PREFIX = "PLEXICHAT__"


class ConfigError(Exception):
    """A configuration that is refused; the text is one sentence for the operator."""


def locate(option: Path | None, environ: Mapping[str, str], cwd: Path) -> Path | None:
    """The file to load: what `--config` or PLEXICHAT_CONFIG names, else `config.toml` if there."""
    if option is not None:
        return cwd / option
    if named := environ.get("PLEXICHAT_CONFIG"):
        return cwd / named
    usual = cwd / "config.toml"
    return usual if usual.is_file() else None


def load(path: Path | None, environ: Mapping[str, str], overrides: Sequence[str]) -> Config:
    """Read the whole configuration; raises ConfigError on the first thing that is not right.

    `overrides` are texts of the form `section.key=value`.
    """
    return made((*in_file(path), *in_environment(environ), *in_overrides(overrides)), path)


def made(sources_in_order: Iterable["Given"], path: Path | None) -> Config:
    """The configuration that comes of what the sources give."""
    chosen: dict[str, dict[str, Any]] = {name: {} for name in SECTIONS}
    sources: dict[str, str] = {}
    for given in sources_in_order:
        value = accept(given)
        section, _, name = given.key.partition(".")
        chosen[section][name] = value
        sources[given.key] = given.source
    sections: dict[str, Any] = {name: kind(**chosen[name]) for name, kind in SECTIONS.items()}
    config = Config(**sections, sources=MappingProxyType(sources), path=path)
    refuse_contradictions(config)
    return config


@dataclass(frozen=True, slots=True)
class Given:
    """One option as a source gave it; `toml` is the text of the file if the source is one."""

    key: str
    value: object
    source: str
    toml: str = ""

    @property
    def where(self) -> str:
        return f"{self.source} line {line_of(self.key, self.toml)}" if self.toml else self.source


def in_file(path: Path | None) -> Iterator[Given]:
    if path is not None:
        yield from in_toml(read_file(path), path)


def read_file(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")  # some editors begin a UTF-8 file with a mark
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:  # not UTF-8
        raise ConfigError(f"{path} cannot be read: {error}") from error


def in_toml(toml: str, path: Path) -> Iterator[Given]:
    """What a file gives that holds this text."""
    try:
        document = tomllib.loads(toml)
    except ValueError as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error
    for key, value in flat(document):
        yield Given(key, value, str(path), toml)


def in_environment(environ: Mapping[str, str]) -> Iterator[Given]:
    for name, text in environ.items():
        if name.startswith(PREFIX):
            key = name.removeprefix(PREFIX).lower().replace("__", ".")
            yield Given(key, from_text(OPTIONS.get(key), text), f"environment variable {name}")


def in_overrides(overrides: Sequence[str]) -> Iterator[Given]:
    for override in overrides:
        key, equals, text = override.partition("=")
        if not equals:
            raise ConfigError(f"--set: {shown(override)} is not of the form section.key=value")
        yield Given(key, from_text(OPTIONS.get(key), text), "--set")


def flat(document: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """The options of a TOML document by their full names."""
    for name, table in document.items():
        if isinstance(table, dict) and (table or name in SECTIONS):
            yield from ((f"{name}.{key}", value) for key, value in table.items())
        else:
            yield name, table


def line_of(key: str, toml: str) -> int:
    """The line where `key` begins: with it the text, up to a line where it parses, has the key."""
    lines = toml.split("\n")
    begin = 1
    for end in range(1, len(lines)):
        try:
            document = tomllib.loads("\n".join(lines[:end]))
        except tomllib.TOMLDecodeError:  # in the midst of a value of several lines
            continue
        if key in dict(flat(document)):
            break
        begin = end + 1
    return begin


def accept(given: Given) -> object:
    """The value as the structure holds it."""
    kind = OPTIONS.get(given.key)
    if kind is None:
        what, known = ("section", SECTIONS) if given.value == {} else ("option", OPTIONS)
        raise ConfigError(
            f"{given.where}: there is no {what} {given.key}; "
            f"the nearest is {nearest(given.key, known)}"
        )
    try:
        return read(kind, given.value)
    except ValueError as error:
        raise ConfigError(
            f"{given.where}: {given.key} must be {words(kind)}, not {shown(given.value)}"
        ) from error


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name most alike in its last part and in whole: `servr.port` is `server.port`."""

    def alike(other: str) -> float:
        ends = name.rpartition(".")[2], other.rpartition(".")[2]
        return SequenceMatcher(None, *ends).ratio() + SequenceMatcher(None, name, other).ratio()

    return max(known, key=alike)


def refuse_contradictions(config: Config) -> None:
    """Values that are right one by one may still be wrong together."""
    low, high = config.passwords.min_length, config.passwords.max_length
    if low > high:
        at_min, at_max = (
            config.sources.get(f"passwords.{end}_length", "default") for end in ("min", "max")
        )
        raise ConfigError(
            f"passwords.min_length is {low} ({at_min}), "
            f"more than passwords.max_length, {high} ({at_max})"
        )
