"""Verbs about accounts."""

import time
from typing import TYPE_CHECKING

import click
import msgspec

from plexichat.cli.asking import do
from plexichat.cli.kinds import Duration
from plexichat.cli.options import (
    Sources,
    as_json,
    ask_password,
    confirm,
    given,
    password_stdin,
    person,
    yes,
)
from plexichat.cli.output import (
    print_facts,
    print_json,
    print_link,
    print_table,
    progress,
    size,
    when,
)
from plexichat.cli.sessions import show as show_logins

if TYPE_CHECKING:
    from plexichat.admin.people import Person


@click.group()
def user() -> None:
    """Accounts of people."""


@user.command()
@click.argument("name")
@click.option(
    "--email", metavar="ADDRESS", help="Their address; without one they log in by name only."
)
@click.option("--admin", is_flag=True, help="Let them administer the server.")
@password_stdin
@as_json
@given
def create(
    sources: Sources, name: str, email: str | None, admin: bool, password_stdin: bool, as_json: bool
) -> None:
    """Make an account.

    \b
    Examples:
      user create ann
      user create bob --admin --password-stdin < password.txt
    """
    from plexichat.admin.door import ask
    from plexichat.admin.users import CreateUser

    config = sources.load()
    request = CreateUser(name, email, ask_password(password_stdin), admin)
    with progress() as tell:
        created = ask(config, request, tell)
    if as_json:
        print_json(msgspec.structs.asdict(created))
    else:
        click.echo(f"{created.username} has an account now, with the id {created.id}")


@user.command("recovery-link")
@person
@as_json
@given
def recovery_link(sources: Sources, name: str, as_json: bool) -> None:
    """Make a link with which somebody sets a new password, once.

    Give it to nobody but them: whoever opens it first takes the account. It kills the link before
    it, and is dead after recovery.link_hours. You never come to know the password.

    \b
    Examples:
      user recovery-link ann
    """
    from plexichat.admin.users import MakeRecoveryLink

    made = do(sources, MakeRecoveryLink(name))
    if as_json:
        print_json(msgspec.structs.asdict(made))
        return
    click.echo(
        f"Until {time.strftime('%Y-%m-%d %H:%M', time.localtime(made.expires_at))}, "
        f"{made.username} sets a new password at:",
        err=True,
    )
    print_link(made.url)


@user.command("list")
@click.argument("text", required=False, default="")
@as_json
@given
def list_(sources: Sources, text: str, as_json: bool) -> None:
    """List people, the oldest account first.

    With TEXT, only those whose name or address contains it, or whose id it is.

    \b
    Examples:
      user list
      user list example.org
      user list --json
    """
    from plexichat.admin.people import ListPeople

    people = do(sources, ListPeople(text)).people
    if as_json:
        print_json(people)
        return
    rows = [
        (each.id, each.username, "now" if each.connected else when(each.active_at), standing(each))
        for each in people
    ]
    print_table(("ID", "NAME", "LAST SEEN", "STANDING"), rows, "nobody")


@user.command()
@person
@as_json
@given
def show(sources: Sources, name: str, as_json: bool) -> None:
    """Tell what there is to know about somebody.

    PERSON is a username or an id.

    \b
    Examples:
      user show ann
      user show 248161130557440001 --json
    """
    from plexichat.admin.people import ShowPerson

    shown = do(sources, ShowPerson(name))
    if as_json:
        print_json(shown)
        return
    about = shown.person
    print_facts(
        ("name", about.username),
        ("id", about.id),
        ("address", about.email or "none"),
        ("standing", standing(about) or "an account like any other"),
        ("second factor", "on" if about.two_factor else "off"),
        ("since", when(about.created_at)),
        ("last seen", "now" if about.connected else when(about.active_at)),
        ("logins", str(about.sessions)),
        ("files", size(shown.upload_bytes)),
        *(
            ("server", f"{one.name} ({one.id}{', owner' if one.owner else ''})")
            for one in shown.servers
        ),
    )


@user.command()
@person
@click.argument("becomes", metavar="NEW_NAME")
@as_json
@given
def rename(sources: Sources, name: str, becomes: str, as_json: bool) -> None:
    """Give somebody another username; whoever knows them sees it at once.

    \b
    Examples:
      user rename ann anna
    """
    from plexichat.admin.users import RenameUser

    renamed = do(sources, RenameUser(name, becomes))
    if as_json:
        print_json(renamed)
    else:
        click.echo(f"{name} is called {renamed.username} now")


