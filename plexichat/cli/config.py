"""Verbs about the configuration."""

from pathlib import Path

import click

from plexichat.cli.options import Sources, as_json, given
from plexichat.cli.output import print_json
from plexichat.config import describe
from plexichat.config.editing import changed, plain, replace, toml
from plexichat.store import lock
from plexichat.store.errors import InUse


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


@config.command("set")
@click.argument("key")
@click.argument("value")
@given
def set_(sources: Sources, key: str, value: str) -> None:
    """Change one option in the configuration file; comments and everything else stay.

    KEY is section.key as `config show` prints it. A list is written with commas, or as TOML. A
    server that runs reads the file when it starts the next time.

    \b
    Examples:
      config set registration.mode invite
      config set server.trusted_proxies 127.0.0.1,10.0.0.0/8
      config set backup.schedule daily
    """
    path = sources.find() or Path.cwd() / "config.toml"
    before = sources.load() if path.exists() else None
    wanted = plain(key, value)
    replace(path, changed(path, {key: wanted}))
    now = sources.then(Sources(path)).load()
    [option] = [each for each in describe(now) if each.key == key]
    click.echo(f"{key} = {toml(wanted)} in {path}")
    if option.source != str(path):
        click.echo(f"but {option.source} wins, and says {option.toml}", err=True)
    if runs(Path((before or now).storage.directory).resolve()):
        click.echo("restart the server for it to count", err=True)


def runs(directory: Path) -> bool:
    """Whether somebody works on this data folder."""
    if not (directory / lock.NAME).exists():
        return False
    try:
        lock.Lock(directory).release()
    except InUse:
        return True
    return False
