"""Accounts: coming into being, proving a password, changing it.

Passwords arrive here already hashed or already compared, because that takes a quarter of a
second. Whatever they were compared with is checked again inside the transaction.
"""

import datetime as dt
from dataclasses import dataclass

from plexichat import config
from plexichat.core import invites, sessions, two_factor, users
from plexichat.core.errors import Forbidden, Invalid, NotFound, Unauthenticated
from plexichat.core.events import SecurityAlert
from plexichat.core.sessions import Client
from plexichat.core.users import Changes
from plexichat.store import users as rows
from plexichat.store.db import Snapshot, Tx
from plexichat.store.users import Credentials, User

MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Login:
    """A person who has just proved who they are, and the token that says so."""

    token: str
    user: User


@dataclass(frozen=True, slots=True)
class Challenge:
    """A right password that awaits a second factor."""

    token: str


@dataclass(frozen=True, slots=True)
class Age:
    """What somebody says of their age when the age gate asks."""

    years: int | None = None
    born: dt.date | None = None


def create(
    tx: Tx,
    username: str,
    email: str | None,
    password_hash: bytes,
    *,
    is_admin: bool = False,
    age_verified: bool = False,
) -> User:
    """Make an account; refused when the name or the address is somebody's."""
    check_new(tx, username, email)
    user_id = rows.insert(tx, username, email, password_hash, is_admin)
    if age_verified:
        rows.change(user_id, age_verified=1)
    return users.get(tx, user_id)


def check_new(snap: Snapshot, username: str, email: str | None) -> None:
    """Refuse what `create` would refuse, before a quarter of a second is spent on hashing."""
    users.check_username(username)
    if email is not None:
        users.check_email(email)
    users.refuse_taken(snap, None, username, email)


def check_age(gate: config.AgeGate, age: Age, today: dt.date) -> None:
    """Refuse who is too young, or does not say, when the age gate is up."""
    if not gate.enabled:
        return
    if gate.mode == "dob":
        if age.born is None or age.born > today:
            raise Invalid("invalid_dob", "Invalid input: dob")
        born = age.born
        years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    elif age.years is None:
        raise Invalid("invalid_age", "Invalid input: age")
    else:
        years = age.years
    if years < gate.minimum_age:
        raise Forbidden("too_young", f"You must be at least {gate.minimum_age} years old")


def register(
    tx: Tx,
    username: str,
    email: str,
    password_hash: bytes,
    age_verified: bool,
    mode: str,
    invite_code: str | None,
    client: Client,
    rules: config.Sessions,
) -> Login:
    """Make an account, let it in by the code it came with, and log it in."""
    user = create(tx, username, email, password_hash, age_verified=age_verified)
    invites.register(tx, user.id, mode, invite_code)
    return Login(sessions.open(tx, user.id, user.is_admin, client, rules), user)


def candidate(snap: Snapshot, name: str) -> Credentials | None:
    """What the password of whoever has this name, or else this address, is checked against."""
    user = rows.by_name(snap, name) or rows.by_email(snap, name)
    found = None if user is None else rows.credentials(user.id)
    if found is not None:
        refuse_locked(found, snap.now)
    return found


def candidate_at_once(snap: Snapshot, address: str) -> tuple[Credentials | None, bool]:
    """The same by address alone, and whether a code is to follow the password."""
    user = rows.by_email(snap, address)
    return candidate(snap, address) if user else None, user is not None and user.totp_enabled


def credentials(snap: Snapshot, user_id: int) -> Credentials:
    """What one's own password is checked against."""
    found = rows.credentials(user_id)
    if found is None:
        raise NotFound("user_not_found", "User not found")
    return found


def refuse_locked(found: Credentials, now: int) -> None:
    if found.suspended_until > now:
        raise Forbidden("suspended", "Account locked", {"reason": "Account suspended"})
    if found.locked_until > now:
        raise Forbidden("account_locked", "Account locked")


def log_in(
    tx: Tx, checked: Credentials, client: Client, rules: config.Sessions
) -> Login | Challenge:
    """Begin a session for somebody whose password matched `checked`, or ask for their code."""
    user = _proved(tx, checked)
    if user.totp_enabled:
        return Challenge(two_factor.challenge(tx, user.id))
    return _begin(tx, user, client, rules)


