"""Verbs about accounts."""

import click
import msgspec

from plexichat.cli.options import Sources, as_json, ask_password, given, password_stdin
from plexichat.cli.output import print_json, progress


@click.group()
def user() -> None:
    """Accounts of people."""


@user.command()
@click.argument("name")
@click.option(
    "--email", metavar="ADDRESS", help="Their address; without one they log in by name only."
)
@click.option("--admin", is_flag=True, help="Let them administer the server.")
@password_stdin
@as_json
@given
def create(
    sources: Sources, name: str, email: str | None, admin: bool, password_stdin: bool, as_json: bool
) -> None:
    """Make an account.

    \b
    Examples:
      user create ann
      user create bob --admin --password-stdin < password.txt
    """
    from plexichat.admin.door import ask
    from plexichat.admin.users import CreateUser

    config = sources.load()
    request = CreateUser(name, email, ask_password(password_stdin), admin)
    with progress() as tell:
        created = ask(config, request, tell)
    if as_json:
        print_json(msgspec.structs.asdict(created))
    else:
        click.echo(f"{created.username} has an account now, with the id {created.id}")
