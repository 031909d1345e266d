"""The verb that hands out what is kept of somebody."""

from pathlib import Path

import click

from plexichat.cli.asking import do
from plexichat.cli.options import Sources, as_json, given, person
from plexichat.cli.output import print_json, size

FILE = click.Path(path_type=Path, resolve_path=True)


@click.command()
@person
@click.argument("path", required=False, type=FILE)
@as_json
@given
def export(sources: Sources, name: str, path: Path | None, as_json: bool) -> None:
    """Write everything that is kept of somebody into one ZIP file.

    PERSON is a username or an id; PATH is a new file, plexichat-PERSON.zip here if there is none
    given. It holds what they wrote, in private too, and what they uploaded: hand it to nobody else.

    \b
    Examples:
      user export ann
      user export ann /mnt/usb/ann.zip
    """
    from plexichat.admin.exports import ExportUser

    target = path or Path(f"plexichat-{name}.zip").resolve()
    made = do(sources, ExportUser(name, str(target)))
    if as_json:
        print_json(made)
        return
    lost = f", {made.lost} more are lost" if made.lost else ""
    click.echo(f"{made.path}: {size(made.bytes)}, {made.files} files{lost}")
