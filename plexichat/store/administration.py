"""Rows of people as an admin sees them."""

from msgspec import Struct

from plexichat.store.db import Snapshot
from plexichat.store.users import badges


class Account(Struct, frozen=True):
    """Times in milliseconds; `suspended_until` and `locked_until` count while they are ahead."""

    id: int
    username: str
    email: str | None
    badges: tuple[str, ...]
    is_admin: bool
    totp_enabled: bool
    suspended_until: int
    locked_until: int
    deletion_at: int | None
    sessions: int
    active_at: int | None  # by a session that still is


SELECT = """SELECT u.id, u.username, u.email, u.badges, u.is_admin, u.totp_enabled,
    u.suspended_until, u.locked_until, u.deletion_at,
    (SELECT count(*) FROM session s WHERE s.user_id = u.id AND s.expires_at > ?1),
    (SELECT max(active_at) FROM session s WHERE s.user_id = u.id)
    FROM user u WHERE u.username IS NOT NULL"""
Row = tuple[int, str, str | None, str, int, int, int, int, int | None, int, int | None]


def _account(row: Row) -> Account:
    id, username, email, listed, admin, totp, suspended, locked, deletion_at, sessions, active = row
    return Account(
        id, username, email, badges(listed), bool(admin), bool(totp), suspended, locked,
        deletion_at, sessions, active,
    )  # fmt: skip


def by_id(snap: Snapshot, user_id: int) -> Account | None:
    row = snap.execute(f"{SELECT} AND u.id = ?2", (snap.now, user_id)).fetchone()
    return None if row is None else _account(row)


def page(snap: Snapshot, text: str, after: int, limit: int, offset: int) -> list[Account]:
    """People in order of their ids whose name or address contains `text`, or whose id it is."""
    rows = snap.execute(
        f"""{SELECT} AND u.id > ?2 AND (?3 = '' OR instr(lower(u.username), lower(?3))
                OR instr(u.email_key, ?4) OR u.id = CAST(?3 AS INTEGER))
            ORDER BY u.id LIMIT ?5 OFFSET ?6""",
        (snap.now, after, text, text.casefold(), limit, offset),
    )
    return [_account(row) for row in rows]


def newest(snap: Snapshot, limit: int, offset: int) -> list[Account]:
    rows = snap.execute(
        f"{SELECT} ORDER BY u.id DESC LIMIT ?2 OFFSET ?3", (snap.now, limit, offset)
    )
    return [_account(row) for row in rows]


def deletions(snap: Snapshot) -> list[Account]:
    """Whose account is about to be deleted, the first to go first."""
    rows = snap.execute(
        f"{SELECT} AND u.deletion_at IS NOT NULL ORDER BY u.deletion_at, u.id", (snap.now,)
    )
    return [_account(row) for row in rows]
