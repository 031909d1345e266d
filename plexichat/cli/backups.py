"""Verbs about backups."""

import datetime as dt
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from plexichat.cli.options import Sources, as_json, given
from plexichat.cli.output import age, print_json, print_table, progress, size

if TYPE_CHECKING:
    from plexichat.core.backups.kept import Kept

FILE = click.Path(path_type=Path, resolve_path=True)


@click.group()
def backup() -> None:
    """Copies to fall back on."""


@backup.command()
@click.argument("path", required=False, type=FILE)
@as_json
@given
def create(sources: Sources, path: Path | None, as_json: bool) -> None:
    """Put the database and the uploads into one file, while the server runs or not.

    PATH is a new file, or a folder for one; without it the file lands in the folder of backups.
    It holds what people wrote in private and the hashes of their passwords: keep it safe.

    \b
    Examples:
      backup create
      backup create /mnt/usb/chat.tar
    """
    from plexichat.admin.backups import CreateBackup
    from plexichat.admin.door import ask

    config = sources.of_a_house()
    request = CreateBackup(None if path is None else str(path))
    with progress() as tell:
        created = ask(config, request, tell)
    if as_json:
        print_json(msgspec.structs.asdict(created))
    else:
        click.echo(f"{created.path}: {size(created.bytes)}, {created.uploads} uploads")
        tell_of_lost(created.lost)


@backup.command("list")
@as_json
@given
def list_(sources: Sources, as_json: bool) -> None:
    """List the backups in their folder, the newest first: how old, how large, verified or not.

    \b
    Examples:
      backup list
      backup list --json
    """
    from plexichat.core.backups import kept

    found = kept.stock(kept.folder(sources.load()))
    if as_json:
        print_json([shown(each) for each in found])
        return
    rows = [
        (
            each.path.name,
            age(time.time() - each.made_at / 1000),
            size(each.bytes),
            each.fault or ("verified" if each.whole else "not verified"),
        )
        for each in found
    ]
    print_table(("FILE", "AGE", "SIZE", "STATE"), rows, "there are no backups")


@backup.command()
@click.argument("file", required=False, type=FILE)
@click.option("--all", "every", is_flag=True, help="Verify each backup in their folder.")
@as_json
@given
def verify(sources: Sources, file: Path | None, every: bool, as_json: bool) -> None:
    """Find out whether one could go back to a backup, by doing so in a folder of its own.

    Reads all of it, checks the database in each way that SQLite knows, and looks for every upload
    that the database names. Needs as much free disk as the database has.

    \b
    Examples:
      backup verify data/backups/plexichat-20260101-033000.tar
      backup verify --all
    """
    from plexichat.core.backups import kept
    from plexichat.core.backups.meter import Meter
    from plexichat.core.errors import Refusal

    if every == (file is not None):
        raise click.UsageError("Name a FILE or say --all")
    folder = kept.folder(sources.load())
    files = [file] if file else [each.path for each in kept.stock(folder)]
    faults = []
    with progress() as tell:
        for path in files:
            meter = Meter(lambda *at, path=path: tell(f"checking {path.name}", *at))
            try:
                lost = kept.verify(path, meter).lost
            except Refusal as refusal:
                if not every:
                    raise
                faults.append(refusal)
                click.echo(refusal.message, err=True)
            else:
                if not as_json:
                    click.echo(f"{path}: whole")
                    tell_of_lost(lost)
    if as_json:
        print_json([shown(kept.look(path)) for path in files])
    if faults:
        raise Refusal("not_whole", f"{len(faults)} of {len(files)} files cannot be gone back to")


@backup.command()
@click.option("--keep", type=click.IntRange(1), metavar="N", help="Not as many as backup.keep.")
@as_json
@given
def prune(sources: Sources, keep: int | None, as_json: bool) -> None:
    """Remove old backups from their folder, all but the newest few that the server named.

    The newest that was found whole always stays, and so does whatever you named yourself.

    \b
    Examples:
      backup prune
      backup prune --keep 3
    """
    from plexichat.core.backups import kept

    config = sources.load()
    gone = kept.prune(kept.folder(config), config.backup.keep if keep is None else keep)
    if as_json:
        print_json({"removed": [shown(each) for each in gone]})
        return
    for each in gone:
        click.echo(f"removed {each.path}")
    click.echo(f"{len(gone)} removed, {size(sum(each.bytes for each in gone))} free again")


@backup.command()
@click.argument("file", type=FILE)
@as_json
@given
def restore(sources: Sources, file: Path, as_json: bool) -> None:
    """Make the data folder what it was when a backup was made; the server must not run.

    The file is checked as a whole before anything is touched, and what was there is kept aside in
    the data folder. Ended in the middle it leaves the old or the new, never a mixture. Whatever
    happened since the backup was made is gone, log-outs and changed passwords too.

    \b
    Examples:
      backup restore data/backups/plexichat-20260101-033000.tar
      backup restore /mnt/usb/chat.tar --data /srv/chat
    """
    from plexichat.core.backups.meter import Meter
    from plexichat.core.backups.restoring import restore

    data = Path(sources.load().storage.directory).resolve()
    with progress() as tell:
        done = restore(data, file, Meter(lambda *at: tell("restoring", *at)))
    head = done.backup.head
    if as_json:
        replaced = None if done.replaced is None else str(done.replaced)
        print_json({"data": str(data), "made_at": moment(head.made_at), "replaced": replaced})
        return
    old = age(time.time() - head.made_at / 1000)
    click.echo(f"{data} is as it was {old} ago, with {head.uploads} uploads")
    if done.replaced is not None:
        click.echo(f"what was there is in {done.replaced}")
    tell_of_lost(done.backup.lost)


def tell_of_lost(lost: int) -> None:
    if lost:
        click.echo(f"{lost} uploads were missing or damaged before it was made", err=True)


def moment(unix_ms: int | None) -> dt.datetime | None:
    return None if unix_ms is None else dt.datetime.fromtimestamp(unix_ms / 1000, dt.UTC)


def shown(each: "Kept") -> dict[str, object]:
    """A backup as --json tells it."""
    return {
        "path": str(each.path),
        "bytes": each.bytes,
        "made_at": moment(each.made_at),
        "version": each.head and each.head.version,
        "schema": each.head and each.head.schema,
        "uploads": each.head and each.head.uploads,
        "verified_at": moment(each.checked_at) if each.whole else None,
        "fault": each.fault or None,
    }
