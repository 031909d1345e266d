"""Rows of second factors: secrets, backup codes, and logins that wait for a code."""

from collections.abc import Iterable
from dataclasses import dataclass

from plexichat.store.db import Snapshot, Tx


@dataclass(frozen=True, slots=True)
class Totp:
    secret: str
    used_step: int


@dataclass(frozen=True, slots=True)
class Challenge:
    id: int
    user_id: int
    secret_hash: bytes
    expires_at: int
    failures: int


def totp(snap: Snapshot, user_id: int) -> Totp | None:
    row = snap.execute(
        "SELECT secret, used_step FROM totp WHERE user_id = ?", (user_id,)
    ).fetchone()
    return None if row is None else Totp(*row)


def put(tx: Tx, user_id: int, secret: str, code_hashes: Iterable[bytes]) -> None:
    """Set the secret and the backup codes, in place of any that were there."""
    forget(tx, user_id)
    tx.execute("INSERT INTO totp (user_id, secret) VALUES (?, ?)", (user_id, secret))
    for code_hash in code_hashes:
        tx.execute(
            "INSERT INTO backup_code (user_id, code_hash) VALUES (?, ?)", (user_id, code_hash)
        )


def forget(tx: Tx, user_id: int) -> None:
    for table in ("totp", "backup_code", "challenge"):
        tx.execute(f"DELETE FROM {table} WHERE user_id = ?", (user_id,))


def use_step(tx: Tx, user_id: int, step: int) -> None:
    tx.execute("UPDATE totp SET used_step = ? WHERE user_id = ?", (step, user_id))


def use_backup_code(tx: Tx, user_id: int, code_hash: bytes) -> bool:
    """Take one backup code away; False if there was none like it."""
    gone = tx.execute(
        "DELETE FROM backup_code WHERE user_id = ? AND code_hash = ?", (user_id, code_hash)
    )
    return gone.rowcount == 1


def backup_codes_left(snap: Snapshot, user_id: int) -> int:
    (left,) = snap.execute(
        "SELECT count(*) FROM backup_code WHERE user_id = ?", (user_id,)
    ).fetchone()
    return int(left)


def insert_challenge(tx: Tx, user_id: int, secret_hash: bytes, expires_at: int) -> int:
    challenge_id = tx.id()
    tx.execute(
        "INSERT INTO challenge (id, user_id, secret_hash, expires_at) VALUES (?, ?, ?, ?)",
        (challenge_id, user_id, secret_hash, expires_at),
    )
    return challenge_id


def challenge(snap: Snapshot, challenge_id: int) -> Challenge | None:
    row = snap.execute(
        "SELECT id, user_id, secret_hash, expires_at, failures FROM challenge WHERE id = ?",
        (challenge_id,),
    ).fetchone()
    return None if row is None else Challenge(*row)


def count_failure(tx: Tx, challenge_id: int) -> None:
    tx.execute("UPDATE challenge SET failures = failures + 1 WHERE id = ?", (challenge_id,))


def delete_challenge(tx: Tx, challenge_id: int) -> None:
    tx.execute("DELETE FROM challenge WHERE id = ?", (challenge_id,))


def delete_challenges(tx: Tx, user_id: int) -> None:
    tx.execute("DELETE FROM challenge WHERE user_id = ?", (user_id,))


def delete_expired_challenges(tx: Tx, limit: int) -> int:
    gone = tx.execute(
        "DELETE FROM challenge WHERE id IN "
        "(SELECT id FROM challenge WHERE expires_at <= ? LIMIT ?)",
        (tx.now, limit),
    )
    return int(gone.rowcount)
