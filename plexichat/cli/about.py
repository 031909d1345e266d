"""Verbs about the program itself."""

import os
import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click

from plexichat import __version__
from plexichat.cli.options import as_json
from plexichat.cli.output import print_json

CHECKOUT = Path(__file__).resolve().parents[2]

pass_on = click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
anything = {"ignore_unknown_options": True, "help_option_names": ["--help"]}


@click.command()
@as_json
def version(as_json: bool) -> None:
    """Print the versions of the server and of what it runs on."""
    from plexichat.store import driver

    parts = {
        "version": __version__,
        "python": platform.python_version(),
        "sqlite": driver.VERSION,
    }
    if as_json:
        print_json(parts)
    else:
        click.echo(f"Plexichat Server {__version__}")
        click.echo(f"Python {parts['python']}, SQLite {parts['sqlite']}")


@click.command(context_settings=anything)
@pass_on
def test(arguments: tuple[str, ...]) -> None:
    """Run the tests of this checkout.

    ARGUMENTS go to pytest.

    \b
    Examples:
      test
      test tests/cli -x
    """
    become("pytest", "tests", arguments)


@click.command(context_settings=anything)
@pass_on
def bench(arguments: tuple[str, ...]) -> None:
    """Measure this checkout on this machine.

    ARGUMENTS go to the bench; after a -- so does --help.

    \b
    Examples:
      bench
      bench send history
      bench -- --help
    """
    become("bench", "bench", arguments)


def become(module: str, folder: str, arguments: Sequence[str]) -> NoReturn:
    """Run a module of the checkout in place of this process, in the checkout's folder."""
    if not (CHECKOUT / folder).is_dir():
        raise click.ClickException(f"{CHECKOUT} is no checkout of the project: it has no {folder}/")
    os.chdir(CHECKOUT)
    os.execv(sys.executable, [sys.executable, "-m", module, *arguments])
