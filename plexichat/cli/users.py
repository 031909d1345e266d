"""Verbs about accounts."""

import time

import click
import msgspec

from plexichat.cli.options import Sources, as_json, ask_password, given, password_stdin
from plexichat.cli.output import print_json, print_link, progress


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


@user.command("recovery-link")
@click.argument("name")
@as_json
@given
def recovery_link(sources: Sources, name: str, as_json: bool) -> None:
    """Make a link with which somebody sets a new password, once.

    Give it to nobody but them: whoever opens it first takes the account. It kills the link before
    it, and is dead after recovery.link_hours. You never come to know the password.

    \b
    Examples:
      user recovery-link ann
    """
    from plexichat.admin.door import ask
    from plexichat.admin.users import MakeRecoveryLink

    config = sources.load()
    with progress() as tell:
        made = ask(config, MakeRecoveryLink(name), tell)
    if as_json:
        print_json(msgspec.structs.asdict(made))
        return
    click.echo(
        f"Until {time.strftime('%Y-%m-%d %H:%M', time.localtime(made.expires_at))}, "
        f"{made.username} sets a new password at:",
        err=True,
    )
    print_link(made.url)
