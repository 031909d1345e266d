"""Verbs about invites."""

import click

from plexichat.cli.asking import do
from plexichat.cli.kinds import Duration
from plexichat.cli.options import Sources, as_json, confirm, given, yes
from plexichat.cli.output import print_json, print_link, print_table, when


@click.group()
def invite() -> None:
    """Links with which people make an account here."""


@invite.command()
@click.option("--server", metavar="SERVER", help="Let them into this server, too: an id or a name.")
@click.option(
    "--for",
    "seconds",
    metavar="TIME",
    type=Duration(),
    default="7d",
    help="How long it works, such as 30m, 12h or 7d, which is the default.",
)
@click.option("--forever", is_flag=True, help="Let it work until it is revoked.")
@click.option(
    "--uses",
    metavar="COUNT",
    type=click.IntRange(0, 1_000_000),
    default=1,
    help="How many people it lets in, 0 for any number; one is the default.",
)
@as_json
@given
def create(
    sources: Sources, server: str | None, seconds: int, forever: bool, uses: int, as_json: bool
) -> None:
    """Make a link with which somebody registers, and print it with a QR code.

    It is needed where registration.mode is "invite". Where that is "open" it only brings people
    into the server it is for, and where it is "closed" no link lets anybody in.

    The link opens a page of the server; the part behind # is the code, for clients that register
    people themselves.

    \b
    Examples:
      invite create
      invite create --uses 20 --for 1d --server "Maple Street"
      invite create --uses 0 --forever
    """
    from plexichat.admin.invites import CreateInvite

    made = do(sources, CreateInvite(server, 0 if forever else seconds, uses))
    if as_json:
        print_json(made)
        return
    many = "any number of people" if not uses else f"{uses} {'person' if uses == 1 else 'people'}"
    ends = when(made.expires_at, "it is revoked")
    click.echo(f"Until {ends}, {many} can register at:", err=True)
    print_link(made.url)


@invite.command("list")
@as_json
@given
def list_(sources: Sources, as_json: bool) -> None:
    """List the invites that work, those that people made for their servers included.

    \b
    Examples:
      invite list
    """
    from plexichat.admin.invites import ListInvites

    found = do(sources, ListInvites()).invites
    if as_json:
        print_json(found)
        return
    rows = [
        (
            one.code,
            f"{one.uses} of {one.max_uses or 'any'}",
            when(one.expires_at, "never"),
            one.server or "(an account)",
        )
        for one in found
    ]
    print_table(("CODE", "USED", "ENDS", "LEADS TO"), rows, "there is no invite")


@invite.command()
@click.argument("code")
@yes
@as_json
@given
def revoke(sources: Sources, code: str, yes: bool, as_json: bool) -> None:
    """Let an invite work no more. Who came in by it stays.

    \b
    Examples:
      invite revoke hT5wqLkP2xYz
    """
    from plexichat.admin.invites import RevokeInvite

    confirm(f"Revoke the invite {code}?", yes)
    gone = do(sources, RevokeInvite(code))
    if as_json:
        print_json(gone)
    else:
        click.echo(f"{gone.code} lets nobody in any more")
