"""The verb that runs the server."""

import asyncio
import sys

import click

from plexichat.cli.options import Sources, given


@click.command()
@given
@click.option("--host", help="Same as --set server.host=HOST.")
@click.option(
    "--port",
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
    from plexichat import logs, serving

    if host is not None:
        sources = sources.then(Sources(overrides=(f"server.host={host}",)))
    if port is not None:
        sources = sources.then(Sources(overrides=(f"server.port={port}",)))
    config = sources.load()
    logs.configure(config.logging)
    # Beside a busy event loop the writer's thread would wait for its turn ten times as long.
    sys.setswitchinterval(0.0005)
    asyncio.run(serving.serve(config, lambda line: print(line, flush=True)))
