"""Verbs about the configuration."""

import click

from plexichat.cli.options import Sources, as_json, given
from plexichat.cli.output import print_json
from plexichat.config import describe


@click.group()
def config() -> None:
    """The configuration: what is in force, and whether it is right."""


@config.command()
@as_json
@given
def show(sources: Sources, as_json: bool) -> None:
    """Print every option as it is in force, and where it comes from.

    The text is TOML and can be used as a configuration.
    """
    options = describe(sources.load())
    if as_json:
        print_json({one.key: {"value": one.value, "source": one.source} for one in options})
        return
    section = ""
    for option in options:
        own, _, key = option.key.partition(".")
        if own != section:
            click.echo(f"{section and chr(10)}[{own}]")
            section = own
        click.echo(f"{key} = {option.toml}  # {option.source}")


@config.command()
@given
def check(sources: Sources) -> None:
    """Read the configuration as `serve` would and say whether it is right."""
    sources.load()
    click.echo(f"{sources.find() or 'the configuration without a file'} is right")
