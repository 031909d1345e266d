"""The admin's own sessions: short, few, apart from those of people, and for admins alone.

A token is `adm.<session id>.<secret>`; only its SHA-256 is kept. Nothing of it lives in memory:
each request asks the rows, so a session ends with whatever made it, be it the right, the password
or the account. What is dangerous needs the password once more, a few minutes before.
"""

import hashlib
import secrets
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from plexichat.config import AdminUi
from plexichat.core import accounts, deeds, two_factor, users
from plexichat.core.accounts import Challenge
from plexichat.core.deeds import Deed
from plexichat.core.errors import Forbidden, Unauthenticated
from plexichat.store import admin_sessions as rows
from plexichat.store import users as user_rows
from plexichat.store.admin_sessions import Admin
from plexichat.store.db import Snapshot, Tx
from plexichat.store.users import Credentials

P = ParamSpec("P")
T = TypeVar("T")

MINUTE_MS = 60_000
TOUCH_MS = MINUTE_MS  # use is noted no more often


def candidate(snap: Snapshot, name: str) -> Credentials | None:
    """What the password of the admin of this name or address is checked against."""
    user = user_rows.by_name(snap, name) or user_rows.by_email(snap, name)
    if user is None or not user.is_admin:
        return None
    return accounts.candidate(snap, name)


def log_in(
    tx: Tx, checked: Credentials, address: str | None, rules: AdminUi
) -> str | Challenge:
    """Begin a session for an admin whose password matched `checked`, or ask for their code."""
    kept = user_rows.credentials(checked.user_id)
    if kept is None or kept.password_hash != checked.password_hash:
        raise Unauthenticated("invalid_credentials", "Invalid credentials")
    accounts.refuse_locked(kept, tx.now)
    if kept.failures:
        user_rows.change(checked.user_id, failures=0, locked_until=0)
    if users.get(tx, checked.user_id).totp_enabled:
        return Challenge(two_factor.challenge(tx, checked.user_id))
    return _open(tx, checked.user_id, address, rules)


def answer_challenge(
    tx: Tx, admin_id: int, token: str, code: str, address: str | None, rules: AdminUi
) -> str | None:
    """Begin the session that a challenge stood for; None if the code is wrong."""
    user_id = two_factor.answer(tx, token, code)
    if user_id is None:
        return None
    user = users.get(tx, user_id)
    if user.id != admin_id or not user.is_admin:
        raise Unauthenticated("invalid_challenge", "Invalid challenge")
    accounts.refuse_locked(accounts.credentials(tx, user_id), tx.now)
    return _open(tx, user_id, address, rules)


def _open(tx: Tx, user_id: int, address: str | None, rules: AdminUi) -> str:
    """A new session's token; past the limit the one unused for longest ends."""
    mine = rows.of(tx, user_id)
    for surplus in mine[: max(0, len(mine) + 1 - rules.max_sessions)]:
        rows.delete(tx, surplus)
    session_id = tx.id()
    token = f"adm.{session_id}.{secrets.token_urlsafe(32)}"
    expires_at = tx.now + rules.session_minutes * MINUTE_MS
    rows.insert(tx, session_id, user_id, _digest(token), expires_at, address)
    admin = _alive(rows.by_id(tx, session_id, 0))
    deeds.record(tx, admin, Deed("auth.login"))
    return token


def find(snap: Snapshot, token: str, rules: AdminUi) -> Admin:
    """The admin whom this token speaks for."""
    return _alive(rows.by_token(snap, _digest(token), _idle(snap, rules)))


def acting(
    tx: Tx,
    admin: Admin,
    fresh: bool,
    rules: AdminUi,
    deed: Deed,
    fn: Callable[Concatenate[Tx, P], T],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Do something as an admin and write it down, unless their session ended meanwhile.

    `fresh` is for what is dangerous: the password must have been given again just now.
    """
    now = _alive(rows.by_id(tx, admin.session_id, _idle(tx, rules)))
    if fresh and now.proved_at <= tx.now - rules.password_minutes * MINUTE_MS:
        raise Forbidden(
            "password_required", "Insufficient permissions: give your password again",
            {"reason": "password_required"},
        )  # fmt: skip
    done = fn(tx, *args, **kwargs)
    deeds.record(tx, now, deed)
    return done


def touch(tx: Tx, admin: Admin) -> None:
    """Note that a session is in use."""
    if tx.now - admin.active_at > TOUCH_MS:
        rows.touch(tx, admin.session_id)


def prove(tx: Tx, admin: Admin, was: bytes) -> int:
    """The password was given again, and matched the hash `was`; return the moment, in ms."""
    if accounts.credentials(tx, admin.id).password_hash != was:
        raise Unauthenticated("invalid_password", "Invalid password")
    rows.prove(tx, admin.session_id)
    return tx.now


def change_password(tx: Tx, admin: Admin, was: bytes, becomes: bytes) -> None:
    """Set one's own password; every other session ends, as a person's and as an admin's."""
    accounts.change_password(tx, admin.id, accounts.NewPassword(was, becomes, keep=None))
    rows.renew(tx, admin.session_id)


def log_out(tx: Tx, admin: Admin) -> None:
    rows.delete(tx, admin.session_id)


def nothing(tx: Tx) -> None:
    """For a deed outside of the database, of which only its line is written."""


def forget_expired(tx: Tx, limit: int = 500) -> int:
    """Delete sessions past their end; return how many, so that a job knows when to stop."""
    return rows.delete_expired(tx, limit)


def _alive(found: Admin | None) -> Admin:
    if found is None:
        raise Unauthenticated("invalid_token", "Invalid or expired token")
    return found


def _idle(snap: Snapshot, rules: AdminUi) -> int:
    return snap.now - rules.idle_minutes * MINUTE_MS


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
