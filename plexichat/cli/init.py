"""The verb that begins a new server: configuration, data folder, owner."""

import os
import sys
from pathlib import Path

import click

from plexichat.cli.options import Sources, ask_password, given, password_stdin
from plexichat.cli.output import progress
from plexichat.config import Config, describe, load
from plexichat.store.replacing import inhabited


@click.command()
@click.option("--owner", metavar="NAME", help="The name of the account that will own the server.")
@click.option(
    "--email", metavar="ADDRESS", help="The owner's address; without one they log in by name only."
)
@password_stdin
@given
@click.pass_context
def init(
    context: click.Context,
    sources: Sources,
    owner: str | None,
    email: str | None,
    password_stdin: bool,
) -> None:
    """Begin a new server.

    Writes its configuration, makes its data folder and the account of its owner. Options given
    with --set and --data are written into the configuration. Nothing that is there already is
    written over.

    \b
    Examples:
      init
      init --owner ann --password-stdin < password.txt
    """
    from plexichat.admin.door import ask
    from plexichat.admin.users import CreateUser

    path = sources.find() or Path.cwd() / "config.toml"
    if path.exists():
        raise click.ClickException(f"{path} is there already and is left as it is")
    config = load(None, os.environ, sources.overrides)
    data = Path(config.storage.directory).resolve()
    if inhabited(data):
        raise click.ClickException(
            f"{data} holds a server already; a new owner for it is made by "
            f"{context.find_root().info_name} user create NAME --admin"
        )
    if owner is None:
        if not sys.stdin.isatty():
            raise click.UsageError("Without a terminal the owner's name comes from --owner")
        owner = str(click.prompt("Name of the owner", err=True))
    password = ask_password(password_stdin)
    check(config, owner, email, password)
    with path.open("x", encoding="utf-8") as file:
        file.write(beginning(config))
    try:
        with progress() as tell:
            ask(config, CreateUser(owner, email, password, is_admin=True), tell)
    except BaseException:
        path.unlink()
        raise
    click.echo(f"{path} is your configuration")
    click.echo(f"{data} is the data folder, where {owner} has an account and owns the server")
    click.echo(f"Start it with: {start(context, sources, path)}")


def check(config: Config, owner: str, email: str | None, password: str) -> None:
    """Refuse the owner before there is a data folder, which a second try would stumble over."""
    from plexichat.core import passwords, users

    users.check_username(owner)
    if email is not None:
        users.check_email(email)
    passwords.check(password, config.passwords)


def beginning(config: Config) -> str:
    """A configuration file with every option commented out at its default, but those given."""
    lines = [
        "# Every option, commented out where it is at its default. What each is for stands in",
        "# config.example.toml, which comes with the program.",
    ]
    section = ""
    for option in describe(config):
        own, _, key = option.key.partition(".")
        if own != section:
            lines += ["", f"[{own}]"]
            section = own
        mark = "" if option.source.startswith("--set") else "# "
        lines.append(f"{mark}{key} = {option.toml}")
    return "\n".join(lines) + "\n"


def start(context: click.Context, sources: Sources, path: Path) -> str:
    program = context.find_root().info_name
    return f"{program} serve" if sources.path is None else f"{program} --config {path} serve"
