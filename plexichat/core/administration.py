"""What an admin may do with anybody's account, whoever they are; that they may is asked before.

A suspended person has no session and begins none. Where an admin ends somebody's sessions, that
person is told so first.
"""

import json
from dataclasses import dataclass
from typing import Final

from plexichat import config
from plexichat.core import accounts, badges, deletion, sessions, two_factor, users
from plexichat.core.errors import Conflict, Invalid, NotFound
from plexichat.core.events import SecurityLogout
from plexichat.store import admin_sessions
from plexichat.store import administration as rows
from plexichat.store import servers as server_rows
from plexichat.store import sessions as session_rows
from plexichat.store import users as user_rows
from plexichat.store.administration import Account
from plexichat.store.db import Snapshot, Tx
from plexichat.store.sessions import Session
from plexichat.store.users import User

ENDLESS: Final = (1 << 63) - 1
PAGE: Final = 500
PEOPLE_AT_ONCE: Final = 50
SECURITY_RESET: Final = "Security reset"


@dataclass(frozen=True, slots=True)
class Used:
    """A session, and whose it is."""

    session: Session
    username: str


def find(snap: Snapshot, name: str) -> User:
    """The person of this name, ignoring case, or else of this id."""
    user = user_rows.by_name(snap, name)
    if user is None and name.isascii() and name.isdigit() and int(name) <= ENDLESS:
        user = user_rows.by_id(snap, int(name))
    if user is None:
        raise NotFound("user_not_found", f"there is nobody called {name}")
    return user


def show(snap: Snapshot, user_id: int) -> Account:
    account = rows.by_id(snap, user_id)
    if account is None:
        raise NotFound("user_not_found", "User not found")
    return account


def search(
    snap: Snapshot, text: str = "", *, after: int = 0, limit: int = PAGE, offset: int = 0
) -> list[Account]:
    """People by id whose name or address contains `text`, or whose id it is."""
    return rows.page(snap, text, after, min(limit, PAGE), offset)


def newest(snap: Snapshot, limit: int, offset: int) -> list[Account]:
    """People, the newest first."""
    return rows.newest(snap, limit, offset)


def suspend(tx: Tx, user_id: int, seconds: int | None) -> Account:
    """Let somebody in no more, for a while or (None) until further notice."""
    users.get(tx, user_id)
    until = ENDLESS if seconds is None else min(tx.now + seconds * 1000, ENDLESS)
    user_rows.change(user_id, suspended_until=until)
    log_out(tx, user_id, "Account suspended")
    return show(tx, user_id)


def restore(tx: Tx, user_id: int) -> Account:
    """Let somebody in again, be they suspended or locked out by wrong passwords."""
    before = show(tx, user_id)
    if max(before.suspended_until, before.locked_until) <= tx.now:
        raise Conflict("not_suspended", f"{before.username} is not locked out")
    user_rows.change(user_id, suspended_until=0, locked_until=0, failures=0)
    return show(tx, user_id)


def log_out(
    tx: Tx, user_id: int, message: str = "Security logout", reason: str | None = None
) -> int:
    """End all sessions of somebody, and tell them why; return how many there were."""
    users.get(tx, user_id)
    admin_sessions.delete_of(tx, user_id)
    ended = [session.id for session in sessions.mine(tx, user_id)]
    if ended:
        audience = frozenset((user_id,))
        tx.emit(SecurityLogout(audience=audience, user_id=user_id, message=message))
    return sessions.close(tx, user_id, ended, reason)


def logins(snap: Snapshot, user_id: int | None) -> list[Used]:
    """The sessions of one person, or (None) of everybody, the latest used first."""
    if user_id is not None:
        found = sessions.mine(snap, user_id)
    else:
        found = sorted(
            (session for session, _ in sessions.load(snap)), key=lambda one: -one.active_at
        )
    names = user_rows.names(snap, {session.user_id for session in found})
    return [Used(session, names[session.user_id][0]) for session in found]


def end_login(tx: Tx, session_id: str) -> Used:
    """End a session, whoever it belongs to; they are told."""
    for used in logins(tx, None):
        if str(used.session.id) == session_id:
            sessions.revoke(tx, used.session.user_id, used.session.id)
            return used
    raise NotFound("session_not_found", f"there is no session {session_id}")


