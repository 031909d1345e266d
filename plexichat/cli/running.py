"""Verbs about the server itself: how it is, what everybody is told of it, its end."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from plexichat.cli.asking import do
from plexichat.cli.kinds import Duration
from plexichat.cli.options import Sources, as_json, given
from plexichat.cli.output import print_facts, print_json, size, span, when

if TYPE_CHECKING:
    from plexichat.admin.running import Status

PATIENCE_SECONDS = 30.0


@click.command()
@as_json
@given
def status(sources: Sources, as_json: bool) -> None:
    """Say how the server is: whether it runs, since when, for whom, and when it was last backed up.

    With the server down it tells the same from the data folder, and its state is "stopped".

    \b
    Examples:
      status
      status --json
    """
    from plexichat.admin.running import LookStatus

    told = do(sources, LookStatus())
    if as_json:
        print_json(told)
        return
    runs = "" if told.uptime_seconds is None else f" for {span(told.uptime_seconds)}"
    print_facts(
        ("state", f"{told.state}{runs}{f': {told.message}' if told.message else ''}"),
        *(("ailment", each) for each in told.ailments),
        ("version", told.version),
        ("data", told.directory),
        *(("listens on", each) for each in told.addresses),
        ("address", told.url),
        ("people", f"{told.people}, {told.connected} of them connected"),
        ("servers", str(told.servers)),
        ("messages", f"{told.messages} were sent"),
        ("database", size(told.database_bytes)),
        ("files", f"{told.files}, {size(told.file_bytes)}"),
        ("backup", backup(told)),
        *((("next backup", when(told.next_backup_at)),) if told.next_backup_at else ()),
        *((("backup error", told.backup_error),) if told.backup_error else ()),
    )


def backup(told: "Status") -> str:
    last = told.last_backup
    if last is None:
        return "none"
    checked = f"verified {when(last.verified_at)}" if last.verified_at else "never verified"
    return f"{when(last.made_at)}, {size(last.bytes)}, {last.fault or checked}"


@click.command()
@given
def stop(sources: Sources) -> None:
    """Stop the server that runs, as Ctrl-C would: everybody is told, nothing is lost.

    It returns when the data folder is free.

    \b
    Examples:
      stop
    """
    from plexichat.admin.running import Stop
    from plexichat.store import lock
    from plexichat.store.errors import InUse

    do(sources, Stop())
    folder = Path(sources.load().storage.directory).resolve()
    patient_until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            lock.Lock(folder).release()
            break
        except InUse:
            if time.monotonic() > patient_until:
                raise
            time.sleep(0.1)
    click.echo("the server has stopped")


@click.group()
def maintenance() -> None:
    """What everybody is told before the server is away for a while."""


@maintenance.command()
@click.argument("text", required=False)
@click.option(
    "--for", "seconds", metavar="TIME", type=Duration(), help="How long it will take, such as 30m."
)
@given
def on(sources: Sources, text: str | None, seconds: int | None) -> None:
    """Tell everybody who is connected, and whoever asks, that there is maintenance.

    The server goes on as before. `maintenance off` or the next start takes it back.

    \b
    Examples:
      maintenance on "moving to a larger disk" --for 30m
    """
    from plexichat.admin.running import Announce

    people = do(sources, Announce(True, text, seconds)).count
    click.echo(f"maintenance is announced; {people} people are connected")


@maintenance.command()
@given
def off(sources: Sources) -> None:
    """Tell everybody that maintenance is over.

    \b
    Examples:
      maintenance off
    """
    from plexichat.admin.running import Announce

    do(sources, Announce(False, None, None))
    click.echo("maintenance is over")
