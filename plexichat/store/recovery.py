"""Rows of the ways back in: an admin's links, and codes of one's own."""

from collections.abc import Iterable
from dataclasses import dataclass

from plexichat.store.db import Snapshot, Tx


@dataclass(frozen=True, slots=True)
class Link:
    user_id: int
    token_hash: bytes
    expires_at: int


def put_link(tx: Tx, link: Link) -> None:
    """Keep a link in place of the one before."""
    tx.execute(
        "INSERT OR REPLACE INTO recovery_link (user_id, token_hash, expires_at) VALUES (?, ?, ?)",
        (link.user_id, link.token_hash, link.expires_at),
    )


def link(snap: Snapshot, user_id: int) -> Link | None:
    row = snap.execute(
        "SELECT user_id, token_hash, expires_at FROM recovery_link WHERE user_id = ?", (user_id,)
    ).fetchone()
    return None if row is None else Link(*row)


def delete_expired_links(tx: Tx, limit: int) -> int:
    gone = tx.execute(
        "DELETE FROM recovery_link WHERE user_id IN "
        "(SELECT user_id FROM recovery_link WHERE expires_at <= ? LIMIT ?)",
        (tx.now, limit),
    )
    return int(gone.rowcount)


def put_codes(tx: Tx, user_id: int, code_hashes: Iterable[bytes]) -> None:
    """Keep these codes in place of those before."""
    tx.execute("DELETE FROM recovery_code WHERE user_id = ?", (user_id,))
    for code_hash in code_hashes:
        tx.execute(
            "INSERT INTO recovery_code (user_id, code_hash) VALUES (?, ?)", (user_id, code_hash)
        )


def codes_left(snap: Snapshot, user_id: int) -> int:
    (left,) = snap.execute(
        "SELECT count(*) FROM recovery_code WHERE user_id = ?", (user_id,)
    ).fetchone()
    return int(left)


def has_code(snap: Snapshot, user_id: int, code_hash: bytes) -> bool:
    found = snap.execute(
        "SELECT 1 FROM recovery_code WHERE user_id = ? AND code_hash = ?", (user_id, code_hash)
    )
    return found.fetchone() is not None


def delete_code(tx: Tx, user_id: int, code_hash: bytes) -> None:
    tx.execute(
        "DELETE FROM recovery_code WHERE user_id = ? AND code_hash = ?", (user_id, code_hash)
    )
