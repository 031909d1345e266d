"""Verbs about webhooks."""

import click

from plexichat.cli.asking import do
from plexichat.cli.options import Sources, as_json, confirm, given, yes
from plexichat.cli.output import clean, print_json, print_table


@click.group()
def webhook() -> None:
    """Addresses with which programs write into channels."""


@webhook.command("list")
@as_json
@given
def list_(sources: Sources, as_json: bool) -> None:
    """List the webhooks of all servers. Their addresses are nowhere kept.

    \b
    Examples:
      webhook list
      webhook list --json
    """
    from plexichat.admin.webhooks import ListWebhooks

    found = do(sources, ListWebhooks()).webhooks
    if as_json:
        print_json(found)
        return
    rows = [(one.id, one.name, one.channel, one.server) for one in found]
    print_table(("ID", "NAME", "CHANNEL", "SERVER"), rows, "there is no webhook")


@webhook.command()
@click.argument("id")
@yes
@as_json
@given
def revoke(sources: Sources, id: str, yes: bool, as_json: bool) -> None:
    """Remove a webhook: its address works no more. What it wrote stays.

    ID is the id that `webhook list` shows.

    \b
    Examples:
      webhook revoke 248161130557440001
    """
    from plexichat.admin.webhooks import RevokeWebhook

    confirm(f"Remove the webhook {id}?", yes)
    gone = do(sources, RevokeWebhook(id))
    if as_json:
        print_json(gone)
    else:
        click.echo(f"{clean(gone.name)} writes into {clean(gone.channel)} no more")
