"""The second factor: time-based codes (RFC 6238) and backup codes, each of which works once.

A right password then only earns a challenge; a code within five minutes and five attempts turns
it into a session.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

import pyotp

from plexichat import ids
from plexichat.core import users
from plexichat.core.errors import Conflict, Invalid, Unauthenticated
from plexichat.core.events import SecurityAlert
from plexichat.store import two_factor as rows
from plexichat.store import users as user_rows
from plexichat.store.db import Snapshot, Tx

STEP_MS = 30_000
CODE_LENGTH = 6
DRIFT_STEPS = 1
BACKUP_CODES = 10
BACKUP_CODE_LENGTH = 8
BACKUP_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"  # nothing that reads like something else
CHALLENGE_MS = 300_000
ATTEMPTS = 5
CHALLENGE = re.compile(r"2fa\.([0-9]{1,19})\.(.+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Status:
    enabled: bool
    backup_codes_left: int


@dataclass(frozen=True, slots=True)
class Setup:
    """What a person needs to set up an authenticator; shown once."""

    secret: str
    uri: str
    backup_codes: list[str]


def status(snap: Snapshot, user_id: int) -> Status:
    if not users.get(snap, user_id).totp_enabled:
        return Status(False, 0)
    return Status(True, rows.backup_codes_left(snap, user_id))


def enable(tx: Tx, user_id: int, issuer: str) -> Setup:
    """Draw a secret and backup codes; they count once a code has confirmed them."""
    user = users.get(tx, user_id)
    if user.totp_enabled:
        raise Conflict("already_enabled", "2FA is already enabled")
    secret = pyotp.random_base32()
    codes = [
        "".join(secrets.choice(BACKUP_ALPHABET) for _ in range(BACKUP_CODE_LENGTH))
        for _ in range(BACKUP_CODES)
    ]
    rows.put(tx, user_id, secret, [_code_hash(user_id, code) for code in codes])
    uri = pyotp.TOTP(secret).provisioning_uri(name=user.username, issuer_name=issuer)
    return Setup(secret, uri, codes)


def confirm(tx: Tx, user_id: int, code: str) -> None:
    """Turn the second factor on, for somebody whose authenticator shows the right code."""
    if users.get(tx, user_id).totp_enabled or rows.totp(tx, user_id) is None:
        raise Invalid("not_started", "2FA setup not started")
    if not _take_totp(tx, user_id, code):
        raise Unauthenticated("invalid_code", "Invalid code")
    _switch(tx, user_id, on=True)


def disable(tx: Tx, user_id: int, code: str) -> None:
    """Turn the second factor off and forget its secret and codes."""
    refuse_off(tx, user_id)
    if not take(tx, user_id, code):
        raise Unauthenticated("invalid_code", "Invalid password or code")
    rows.forget(tx, user_id)
    _switch(tx, user_id, on=False)


def reset(tx: Tx, user_id: int) -> None:
    """Turn the second factor off for somebody who has lost it."""
    refuse_off(tx, user_id)
    rows.forget(tx, user_id)
    _switch(tx, user_id, on=False)


def refuse_off(snap: Snapshot, user_id: int) -> None:
    if not users.get(snap, user_id).totp_enabled:
        raise Invalid("not_enabled", "2FA is not enabled")


def take(tx: Tx, user_id: int, code: str) -> bool:
    """Use up a code of either kind; False if it is wrong or was used before."""
    if len(code) == BACKUP_CODE_LENGTH:
        return rows.use_backup_code(tx, user_id, _code_hash(user_id, code.lower()))
    return _take_totp(tx, user_id, code)


def challenge(tx: Tx, user_id: int) -> str:
    """A token that a code turns into a session: `2fa.<id>.<secret>`."""
    secret = secrets.token_urlsafe(32)
    challenge_id = rows.insert_challenge(tx, user_id, _digest(secret), tx.now + CHALLENGE_MS)
    return f"2fa.{challenge_id}.{secret}"


def answer(tx: Tx, token: str, code: str) -> int | None:
    """The person whose challenge this code answers; None, and one attempt less, if it is wrong."""
    shape = CHALLENGE.fullmatch(token)
    found = None if shape is None else rows.challenge(tx, min(int(shape[1]), ids.LARGEST))
    if (
        shape is None
        or found is None
        or not hmac.compare_digest(found.secret_hash, _digest(shape[2]))
    ):
        raise Unauthenticated("invalid_challenge", "Invalid challenge")
    if found.expires_at <= tx.now:
        raise Unauthenticated("expired_challenge", "Expired token")
    if found.failures >= ATTEMPTS:
        raise Unauthenticated("invalid_challenge", "Invalid challenge")
    if not take(tx, found.user_id, code):
        rows.count_failure(tx, found.id)
        return None
    rows.delete_challenge(tx, found.id)
    return found.user_id


def withdraw(tx: Tx, user_id: int) -> None:
    """Let no challenge be answered any more that somebody's password has earned so far."""
    rows.delete_challenges(tx, user_id)


def forget_expired(tx: Tx, limit: int = 500) -> int:
    """Delete challenges past their end; return how many, so that a job knows when to stop."""
    return rows.delete_expired_challenges(tx, limit)


def _take_totp(tx: Tx, user_id: int, code: str) -> bool:
    """Check a code against the present time step and its neighbours, newest use only."""
    kept = rows.totp(tx, user_id)
    if kept is None or not (code.isascii() and code.isdigit()):
        return False
    otp = pyotp.TOTP(kept.secret)
    present = tx.now // STEP_MS
    for step in range(present - DRIFT_STEPS, present + DRIFT_STEPS + 1):
        if step > kept.used_step and hmac.compare_digest(otp.generate_otp(step), code):
            rows.use_step(tx, user_id, step)
            return True
    return False


def _switch(tx: Tx, user_id: int, *, on: bool) -> None:
    user_rows.change(user_id, totp_enabled=int(on))
    action = "two_factor_enabled" if on else "two_factor_disabled"
    tx.emit(SecurityAlert(audience=frozenset((user_id,)), user_id=user_id, action=action))


def _code_hash(user_id: int, code: str) -> bytes:
    return _digest(f"{user_id}:{code}")


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
