"""Rows of servers and of who belongs to them."""

from msgspec import Struct

from plexichat.store.db import Snapshot, Tx


class Server(Struct, frozen=True):
    id: int
    name: str
    description: str | None
    icon: str | None
    owner_id: int
    default_channel_id: int | None
    verification_level: int
    default_message_notifications: int
    member_count: int
    is_public: bool
    banner: str | None


COLUMNS = """s.id, s.name, s.description, s.icon, s.owner_id, s.default_channel_id,
    s.verification_level, s.default_message_notifications, s.member_count, s.is_public,
    s.banner"""
Row = tuple[
    int, str, str | None, str | None, int, int | None, int, int, int, int, str | None
]  # fmt: skip


def _server(row: Row) -> Server:
    return Server(*row[:9], bool(row[9]), row[10])


def by_id(snap: Snapshot, server_id: int) -> Server | None:
    row = snap.execute(
        f"SELECT {COLUMNS} FROM server s WHERE s.id = ? AND NOT s.ended", (server_id,)
    ).fetchone()
    return None if row is None else _server(row)


def every(snap: Snapshot) -> list[Server]:
    """All of them, the oldest first."""
    rows = snap.execute(f"SELECT {COLUMNS} FROM server s WHERE NOT s.ended ORDER BY s.id")
    return [Server(*row) for row in rows]


def called(snap: Snapshot, name: str) -> list[Server]:
    """Those of exactly this name, ignoring the case of ASCII."""
    rows = snap.execute(
        f"""SELECT {COLUMNS} FROM server s WHERE s.name = ? COLLATE NOCASE AND NOT s.ended
            ORDER BY s.id""",
        (name,),
    )
    return [Server(*row) for row in rows]


def of(snap: Snapshot, user_id: int) -> list[Server]:
    """The servers somebody belongs to, by name."""
    rows = snap.execute(
        f"""SELECT {COLUMNS} FROM member m JOIN server s ON s.id = m.server_id
            WHERE m.user_id = ? AND NOT s.ended ORDER BY s.name COLLATE NOCASE, s.id""",
        (user_id,),
    )
    return [_server(row) for row in rows]


def public(snap: Snapshot, limit: int) -> list[Server]:
    """The servers that anybody may know of, the largest first."""
    rows = snap.execute(
        f"""SELECT {COLUMNS} FROM server s WHERE s.is_public AND NOT s.ended
            ORDER BY s.member_count DESC, s.id LIMIT ?""",
        (limit,),
    )
    return [_server(row) for row in rows]


def ids_of(snap: Snapshot, user_id: int) -> tuple[int, ...]:
    rows = snap.execute(
        """SELECT m.server_id FROM member m JOIN server s ON s.id = m.server_id
           WHERE m.user_id = ? AND NOT s.ended""",
        (user_id,),
    )
    return tuple(server_id for (server_id,) in rows)


def insert(tx: Tx, name: str, description: str | None, owner_id: int) -> int:
    server_id = tx.id()
    tx.execute(
        "INSERT INTO server (id, name, description, owner_id) VALUES (?, ?, ?, ?)",
        (server_id, name, description, owner_id),
    )
    return server_id


def change(tx: Tx, server_id: int, **columns: object) -> None:
    """Set columns by name."""
    sets = ", ".join(f"{column} = ?" for column in columns)
    tx.execute(f"UPDATE server SET {sets} WHERE id = ?", (*columns.values(), server_id))


def delete(tx: Tx, server_id: int) -> None:
    tx.execute("DELETE FROM server WHERE id = ?", (server_id,))
