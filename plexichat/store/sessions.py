"""Rows of sessions: who may speak as whom, and until when."""

from collections.abc import Iterable
from dataclasses import dataclass

from plexichat.store.db import Snapshot, Tx
from plexichat.store.models import Session as Row


@dataclass(frozen=True, slots=True)
class Session:
    id: int
    user_id: int
    token_hash: bytes
    expires_at: int
    active_at: int
    address: str | None
    agent: str | None


def _session(row: Row) -> Session:
    return Session(
        row.id, row.user_id, bytes(row.token_hash), row.expires_at, row.active_at,
        row.address, row.agent,
    )  # fmt: skip


def every(now: int) -> list[Session]:
    """All that have not expired."""
    return [_session(row) for row in Row.select().where(Row.expires_at > now)]


def of(user_id: int, now: int) -> list[Session]:
    """One person's, the one unused for longest first."""
    mine = Row.select().where((Row.user_id == user_id) & (Row.expires_at > now))
    return [_session(row) for row in mine.order_by(Row.active_at, Row.id)]


def ending(session_ids: Iterable[int], now: int, before: int) -> list[Session]:
    """Those of these that still count and end before a moment."""
    soon = (Row.expires_at > now) & (Row.expires_at < before)
    return [_session(row) for row in Row.select().where(Row.id.in_(list(session_ids)) & soon)]


def owners(snap: Snapshot, before: int, limit: int) -> list[int]:
    """Some of those who have sessions that began before an id."""
    rows = snap.execute(
        """SELECT DISTINCT user_id FROM session WHERE id < ? AND expires_at > ? LIMIT ?""",
        (before, snap.now, limit),
    )
    return [user_id for (user_id,) in rows]


def alive(snap: Snapshot, session_id: int) -> bool:
    found = snap.execute(
        "SELECT 1 FROM session WHERE id = ? AND expires_at > ?", (session_id, snap.now)
    )
    return found.fetchone() is not None


def insert(tx: Tx, session: Session) -> None:
    Row.insert(
        id=session.id,
        user_id=session.user_id,
        token_hash=session.token_hash,
        expires_at=session.expires_at,
        active_at=session.active_at,
        address=session.address,
        agent=session.agent,
    ).execute()


def extend(session_id: int, expires_at: int) -> None:
    Row.update(expires_at=expires_at).where(Row.id == session_id).execute()


def touch(tx: Tx, used: Iterable[tuple[int, int]]) -> None:
    """Note when each session was last used: pairs of (active_at, session id)."""
    tx.connection.executemany("UPDATE session SET active_at = ? WHERE id = ?", used)


def delete(session_ids: Iterable[int]) -> None:
    Row.delete().where(Row.id.in_(list(session_ids))).execute()


def expired(now: int, limit: int) -> list[tuple[int, int]]:
    """Up to `limit` sessions past their end, as (session id, user id)."""
    old = Row.select(Row.id, Row.user_id).where(Row.expires_at <= now).limit(limit)
    return [(row.id, row.user_id) for row in old]
