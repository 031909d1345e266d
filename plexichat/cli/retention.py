"""Verbs about what is not kept."""

import click
import msgspec

from plexichat.cli.options import Sources, as_json, given
from plexichat.cli.output import print_json, progress, size


@click.group()
def retention() -> None:
    """What goes by itself, by age or size."""


@retention.command()
@click.option("--dry-run", "dry", is_flag=True, help="Only say what would go.")
@as_json
@given
def run(sources: Sources, dry: bool, as_json: bool) -> None:
    """Let go now what the options of [retention] do not keep; the server does it once a day.

    Pinned messages with their files and people's notes to themselves stay.

    \b
    Examples:
      retention run --dry-run
      retention run --dry-run --set retention.files_days=365
    """
    from plexichat.admin.door import ask
    from plexichat.admin.retention import RunRetention

    with progress() as tell:
        done = ask(sources.of_a_house(), RunRetention(dry), tell)
    if as_json:
        print_json(msgspec.structs.asdict(done))
        return
    verb = "would go" if dry else "are gone"
    click.echo(f"{done.messages} messages {verb}: {size(done.messages_bytes)} of text")
    click.echo(f"{done.files} files {verb}: {size(done.files_bytes)}")