def _proved(tx: Tx, checked: Credentials) -> User:
    """Whose password matched `checked`, if it still is theirs and they may come in."""
    now_kept = rows.credentials(checked.user_id)
    if now_kept is None or now_kept.password_hash != checked.password_hash:
        raise Unauthenticated("invalid_credentials", "Invalid credentials")
    refuse_locked(now_kept, tx.now)
    if now_kept.failures:
        rows.change(checked.user_id, failures=0, locked_until=0)
    return users.get(tx, checked.user_id)


def log_in_at_once(
    tx: Tx, checked: Credentials, code: str | None, client: Client, rules: config.Sessions
) -> Login | None:
    """Begin a session for somebody whose code came with the password; None if it is wrong."""
    user = rows.by_id(tx, checked.user_id)
    if user is None:
        return None
    if user.totp_enabled:
        refuse_locked(credentials(tx, checked.user_id), tx.now)
        if code is None or not two_factor.take(tx, checked.user_id, code):
            return None
    return _begin(tx, _proved(tx, checked), client, rules)


def answer_challenge(
    tx: Tx, token: str, code: str, client: Client, rules: config.Sessions
) -> Login | None:
    """Begin the session that a challenge stood for; None if the code is wrong."""
    user_id = two_factor.answer(tx, token, code)
    if user_id is None:
        return None
    refuse_locked(credentials(tx, user_id), tx.now)
    return _begin(tx, users.get(tx, user_id), client, rules)


def _begin(tx: Tx, user: User, client: Client, rules: config.Sessions) -> Login:
    """Log somebody in; who comes back in time stays."""
    if user.deletion_at is not None:
        if user.deletion_at <= tx.now:
            raise Unauthenticated("invalid_credentials", "Invalid credentials")
        rows.change(user.id, deletion_at=None)
        user = users.get(tx, user.id)
    return Login(sessions.open(tx, user.id, user.is_admin, client, rules), user)


def forget_expired(tx: Tx, limit: int) -> int:
    """Delete up to `limit` logins whose second factor never came; return how many."""
    return two_factor.forget_expired(tx, limit)


def count_failure(tx: Tx, user_id: int, rules: config.Lockout) -> None:
    """Remember a wrong password; too many in a row lock the account for a while."""
    found = rows.credentials(user_id)
    if found is None or found.locked_until > tx.now:
        return
    failures = found.failures + 1
    if failures < rules.max_failures:
        rows.change(user_id, failures=failures)
        return
    rows.change(user_id, failures=0, locked_until=tx.now + rules.minutes * MINUTE_MS)
    tx.emit(
        SecurityAlert(
            audience=frozenset((user_id,)),
            user_id=user_id,
            action="account_locked",
            detail={"minutes": rules.minutes},
        )
    )


@dataclass(frozen=True, slots=True)
class NewPassword:
    """A change of password: the hash that was proved, the next one, and the session to keep."""

    was: bytes
    becomes: bytes
    keep: int | None


def update(tx: Tx, user_id: int, wanted: Changes, password: NewPassword) -> User:
    """Change one's account and its password, both or neither."""
    user = users.update(tx, user_id, wanted)
    change_password(tx, user_id, password)
    return user


def change_password(tx: Tx, user_id: int, password: NewPassword) -> None:
    """Set a new password; every other session of this person ends."""
    if credentials(tx, user_id).password_hash != password.was:
        raise Forbidden("incorrect_password", "Incorrect current password")
    replace_password(tx, user_id, password.becomes, password.keep)


def replace_password(tx: Tx, user_id: int, becomes: bytes, keep: int | None) -> None:
    """Set a password without the present one; every session but `keep` ends, begun or half begun.

    Whom wrong passwords have locked out is let in again; whom an admin has, is not.
    """
    users.get(tx, user_id)
    rows.change(user_id, password_hash=becomes, failures=0, locked_until=0)
    tx.emit(
        SecurityAlert(audience=frozenset((user_id,)), user_id=user_id, action="password_change")
    )
    two_factor.withdraw(tx, user_id)
    ended = [session.id for session in sessions.mine(tx, user_id) if session.id != keep]
    sessions.close(tx, user_id, ended)
