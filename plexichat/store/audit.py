"""Rows of the audit log."""

from msgspec import Struct

from plexichat.store.db import Snapshot, Tx
from plexichat.store.users import User
from plexichat.store.users import by_id as user_by_id


class Entry(Struct, frozen=True):
    id: int
    server_id: int
    user_id: int
    action: str
    target_type: str | None
    target_id: str | None
    target_name: str | None
    changes: str | None
    reason: str | None


def insert(tx: Tx, server_id: int, user_id: int, action: str, *rest: str | None) -> None:
    """`rest` are target_type, target_id, target_name, changes (JSON) and reason."""
    tx.execute(
        """INSERT INTO audit (id, server_id, user_id, action, target_type, target_id, target_name,
               changes, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (tx.id(), server_id, user_id, action, *rest),
    )


def of_servers(
    snap: Snapshot, server_ids: tuple[int, ...], before: int, limit: int, action: str | None = None
) -> list[Entry]:
    """Entries older than `before`, newest first; of one action if it is named."""
    marks = ",".join("?" * len(server_ids))
    rows = snap.execute(
        f"""SELECT id, server_id, user_id, action, target_type, target_id, target_name, changes,
               reason FROM audit WHERE server_id IN ({marks}) AND id < ?
               AND (? IS NULL OR action = ?) ORDER BY id DESC LIMIT ?""",
        (*server_ids, before, action, action, limit),
    )
    return [Entry(*row) for row in rows]


def actors(snap: Snapshot, entries: list[Entry]) -> dict[int, User]:
    """Whoever of those who acted still exists."""
    found = (user_by_id(snap, user_id) for user_id in {entry.user_id for entry in entries})
    return {user.id: user for user in found if user is not None}
