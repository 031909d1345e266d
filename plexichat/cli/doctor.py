"""The verb that looks a server over."""

import click
import msgspec

from plexichat.cli.options import Sources, as_json, given
from plexichat.cli.output import print_json


@click.command()
@click.option("--all", "everything", is_flag=True, help="Also tell what is good.")
@as_json
@given
@click.pass_context
def doctor(context: click.Context, sources: Sources, everything: bool, as_json: bool) -> None:
    """Look the server over, and say with which command to mend what is not well.

    It looks at SQLite, the disk, the clock, permissions and backups, and through the public
    address at the certificate, the proxy, uploads and the WebSocket. Nothing is changed, and the
    server need not run. The exit status is 1 if something is wrong.

    \b
    Examples:
      doctor
      doctor --all --json
    """
    from plexichat.doctor import backups, machine, reach
    from plexichat.doctor.findings import GOOD, WRONG, Patient, examined

    program = context.find_root().info_name or "plexichat"
    patient = Patient(sources.load(), sources.find(), program)
    checks = (
        machine.sqlite, machine.disk, machine.sync, machine.clock, machine.permissions,
        backups.backups, reach.registration, reach.answers,
    )  # fmt: skip
    found = [one for one in examined(patient, checks) if everything or one.state != GOOD]
    if as_json:
        print_json([msgspec.structs.asdict(one) for one in found])
    else:
        for one in found:
            click.echo(f"{one.state:7} {one.about}: {one.text}")
            if one.mend:
                click.echo(f"        $ {one.mend}")
        if not found:
            click.echo("all is well")
    context.exit(1 if any(one.state == WRONG for one in found) else 0)
