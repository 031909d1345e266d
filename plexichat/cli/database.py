"""Verbs about the database as a whole."""

import click
import msgspec

from plexichat.cli.options import Sources, as_json, given
from plexichat.cli.output import print_json, progress, size


@click.group()
def db() -> None:
    """The database: is it sound, is it small."""


@db.command()
@as_json
@given
@click.pass_context
def check(context: click.Context, sources: Sources, as_json: bool) -> None:
    """Read all of the database and say whether it is sound, and every file there that it names.

    People go on writing meanwhile; they wait while the search index is read. The exit status is 1
    if something is wrong.

    \b
    Examples:
      db check
      db check --json
    """
    from plexichat.admin.database import CheckDatabase
    from plexichat.admin.door import ask

    with progress() as tell:
        checked = ask(sources.of_a_house(), CheckDatabase(), tell)
    if as_json:
        print_json(msgspec.structs.asdict(checked))
    elif not checked.faults:
        click.echo("the database is sound, and every file is there")
    else:
        click.echo("\n".join(checked.faults))
        click.echo(f"go back to a backup: {context.find_root().info_name} backup list", err=True)
    context.exit(1 if checked.faults else 0)


@db.command()
@click.option("--vacuum", is_flag=True, help="Give back what is free; everybody waits meanwhile.")
@as_json
@given
def optimize(sources: Sources, vacuum: bool, as_json: bool) -> None:
    """Tidy the search index, let the planner look at the tables, and empty the log.

    What was deleted leaves room in the file that later messages use; --vacuum gives it back to the
    disk. That needs room for two copies of the database, and writing waits about ten seconds a GB.

    \b
    Examples:
      db optimize
      db optimize --vacuum
    """
    from plexichat.admin.database import OptimizeDatabase
    from plexichat.admin.door import ask

    with progress() as tell:
        done = ask(sources.of_a_house(), OptimizeDatabase(vacuum), tell)
    if as_json:
        print_json(msgspec.structs.asdict(done))
        return
    click.echo(f"the database has {size(done.after)}; it had {size(done.before)}")
    if done.free:
        click.echo(f"{size(done.free)} in it are free; db optimize --vacuum gives them back")
