"""Back in without the password: by a link that an admin makes, or by a code made beforehand.

Either sets a new password, once, and ends every session; a second factor stays as it is. A link's
hash covers that of the password, so whatever changes the password kills the link; a newer link
takes the place of an older one.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

from plexichat import ids
from plexichat.core import accounts, administration, users
from plexichat.core.errors import Unauthenticated
from plexichat.core.events import SecurityAlert
from plexichat.store import recovery as rows
from plexichat.store import users as user_rows
from plexichat.store.administration import Account
from plexichat.store.db import Snapshot, Tx
from plexichat.store.users import User

HOUR_MS = 3_600_000
CODES = 8
CODE_LENGTH = 16  # 80 bits: nobody guesses one, so nobody has to be locked out for trying
ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"  # nothing that reads like something else
TOKEN = re.compile(r"recovery\.([0-9]{1,19})\.([A-Za-z0-9_-]{43})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Link:
    """What an admin hands on: whoever has the token sets this person's password."""

    username: str
    token: str
    expires_at: int


def link(tx: Tx, user_id: int, hours: int) -> Link:
    """Make a link for somebody; they are told, and the one before is dead."""
    user = users.get(tx, user_id)
    secret = secrets.token_urlsafe(32)
    kept = accounts.credentials(tx, user.id).password_hash
    expires_at = tx.now + hours * HOUR_MS
    rows.put_link(tx, rows.Link(user.id, _link_hash(secret, kept), expires_at))
    _tell(tx, user.id, "recovery_link")
    return Link(user.username, f"recovery.{user.id}.{secret}", expires_at)


def asker(snap: Snapshot, email: str) -> User | None:
    """Who has this address, and so may want a link."""
    return user_rows.by_email(snap, email)


def make_account(
    tx: Tx, username: str, email: str | None, password_hash: bytes, hours: int | None
) -> tuple[Account, Link | None]:
    """An account for somebody; whoever knows no password for it gets a link, for some hours."""
    made = accounts.create(tx, username, email, password_hash)
    handed = None if hours is None else link(tx, made.id, hours)
    return administration.show(tx, made.id), handed


def check_link(snap: Snapshot, token: str) -> int:
    """Whose link this is; refused once it is dead."""
    shape = TOKEN.fullmatch(token)
    user_id = 0 if shape is None else min(int(shape[1]), ids.LARGEST)
    found, kept = rows.link(snap, user_id), user_rows.credentials(user_id)
    if (
        shape is None
        or found is None
        or kept is None
        or not hmac.compare_digest(found.token_hash, _link_hash(shape[2], kept.password_hash))
    ):
        raise Unauthenticated("invalid_token", "Invalid token")
    if found.expires_at <= snap.now:
        raise Unauthenticated("token_expired", "Token expired")
    return user_id


def use_link(tx: Tx, token: str, becomes: bytes) -> None:
    """Set a new password; that alone kills the link."""
    accounts.replace_password(tx, check_link(tx, token), becomes, keep=None)


def make_codes(tx: Tx, user_id: int) -> list[str]:
    """Draw new codes, shown this once; those before are dead."""
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH)) for _ in range(CODES)]
    rows.put_codes(tx, user_id, [_code_hash(user_id, code) for code in codes])
    _tell(tx, user_id, "recovery_codes")
    return ["-".join(re.findall("....", code)) for code in codes]


def codes_left(snap: Snapshot, user_id: int) -> int:
    return rows.codes_left(snap, user_id)


def check_code(snap: Snapshot, name: str, code: str) -> tuple[int, bytes]:
    """Whose code this is, and its hash; a wrong name or address is told like a wrong code."""
    user = user_rows.by_name(snap, name) or user_rows.by_email(snap, name)
    user_id = 0 if user is None else user.id
    code_hash = _code_hash(user_id, re.sub(r"[\s-]", "", code).lower())
    if not rows.has_code(snap, user_id, code_hash):
        raise Unauthenticated("invalid_code", "Invalid code")
    return user_id, code_hash


def use_code(tx: Tx, name: str, code: str, becomes: bytes) -> None:
    """Use up a code to set a new password; the other codes stay."""
    user_id, code_hash = check_code(tx, name, code)
    rows.delete_code(tx, user_id, code_hash)
    accounts.replace_password(tx, user_id, becomes, keep=None)


def forget_expired(tx: Tx, limit: int = 500) -> int:
    """Delete links past their end; return how many, so that a job knows when to stop."""
    return rows.delete_expired_links(tx, limit)


def _tell(tx: Tx, user_id: int, setting: str) -> None:
    tx.emit(
        SecurityAlert(
            audience=frozenset((user_id,)), user_id=user_id,
            action="security_settings_updated", detail={"setting": setting},
        )
    )  # fmt: skip


def _link_hash(secret: str, password_hash: bytes) -> bytes:
    return hashlib.sha256(secret.encode() + password_hash).digest()


def _code_hash(user_id: int, code: str) -> bytes:
    return hashlib.sha256(f"{user_id}:{code}".encode()).digest()
