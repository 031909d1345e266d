"""Rows of who belongs to a server."""

import json
import re
from collections.abc import Collection

from msgspec import Struct

from plexichat.store.db import Snapshot, Tx
from plexichat.store.users import badges

COLUMNS = """m.server_id, m.user_id, u.username, u.avatar, u.badges, m.nickname, m.joined_at,
    m.timeout_until, m.timeout_reason,
    (SELECT group_concat(role_id) FROM member_role r
     WHERE r.server_id = m.server_id AND r.user_id = m.user_id)"""
SELECT = f"SELECT {COLUMNS} FROM member m JOIN user u ON u.id = m.user_id WHERE m.server_id = ?"


class Member(Struct, frozen=True):
    """Somebody in a server; `role_ids` are the roles they were given, so without @everyone."""

    server_id: int
    user_id: int
    username: str
    avatar: str | None
    badges: tuple[str, ...]
    nickname: str | None
    joined_at: int
    timeout_until: int | None
    timeout_reason: str | None
    role_ids: tuple[str, ...]


Row = tuple[
    int, int, str, str | None, str, str | None, int, int | None, str | None, str | None
]  # fmt: skip


def _member(row: Row) -> Member:
    server_id, user_id, username, avatar, listed, nickname, joined_at, until, reason, roles = row
    return Member(
        server_id, user_id, username, avatar, badges(listed), nickname, joined_at, until, reason,
        tuple(roles.split(",")) if roles else (),
    )  # fmt: skip


def by_id(snap: Snapshot, server_id: int, user_id: int) -> Member | None:
    row = snap.execute(f"{SELECT} AND m.user_id = ?", (server_id, user_id)).fetchone()
    return None if row is None else _member(row)


def page(snap: Snapshot, server_id: int, after: int, limit: int) -> list[Member]:
    """Members in the order of their ids, from the one that follows `after`."""
    rows = snap.execute(
        f"{SELECT} AND m.user_id > ? ORDER BY m.user_id LIMIT ?", (server_id, after, limit)
    )
    return [_member(row) for row in rows]


def ids(snap: Snapshot, server_id: int) -> list[int]:
    """Everybody in a server, in order."""
    rows = snap.execute(
        "SELECT user_id FROM member WHERE server_id = ? ORDER BY user_id", (server_id,)
    )
    return [user_id for (user_id,) in rows]


def named(snap: Snapshot, server_id: int, beginning: str, limit: int) -> list[int]:
    """Members whose name or nickname begins so, ignoring the case of ASCII."""
    pattern = re.sub(r"([%_\\])", r"\\\1", beginning) + "%"
    rows = snap.execute(
        r"""SELECT m.user_id FROM member m JOIN user u ON u.id = m.user_id
            WHERE m.server_id = ?1
                AND (u.username LIKE ?2 ESCAPE '\' OR m.nickname LIKE ?2 ESCAPE '\')
            ORDER BY m.user_id LIMIT ?3""",
        (server_id, pattern, limit),
    )
    return [user_id for (user_id,) in rows]


def some(snap: Snapshot, server_id: int, user_ids: Collection[int]) -> list[Member]:
    """Those of these people who are members, in order of their ids."""
    rows = snap.execute(
        f"{SELECT} AND m.user_id IN (SELECT value FROM json_each(?)) ORDER BY m.user_id",
        (server_id, json.dumps(list(user_ids))),
    )
    return [_member(row) for row in rows]


def near(snap: Snapshot, user_id: int, among: Collection[int]) -> frozenset[int]:
    """Who of these people shares a server with this one."""
    rows = snap.execute(
        """SELECT DISTINCT m.user_id FROM json_each(?2) j JOIN member m ON m.user_id = j.value
           WHERE m.server_id IN (SELECT o.server_id FROM member o JOIN server s
               ON s.id = o.server_id WHERE o.user_id = ?1 AND NOT s.ended)""",
        (user_id, json.dumps(list(among))),
    )
    return frozenset(row[0] for row in rows)


def temporary(snap: Snapshot, user_id: int) -> list[int]:
    """The servers somebody joined for a while, in which they were not given a role."""
    rows = snap.execute(
        """SELECT m.server_id FROM member m JOIN server s ON s.id = m.server_id
           WHERE m.user_id = ? AND m.temporary AND s.owner_id <> m.user_id AND NOT EXISTS
               (SELECT 1 FROM member_role r
                WHERE r.server_id = m.server_id AND r.user_id = m.user_id)""",
        (user_id,),
    )
    return [server_id for (server_id,) in rows]


def temporary_people(snap: Snapshot) -> list[int]:
    """Whoever belongs to a server only while they are here."""
    rows = snap.execute("SELECT DISTINCT user_id FROM member WHERE temporary")
    return [user_id for (user_id,) in rows]


def insert(tx: Tx, server_id: int, user_id: int, temporary: bool) -> None:
    """Add a member; a time-out that they left behind goes on."""
    silence = tx.execute(
        "DELETE FROM silence WHERE server_id = ? AND user_id = ? RETURNING until, reason",
        (server_id, user_id),
    ).fetchone()
    until, reason = (None, None) if silence is None else silence
    tx.execute(
        """INSERT INTO member (server_id, user_id, joined_at, joined_id, temporary, timeout_until,
               timeout_reason) VALUES (?, ?, ?, ?, ?, ?, ?)""",
        (server_id, user_id, tx.now, tx.id(), int(temporary), until, reason),
    )
    tx.execute("UPDATE server SET member_count = member_count + 1 WHERE id = ?", (server_id,))


def change(tx: Tx, server_id: int, user_id: int, **columns: object) -> None:
    """Set columns by name."""
    sets = ", ".join(f"{column} = ?" for column in columns)
    tx.execute(
        f"UPDATE member SET {sets} WHERE server_id = ? AND user_id = ?",
        (*columns.values(), server_id, user_id),
    )


def delete(tx: Tx, server_id: int, user_id: int) -> bool:
    """False if there was no such member. Nobody escapes a time-out by leaving."""
    gone = tx.execute(
        """DELETE FROM member WHERE server_id = ? AND user_id = ?
           RETURNING timeout_until, timeout_reason""",
        (server_id, user_id),
    ).fetchone()
    if gone is None:
        return False
    until, reason = gone
    if until is not None and until > tx.now:
        tx.execute(
            "INSERT INTO silence (server_id, user_id, until, reason) VALUES (?, ?, ?, ?)",
            (server_id, user_id, until, reason),
        )
    tx.execute("UPDATE server SET member_count = member_count - 1 WHERE id = ?", (server_id,))
    return True
