"""Verbs about servers."""

import click

from plexichat.cli.asking import do
from plexichat.cli.options import Sources, as_json, confirm, given, yes
from plexichat.cli.output import clean, print_facts, print_json, print_table, when

which = click.argument("name", metavar="SERVER")


@click.group()
def server() -> None:
    """Servers: the communities that people have founded here."""


@server.command("list")
@as_json
@given
def list_(sources: Sources, as_json: bool) -> None:
    """List the servers, the oldest first.

    \b
    Examples:
      server list
      server list --json
    """
    from plexichat.admin.servers import ListServers

    found = do(sources, ListServers()).servers
    if as_json:
        print_json(found)
        return
    rows = [(one.id, str(one.members), one.owner, one.name) for one in found]
    print_table(("ID", "MEMBERS", "OWNER", "NAME"), rows, "there is no server")


@server.command()
@which
@as_json
@given
def show(sources: Sources, name: str, as_json: bool) -> None:
    """Tell what there is to know about a server: whose it is, its channels and its roles.

    SERVER is an id, or a name that only one server has.

    \b
    Examples:
      server show "Maple Street"
      server show 248161130557440001 --json
    """
    from plexichat.admin.servers import ShowServer

    shown = do(sources, ShowServer(name))
    if as_json:
        print_json(shown)
        return
    about = shown.server
    print_facts(
        ("name", about.name),
        ("id", about.id),
        ("owner", f"{about.owner} ({about.owner_id})"),
        ("members", str(about.members)),
        ("since", when(about.created_at)),
    )
    click.echo()
    channels = [(one.id, one.kind, one.name) for one in shown.channels]
    print_table(("CHANNEL", "KIND", "NAME"), channels, "no channels")
    click.echo()
    roles = [(one.id, str(one.position), one.name) for one in shown.roles]
    print_table(("ROLE", "POSITION", "NAME"), roles, "no roles")


@server.command()
@which
@click.argument("heir", metavar="PERSON")
@yes
@as_json
@given
def transfer(sources: Sources, name: str, heir: str, yes: bool, as_json: bool) -> None:
    """Make another member the owner of a server.

    The owner before stays a member, with whatever roles they have.

    \b
    Examples:
      server transfer "Maple Street" bob
      server transfer 248161130557440001 bob --yes
    """
    from plexichat.admin.servers import TransferServer

    confirm(f"Make {clean(heir)} the owner of {clean(name)}?", yes)
    now = do(sources, TransferServer(name, heir))
    if as_json:
        print_json(now)
    else:
        click.echo(f"{clean(now.name)} is owned by {now.owner} now")


@server.command()
@which
@yes
@as_json
@given
def delete(sources: Sources, name: str, yes: bool, as_json: bool) -> None:
    """Delete a server with all its channels, messages and files, for everybody and for good.

    \b
    Examples:
      server delete "Maple Street"
      server delete 248161130557440001 --yes
    """
    from plexichat.admin.servers import EndServer

    confirm(f"Delete {clean(name)} and everything in it?", yes)
    gone = do(sources, EndServer(name))
    if as_json:
        print_json(gone)
    else:
        click.echo(f"{clean(gone.name)} is deleted")
