"""The options that every verb takes, and the configuration that they lead to."""

import functools
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from plexichat.config import Config, load, locate
from plexichat.store.replacing import inhabited

Verb = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the configuration comes from, beside its defaults and the environment."""

    path: Path | None = None
    overrides: tuple[str, ...] = ()

    def then(self, later: "Sources") -> "Sources":
        return Sources(later.path or self.path, self.overrides + later.overrides)

    def find(self) -> Path | None:
        return locate(self.path, os.environ, Path.cwd())

    def load(self) -> Config:
        return load(self.find(), os.environ, self.overrides)

    def of_a_house(self) -> Config:
        """The same, for a verb that would make no sense on an empty data folder."""
        config = self.load()
        if not inhabited(Path(config.storage.directory)):
            raise click.ClickException(f"there is no database in {config.storage.directory}")
        return config


def given(verb: Verb) -> Verb:
    """Give the verb --config, --set and --data; it is called with them as `sources`."""

    def with_sources(
        config_path: Path | None, overrides: tuple[str, ...], data: str | None, **rest: Any
    ) -> None:
        if data is not None:
            overrides += (f"storage.directory={data}",)
        before = click.get_current_context().obj or Sources()
        verb(sources=before.then(Sources(config_path, overrides)), **rest)

    wrapped: Verb = functools.update_wrapper(with_sources, verb)
    for option in (
        click.option("--data", metavar="FOLDER", help="Same as --set storage.directory=FOLDER."),
        click.option(
            "--set",
            "overrides",
            metavar="SECTION.KEY=VALUE",
            multiple=True,
            help="Set an option of the configuration; may be repeated.",
        ),
        click.option(
            "--config",
            "config_path",
            metavar="PATH",
            type=click.Path(path_type=Path),
            help="Read this configuration, not $PLEXICHAT_CONFIG or ./config.toml.",
        ),
    ):
        wrapped = option(wrapped)
    return wrapped


as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead.")
password_stdin = click.option(
    "--password-stdin", is_flag=True, help="Read the password from the first line of stdin."
)


yes = click.option("--yes", is_flag=True, help="Do it without asking.")
person = click.argument("name", metavar="PERSON")


def confirm(question: str, yes: bool) -> None:
    """Go on only if whoever sits at the terminal says so, or has said it with --yes."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise click.UsageError("Without a terminal this needs --yes")
    click.confirm(question, abort=True, err=True)


def ask_password(from_stdin: bool) -> str:
    """A new password, from stdin or asked for twice."""
    if not from_stdin and not sys.stdin.isatty():
        raise click.UsageError("Without a terminal the password comes from --password-stdin")
    try:
        if from_stdin:
            password = sys.stdin.readline().rstrip("\r\n")
        else:
            password = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        password.encode()
    except UnicodeError:
        raise click.ClickException("The password is not UTF-8") from None
    return password