@user.command()
@person
@password_stdin
@given
def passwd(sources: Sources, name: str, password_stdin: bool) -> None:
    """Set somebody's password; all their logins end.

    Better is `user recovery-link`, with which they choose one that you never know. Whom wrong
    passwords have locked out may log in again; whom `user disable` has, may not.

    \b
    Examples:
      user passwd ann
      user passwd ann --password-stdin < password.txt
    """
    from plexichat.admin.people import ShowPerson
    from plexichat.admin.users import SetPassword

    do(sources, ShowPerson(name))  # before anybody thinks of a password
    do(sources, SetPassword(name, ask_password(password_stdin)))
    click.echo(f"{name} has a new password, and is logged in nowhere")


@user.command("otp-reset")
@person
@yes
@given
def otp_reset(sources: Sources, name: str, yes: bool) -> None:
    """Turn somebody's second factor off, when they have lost it.

    Be sure that it is they who ask. Their backup codes are dead with it; they can set up another.

    \b
    Examples:
      user otp-reset ann
    """
    from plexichat.admin.users import ResetTwoFactor

    confirm(f"Let {name} log in with the password alone?", yes)
    do(sources, ResetTwoFactor(name))
    click.echo(f"{name} logs in with the password alone now")


@user.command()
@person
@click.option(
    "--for",
    "duration",
    metavar="TIME",
    type=Duration(),
    help="For so long, such as 30m, 12h or 7d; without it until `user enable`.",
)
@yes
@as_json
@given
def disable(
    sources: Sources, name: str, duration: int | None, yes: bool, as_json: bool
) -> None:
    """Lock somebody out: all their logins end, and no new one begins.

    What they wrote stays, and nobody else is told.

    \b
    Examples:
      user disable bob
      user disable bob --for 7d --yes
    """
    from plexichat.admin.users import SuspendUser

    confirm(f"Lock {name} out?", yes)
    locked = do(sources, SuspendUser(name, duration))
    if as_json:
        print_json(locked)
    else:
        until = when(locked.suspended_until, "until user enable lets them in")
        until = until if locked.suspended_until is None else f"until {until}"
        click.echo(f"{locked.username} is locked out {until}")


@user.command()
@person
@as_json
@given
def enable(sources: Sources, name: str, as_json: bool) -> None:
    """Let somebody in again whom `user disable` or wrong passwords have locked out.

    \b
    Examples:
      user enable bob
    """
    from plexichat.admin.users import RestoreUser

    restored = do(sources, RestoreUser(name))
    if as_json:
        print_json(restored)
    else:
        click.echo(f"{restored.username} may log in again")


@user.command()
@person
@click.option(
    "--grace", is_flag=True, help="In 30 days, unless they log in before: as if they had asked."
)
@yes
@as_json
@given
def delete(sources: Sources, name: str, grace: bool, yes: bool, as_json: bool) -> None:
    """Delete somebody's account for good.

    What they said to others stays, and nobody is its author any more. Who owns servers hands them
    over first, or see `server transfer` and `server delete`.

    \b
    Examples:
      user delete bob
      user delete bob --grace --yes
    """
    from plexichat.admin.users import DeleteUser

    confirm(f"Delete the account of {name}{' in 30 days' if grace else ' for good'}?", yes)
    deleted = do(sources, DeleteUser(name, grace))
    if as_json:
        print_json(deleted)
    elif grace:
        click.echo(f"{deleted.username} will be deleted at {when(deleted.deletion_at)}")
    else:
        click.echo(f"{deleted.username} is deleted")


@user.command()
@person
@as_json
@given
def sessions(sources: Sources, name: str, as_json: bool) -> None:
    """List where somebody is logged in, the latest used first.

    One of them is ended with `token revoke`, all with `user logout`.

    \b
    Examples:
      user sessions ann
    """
    from plexichat.admin.sessions import ListLogins

    show_logins(do(sources, ListLogins(name)).logins, as_json)


@user.command()
@person
@as_json
@given
def logout(sources: Sources, name: str, as_json: bool) -> None:
    """End all logins of somebody; they may log in again.

    \b
    Examples:
      user logout ann
    """
    from plexichat.admin.sessions import LogOut

    ended = do(sources, LogOut(name)).count
    if as_json:
        print_json({"ended": ended})
    else:
        click.echo(f"{name} was logged in {ended} times, and is nowhere now")


def standing(about: "Person") -> str:
    """What is out of the ordinary about somebody."""
    until = when(about.suspended_until, "")
    marks = (
        ("admin", about.is_admin),
        (f"disabled{until and f' until {until}'}", about.suspended),
        (f"locked out until {when(about.locked_until)}", about.locked_until is not None),
        (f"deleted at {when(about.deletion_at)}", about.deletion_at is not None),
    )
    return ", ".join(mark for mark, holds in marks if holds)
