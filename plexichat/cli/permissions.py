"""Verbs about who may do what."""

from typing import TYPE_CHECKING

import click

from plexichat.cli.asking import do
from plexichat.cli.options import Sources, as_json, given, person
from plexichat.cli.output import clean, print_json, print_table, when

if TYPE_CHECKING:
    from plexichat.admin.servers import Decision, Explanation


@click.group()
def permissions() -> None:
    """Who may do what in a server."""


@permissions.command()
@person
@click.argument("channel", metavar="CHANNEL")
@as_json
@given
def explain(sources: Sources, name: str, channel: str, as_json: bool) -> None:
    """Tell what somebody may do in a channel of a server, and what decided that.

    PERSON is a username or an id, CHANNEL an id as `server show` lists them.

    \b
    Examples:
      permissions explain ann 248161130557440001
    """
    from plexichat.admin.servers import ExplainPermissions

    told = do(sources, ExplainPermissions(name, channel))
    if as_json:
        print_json(told)
        return
    click.echo(clean(f"{told.username} in {told.channel} of {told.server} {hierarchy(told)}"))
    click.echo()
    rows = [
        (each.permission, "yes" if each.allowed else "no", because(each, told))
        for each in told.permissions
    ]
    print_table(("PERMISSION", "MAY", "BECAUSE"), rows, "")


def hierarchy(told: "Explanation") -> str:
    if told.owner:
        return "owns it and stands above everybody"
    return (
        f"stands at position {told.position}, that of the role {told.highest_role}, "
        "and acts only on what stands below"
    )


def because(decision: "Decision", told: "Explanation") -> str:
    roles = f"role{'s' * (len(decision.roles) > 1)} {', '.join(decision.roles)}"
    match decision.because:
        case "owner":
            return "owns the server"
        case "administrator":
            return f"administrator by {roles}"
        case "role":
            return roles
        case "role override":
            return f"the channel {'allows' if decision.allowed else 'denies'} it to {roles}"
        case "member override":
            verb = "allows" if decision.allowed else "denies"
            return f"the channel {verb} it to {told.username} alone"
        case "hidden":
            return "may not view the channel"
        case "time-out":
            return f"time-out until {when(told.timeout_until)}"
        case _:
            return "no role gives it"