def appoint(tx: Tx, user_id: int, *, admin: bool) -> Account:
    """Make somebody an admin, or one no more; their sessions know it at once."""
    user = users.get(tx, user_id)
    if user.is_admin == admin:
        raise Conflict("already", f"{user.username} is {'an' if admin else 'no'} admin already")
    user_rows.change(user_id, is_admin=int(admin))
    admin_sessions.delete_of(tx, user_id)
    sessions.announce(tx, user_id, is_admin=admin)
    return show(tx, user_id)


def set_password(tx: Tx, user_id: int, becomes: bytes) -> None:
    """Give somebody a new password, already hashed; all their sessions end."""
    accounts.replace_password(tx, user_id, becomes, keep=None)


def reset_two_factor(tx: Tx, user_id: int) -> None:
    """Let somebody who has lost their second factor log in without one."""
    two_factor.reset(tx, user_id)


def delete(tx: Tx, user_id: int, grace_days: int = 0) -> Account:
    """Delete an account, at once or after so many days in which a login takes it back."""
    user = users.get(tx, user_id)
    owned = [server for server in server_rows.of(tx, user_id) if server.owner_id == user_id]
    if owned:
        names = ", ".join(f"{server.name} ({server.id})" for server in owned)
        raise Invalid(
            "owns_servers", f"{user.username} owns servers: {names}; hand them over or delete them"
        )
    deletion.begin(tx, user_id, tx.now + grace_days * deletion.DAY_MS)
    return show(tx, user_id)


def spare(tx: Tx, user_id: int) -> Account:
    """Let an account stay after all."""
    user = users.get(tx, user_id)
    if user.deletion_at is None or user.deletion_at <= tx.now:
        raise Invalid("not_scheduled", "No deletion is scheduled")
    user_rows.change(user_id, deletion_at=None)
    return show(tx, user_id)


def deletions(snap: Snapshot) -> list[Account]:
    """Whose account is about to be deleted, the first to go first."""
    return rows.deletions(snap)


def lock(tx: Tx, admin_id: int, user_id: int, seconds: int | None) -> Account:
    """Suspend somebody else."""
    if admin_id == user_id:
        raise Invalid("own_account", "Own account: somebody else has to do that")
    return suspend(tx, user_id, seconds)


def readmit(tx: Tx, user_id: int) -> None:
    """Let somebody in again, whether or not anything keeps them out."""
    users.get(tx, user_id)
    user_rows.change(user_id, suspended_until=0, locked_until=0, failures=0)


def schedule(tx: Tx, user_id: int, rules: config.AccountDeletion) -> Account:
    """Let an account end after the grace in which a login takes it back."""
    users.get(tx, user_id)
    deletion.refuse_owner(tx, user_id)
    deletion.begin(tx, user_id, tx.now + rules.grace_days * deletion.DAY_MS)
    return show(tx, user_id)


def purge(tx: Tx, user_id: int) -> None:
    """Let an account end now."""
    users.get(tx, user_id)
    deletion.refuse_owner(tx, user_id)
    deletion.begin(tx, user_id, tx.now)


def set_badge(tx: Tx, user_id: int, badge: str, *, worn: bool) -> tuple[str, ...]:
    """Give somebody a badge or take it; return those that they wear."""
    if badge not in badges.ALL:
        raise Invalid("invalid_badge", "Invalid badge")
    before = users.get(tx, user_id).badges
    after = (*(each for each in before if each != badge), *((badge,) if worn else ()))
    users.change(tx, user_id, badges=json.dumps(after))
    return after


def postpone(tx: Tx, user_id: int, at: int) -> Account:
    """Let an account that is about to end do so at another moment."""
    user = users.get(tx, user_id)
    if user.deletion_at is None or user.deletion_at <= tx.now:
        raise Invalid("not_scheduled", "No deletion is scheduled")
    if at <= tx.now:
        raise Invalid("not_future", "Invalid input: deletion_at must be in the future")
    user_rows.change(user_id, deletion_at=at)
    return show(tx, user_id)


def log_out_some(tx: Tx, before: int) -> int:
    """End the sessions of some of those who began one before an id; 0 when nobody is left."""
    people = session_rows.owners(tx, before, PEOPLE_AT_ONCE)
    return sum(log_out(tx, user_id, SECURITY_RESET, SECURITY_RESET) for user_id in people)
