"""Verbs about who may administer the server."""

import click

from plexichat.cli.asking import do
from plexichat.cli.options import Sources, as_json, given, person
from plexichat.cli.output import print_json, print_table, when


@click.group()
def admin() -> None:
    """Who may administer the server."""


@admin.command("list")
@as_json
@given
def list_(sources: Sources, as_json: bool) -> None:
    """List who is an admin.

    \b
    Examples:
      admin list
    """
    from plexichat.admin.people import ListPeople

    admins = [each for each in do(sources, ListPeople("")).people if each.is_admin]
    if as_json:
        print_json(admins)
        return
    rows = [(each.id, each.username, when(each.active_at)) for each in admins]
    print_table(("ID", "NAME", "LAST SEEN"), rows, "there is no admin")


@admin.command()
@person
@as_json
@given
def grant(sources: Sources, name: str, as_json: bool) -> None:
    """Make somebody an admin.

    PERSON is a username or an id. Admins may use the admin API, see what was reported, and act on
    every account: there is no lesser kind.

    \b
    Examples:
      admin grant ann
    """
    appoint(sources, name, as_json, admin=True)


@admin.command()
@person
@as_json
@given
def revoke(sources: Sources, name: str, as_json: bool) -> None:
    """Make somebody an admin no more.

    PERSON is a username or an id. Their account and their servers stay theirs.

    \b
    Examples:
      admin revoke ann
    """
    appoint(sources, name, as_json, admin=False)


def appoint(sources: Sources, name: str, as_json: bool, *, admin: bool) -> None:
    from plexichat.admin.users import AppointAdmin

    now = do(sources, AppointAdmin(name, admin))
    if as_json:
        print_json(now)
    else:
        click.echo(f"{now.username} is {'an admin now' if admin else 'no admin any more'}")
