"""Rows of the admins' own sessions."""

from dataclasses import dataclass

from plexichat.store.db import Snapshot, Tx


@dataclass(frozen=True, slots=True)
class Admin:
    """Somebody with a session that counts, in milliseconds."""

    id: int
    session_id: int
    username: str
    active_at: int
    proved_at: int
    address: str | None


# A session is as good as its account: an admin's, not locked, with the password it began with.
COUNTS = """SELECT s.user_id, s.id, u.username, s.active_at, s.proved_at, s.address
    FROM admin_session s JOIN user u ON u.id = s.user_id
    WHERE u.is_admin AND u.suspended_until <= ?1 AND u.password_hash = s.password_hash
    AND s.expires_at > ?1 AND s.active_at > ?2"""


def insert(
    tx: Tx, session_id: int, user_id: int, token_hash: bytes, expires_at: int, address: str | None
) -> None:
    tx.execute(
        """INSERT INTO admin_session
               (id, user_id, token_hash, password_hash, expires_at, active_at, address)
           SELECT ?, id, ?, password_hash, ?, ?, ? FROM user WHERE id = ?""",
        (session_id, token_hash, expires_at, tx.now, address, user_id),
    )


def by_token(snap: Snapshot, token_hash: bytes, idle: int) -> Admin | None:
    """Whoever holds this token and was active since `idle`."""
    row = snap.execute(f"{COUNTS} AND s.token_hash = ?3", (snap.now, idle, token_hash)).fetchone()
    return None if row is None else Admin(*row)


def by_id(snap: Snapshot, session_id: int, idle: int) -> Admin | None:
    row = snap.execute(f"{COUNTS} AND s.id = ?3", (snap.now, idle, session_id)).fetchone()
    return None if row is None else Admin(*row)


def of(snap: Snapshot, user_id: int) -> list[int]:
    """Somebody's sessions, the one unused for longest first."""
    rows = snap.execute(
        "SELECT id FROM admin_session WHERE user_id = ? ORDER BY active_at, id", (user_id,)
    )
    return [session_id for (session_id,) in rows]


def touch(tx: Tx, session_id: int) -> None:
    tx.execute("UPDATE admin_session SET active_at = ? WHERE id = ?", (tx.now, session_id))


def prove(tx: Tx, session_id: int) -> None:
    tx.execute("UPDATE admin_session SET proved_at = ? WHERE id = ?", (tx.now, session_id))


def renew(tx: Tx, session_id: int) -> None:
    """Let a session outlast the change of its account's password."""
    tx.execute(
        """UPDATE admin_session SET password_hash =
               (SELECT password_hash FROM user WHERE user.id = user_id) WHERE id = ?""",
        (session_id,),
    )


def delete(tx: Tx, session_id: int) -> None:
    tx.execute("DELETE FROM admin_session WHERE id = ?", (session_id,))


def delete_of(tx: Tx, user_id: int) -> None:
    tx.execute("DELETE FROM admin_session WHERE user_id = ?", (user_id,))


def delete_expired(tx: Tx, limit: int) -> int:
    gone = tx.execute(
        "DELETE FROM admin_session WHERE id IN "
        "(SELECT id FROM admin_session WHERE expires_at <= ? LIMIT ?)",
        (tx.now, limit),
    )
    return int(gone.rowcount)
