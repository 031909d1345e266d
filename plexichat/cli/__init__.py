"""The admin's terminal: what is typed becomes a call, what went wrong one sentence and a number.

0 is done, 1 refused, 2 misused. A verb imports the server only when it runs, so that help and
completion answer at once.
"""

import os
import sys
from typing import NoReturn

import click

from plexichat.cli.about import bench, test, version
from plexichat.cli.admins import admin
from plexichat.cli.backups import backup
from plexichat.cli.completion import VARIABLE, completion
from plexichat.cli.config import config
from plexichat.cli.database import db
from plexichat.cli.doctor import doctor
from plexichat.cli.exports import export
from plexichat.cli.init import init
from plexichat.cli.invites import invite
from plexichat.cli.logs import logs
from plexichat.cli.media import media
from plexichat.cli.options import Sources, given
from plexichat.cli.output import clean
from plexichat.cli.permissions import permissions
from plexichat.cli.retention import retention
from plexichat.cli.running import maintenance, status, stop
from plexichat.cli.serve import serve
from plexichat.cli.servers import server
from plexichat.cli.sessions import token
from plexichat.cli.users import user
from plexichat.cli.webhooks import webhook
from plexichat.config import ConfigError
from plexichat.core.errors import Refusal
from plexichat.store.errors import StoreError

DONE, REFUSED, MISUSED = 0, 1, 2


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@given
@click.pass_context
def plexichat(context: click.Context, sources: Sources) -> None:
    """A chat server for the people you know: one process, one SQLite file.

    Every option of config.toml can be given to any verb as --set section.key=value.
    """
    context.obj = sources


user.add_command(export)
for verb in (
    init,
    serve,
    status,
    stop,
    maintenance,
    user,
    admin,
    server,
    permissions,
    invite,
    token,
    webhook,
    backup,
    media,
    retention,
    db,
    logs,
    doctor,
    config,
    completion,
    version,
    test,
    bench,
):
    plexichat.add_command(verb)


def main() -> NoReturn:
    open_what_is_closed()
    try:
        status = plexichat.main(prog_name=program(), standalone_mode=False, complete_var=VARIABLE)
        sys.stdout.flush()
    except click.UsageError as misuse:
        sys.exit(told_misuse(misuse))
    except click.ClickException as refusal:
        sys.exit(told(refusal.format_message()))
    except (ConfigError, Refusal, StoreError) as refusal:
        sys.exit(told(str(refusal)))
    except BrokenPipeError:  # whoever reads our output has had enough, as in `| head`
        let_go_of_output()
        sys.exit(REFUSED)
    except OSError as error:
        let_go_of_output()
        where = f"{error.filename}: " if error.filename else ""
        sys.exit(told(f"{where}{error.strerror or error}"))
    except (click.Abort, KeyboardInterrupt):
        sys.exit(told("stopped"))
    sys.exit(status)


def open_what_is_closed() -> None:
    """Give the program the three streams it counts on, where it was started without one."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode))


def let_go_of_output() -> None:
    """Print what waits or, if that cannot be, forget it: Python would complain at its end."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def program() -> str:
    """What to type to get here again."""
    called = os.path.basename(sys.argv[0])
    if called == "__main__.py":
        return f"python3 -m {__name__}"
    return f"python3 {called}" if called.endswith(".py") else called


def told(sentence: str) -> int:
    print(f"plexichat: {clean(sentence)}", file=sys.stderr)
    return REFUSED


def told_misuse(misuse: click.UsageError) -> int:
    if isinstance(misuse, click.exceptions.NoArgsIsHelpError):
        misuse.show()
        return MISUSED
    path = misuse.ctx.command_path if misuse.ctx else program()
    told(f"{misuse.format_message().rstrip('.')}; see {path} --help")
    return MISUSED
