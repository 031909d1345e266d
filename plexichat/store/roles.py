"""Rows of roles and of who wears them."""

from plexichat.store.db import Snapshot, Tx
from plexichat.store.rules import ROLE_COLUMNS, Role, role


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
    role_id = tx.id()
    tx.execute(
        """INSERT INTO role (id, server_id, name, color, position, permissions, hoist,
               mentionable, is_default) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (role_id, server_id, name, color, position, permissions, int(hoist), int(mentionable),
         int(is_default)),
    )  # fmt: skip
    return role_id
