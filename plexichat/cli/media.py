"""Verbs about people's files."""

import click
import msgspec

from plexichat.cli.options import Sources, as_json, given
from plexichat.cli.output import print_json, progress, size


@click.group()
def media() -> None:
    """The files that people brought."""


@media.command()
@as_json
@given
def usage(sources: Sources, as_json: bool) -> None:
    """Say what takes up the disk: by kind of file, by person, and what nobody needs.

    \b
    Examples:
      media usage
      media usage --json
    """
    from plexichat.admin.door import ask
    from plexichat.admin.media import AskMediaUsage, Share

    with progress() as tell:
        told = ask(sources.of_a_house(), AskMediaUsage(), tell)
    if as_json:
        print_json(told)
        return

    def line(share: Share) -> str:
        return f"{size(share.bytes):>10}  {share.files:>8} files  {share.name}"

    parts = [*told.kinds, told.orphans], told.people, [told.total]
    click.echo("\n\n".join("\n".join(map(line, part)) for part in parts if part))


@media.command()
@click.option("--dry-run", "dry", is_flag=True, help="Only say what would go.")
@as_json
@given
def prune(sources: Sources, dry: bool, as_json: bool) -> None:
    """Remove files that nothing names any more and uploads that broke off.

    The server does this once a day with what is a day old; here an hour is enough.

    \b
    Examples:
      media prune --dry-run
      media prune
    """
    from plexichat.admin.door import ask
    from plexichat.admin.media import PruneMedia

    with progress() as tell:
        done = ask(sources.of_a_house(), PruneMedia(dry), tell)
    if as_json:
        print_json(msgspec.structs.asdict(done))
    else:
        click.echo(f"{done.files} files {'would go' if dry else 'are gone'}: {size(done.bytes)}")
