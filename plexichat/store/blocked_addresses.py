"""Rows of addresses from which nobody is answered."""

from dataclasses import dataclass

from plexichat.store.db import Snapshot, Tx


@dataclass(frozen=True, slots=True)
class Blocked:
    """Times in milliseconds; without an end it is until further notice."""

    address: str
    reason: str | None
    blocked_at: int
    blocked_by: int
    expires_at: int | None


def put(tx: Tx, blocked: Blocked) -> None:
    tx.execute(
        """INSERT OR REPLACE INTO blocked_address
               (address, reason, blocked_at, blocked_by, expires_at) VALUES (?, ?, ?, ?, ?)""",
        (blocked.address, blocked.reason, blocked.blocked_at, blocked.blocked_by,
         blocked.expires_at),
    )  # fmt: skip


def delete(tx: Tx, address: str) -> bool:
    """Take one away; False if there was none like it."""
    return tx.execute("DELETE FROM blocked_address WHERE address = ?", (address,)).rowcount == 1


def every(snap: Snapshot) -> list[Blocked]:
    """Those that count, the newest first."""
    rows = snap.execute(
        """SELECT address, reason, blocked_at, blocked_by, expires_at FROM blocked_address
               WHERE expires_at IS NULL OR expires_at > ? ORDER BY blocked_at DESC, address""",
        (snap.now,),
    )
    return [Blocked(*row) for row in rows]


def delete_expired(tx: Tx, limit: int) -> int:
    gone = tx.execute(
        "DELETE FROM blocked_address WHERE address IN "
        "(SELECT address FROM blocked_address WHERE expires_at <= ? LIMIT ?)",
        (tx.now, limit),
    )
    return int(gone.rowcount)
