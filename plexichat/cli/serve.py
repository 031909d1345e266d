"""The verb that runs the server."""

import asyncio
import sys
from pathlib import Path

import click

from plexichat.cli.options import Sources, given
from plexichat.store import lock


@click.command()
@given
@click.option("--host", metavar="HOST", help="Same as --set server.host=HOST.")
@click.option(
    "--port",
    metavar="PORT",
    type=click.IntRange(0, 65535),
    help="Same as --set server.port=PORT; 0 finds a free one.",
)
def serve(sources: Sources, host: str | None, port: int | None) -> None:
    """Run the server until Ctrl-C or SIGTERM.

    \b
    Examples:
      serve
      serve --port 0 --data /srv/chat
      serve --host 0.0.0.0 --set registration.mode=invite
    """
    if host is not None:
        sources = sources.then(Sources(overrides=(f"server.host={host}",)))
    if port is not None:
        sources = sources.then(Sources(overrides=(f"server.port={port}",)))
    config = sources.load()
    refuse_a_second(Path(config.storage.directory).resolve())
    from plexichat import cores, logs, serving

    logs.configure(config.logging, Path(config.storage.directory))
    # Beside a busy event loop the writer's thread would wait for its turn ten times as long.
    sys.setswitchinterval(0.0005)
    if config.server.one_core:
        cores.share_one()
    asyncio.run(serving.serve(config, lambda line: print(line, flush=True)))


def refuse_a_second(directory: Path) -> None:
    """Name the server that has the folder, before the slow imports and before its port is tried."""
    if (directory / lock.NAME).exists():
        lock.Lock(directory).release()
