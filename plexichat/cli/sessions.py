"""Verbs about logins, each of which holds a token."""

from typing import TYPE_CHECKING

import click

from plexichat.cli.asking import do
from plexichat.cli.options import Sources, as_json, given
from plexichat.cli.output import print_json, print_table, when

if TYPE_CHECKING:
    from plexichat.admin.sessions import Login


@click.group()
def token() -> None:
    """Logins: where people are logged in, and the tokens that say so."""


@token.command("list")
@click.argument("name", metavar="[PERSON]", required=False)
@as_json
@given
def list_(sources: Sources, name: str | None, as_json: bool) -> None:
    """List the logins of everybody, or of one person, the latest used first.

    PERSON is a username or an id. The tokens themselves are nowhere kept, so they are not shown.

    \b
    Examples:
      token list
      token list ann --json
    """
    from plexichat.admin.sessions import ListLogins

    show(do(sources, ListLogins(name)).logins, as_json)


@token.command()
@click.argument("id")
@as_json
@given
def revoke(sources: Sources, id: str, as_json: bool) -> None:
    """End one login: its token is dead, and whatever is connected with it is cut off.

    ID is the id that `token list` shows.

    \b
    Examples:
      token revoke 248161130557440001
    """
    from plexichat.admin.sessions import EndLogin

    ended = do(sources, EndLogin(id))
    if as_json:
        print_json(ended)
    else:
        click.echo(f"login {ended.id} of {ended.username} has ended")


def show(logins: "list[Login]", as_json: bool) -> None:
    if as_json:
        print_json(logins)
        return
    rows = [
        (each.id, each.username, when(each.active_at), each.address or "-", each.agent or "-")
        for each in logins
    ]
    print_table(("ID", "NAME", "LAST USED", "ADDRESS", "PROGRAM"), rows, "nobody is logged in")
