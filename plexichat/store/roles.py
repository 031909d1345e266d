"""Rows of roles and of who wears them."""

from plexichat.store.db import Snapshot, Tx
from plexichat.store.rules import ROLE_COLUMNS, Override, Role, role


def by_id(snap: Snapshot, server_id: int, role_id: int) -> Role | None:
    row = snap.execute(
        f"SELECT {ROLE_COLUMNS} FROM role WHERE id = ? AND server_id = ?", (role_id, server_id)
    ).fetchone()
    return None if row is None else role(row)


def of_server(snap: Snapshot, server_id: int) -> list[Role]:
    """A server's roles, the highest first."""
    rows = snap.execute(
        f"SELECT {ROLE_COLUMNS} FROM role WHERE server_id = ? ORDER BY position DESC, id",
        (server_id,),
    )
    return [role(row) for row in rows]


def insert(
    tx: Tx,
    server_id: int,
    name: str,
    permissions: int,
    position: int,
    *,
    color: str | None = None,
    hoist: bool = False,
    mentionable: bool = False,
    is_default: bool = False,
) -> int:
    """Add a role; the one that everybody wears has the id of its server."""
    role_id = server_id if is_default else tx.id()
    tx.execute(
        """INSERT INTO role (id, server_id, name, color, position, permissions, hoist,
               mentionable, is_default) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (role_id, server_id, name, color, position, permissions, int(hoist), int(mentionable),
         int(is_default)),
    )  # fmt: skip
    return role_id


def change(tx: Tx, role_id: int, **columns: object) -> None:
    """Set columns by name."""
    sets = ", ".join(f"{column} = ?" for column in columns)
    tx.execute(f"UPDATE role SET {sets} WHERE id = ?", (*columns.values(), role_id))


def delete(tx: Tx, role_id: int) -> None:
    """Remove a role, from everybody who wears it and every override that names it."""
    tx.execute("DELETE FROM override WHERE kind = 'role' AND target_id = ?", (role_id,))
    tx.execute("DELETE FROM role WHERE id = ?", (role_id,))


def wearers(snap: Snapshot, role_id: int) -> list[int]:
    rows = snap.execute("SELECT user_id FROM member_role WHERE role_id = ?", (role_id,))
    return [user_id for (user_id,) in rows]


def give(tx: Tx, server_id: int, user_id: int, role_id: int) -> bool:
    """False if they wore it already."""
    given = tx.execute(
        "INSERT OR IGNORE INTO member_role (server_id, user_id, role_id) VALUES (?, ?, ?)",
        (server_id, user_id, role_id),
    )
    return bool(given.rowcount)


def take(tx: Tx, server_id: int, user_id: int, role_id: int) -> bool:
    """False if they did not wear it."""
    taken = tx.execute(
        "DELETE FROM member_role WHERE server_id = ? AND user_id = ? AND role_id = ?",
        (server_id, user_id, role_id),
    )
    return bool(taken.rowcount)


def override(snap: Snapshot, channel_id: int, kind: str, target_id: int) -> Override | None:
    row = snap.execute(
        """SELECT kind, target_id, allow, deny FROM override
           WHERE channel_id = ? AND kind = ? AND target_id = ?""",
        (channel_id, kind, target_id),
    ).fetchone()
    return None if row is None else Override(*row)


def overrides(snap: Snapshot, channel_id: int) -> list[Override]:
    rows = snap.execute(
        """SELECT kind, target_id, allow, deny FROM override WHERE channel_id = ?
           ORDER BY kind DESC, target_id""",
        (channel_id,),
    )
    return [Override(*row) for row in rows]


def put_override(tx: Tx, channel_id: int, override: Override) -> None:
    tx.execute(
        """REPLACE INTO override (channel_id, kind, target_id, allow, deny)
           VALUES (?, ?, ?, ?, ?)""",
        (channel_id, override.kind, override.target_id, override.allow, override.deny),
    )


def delete_override(tx: Tx, channel_id: int, kind: str, target_id: int) -> None:
    tx.execute(
        "DELETE FROM override WHERE channel_id = ? AND kind = ? AND target_id = ?",
        (channel_id, kind, target_id),
    )
