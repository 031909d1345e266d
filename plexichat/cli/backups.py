"""Verbs about backups."""

from pathlib import Path

import click
import msgspec

from plexichat.cli.options import Sources, as_json, given
from plexichat.cli.output import print_json, progress, size


@click.group()
def backup() -> None:
    """Copies to fall back on."""


@backup.command()
@click.argument("path", required=False, type=click.Path(path_type=Path, resolve_path=True))
@as_json
@given
def create(sources: Sources, path: Path | None, as_json: bool) -> None:
    """Put the database and the uploads into one file, while the server runs or not.

    PATH is a new file, or a folder for one; without it the file lands in the data folder under
    backups. It holds what people wrote in private and the hashes of their passwords: keep it safe.

    \b
    Examples:
      backup create
      backup create /mnt/usb/chat.tar
    """
    from plexichat.admin.backups import CreateBackup
    from plexichat.admin.door import ask
    from plexichat.core.errors import Refusal
    from plexichat.store.db import NAME

    config = sources.load()
    if not (Path(config.storage.directory) / NAME).exists():
        raise Refusal("no_data", f"there is no database in {config.storage.directory}")
    request = CreateBackup(None if path is None else str(path))
    with progress() as tell:
        created = ask(config, request, tell)
    if as_json:
        print_json(msgspec.structs.asdict(created))
    else:
        click.echo(f"{created.path}: {size(created.bytes)}, {created.uploads} uploads")
