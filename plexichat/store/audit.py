"""Rows of the audit log."""

import json
from collections.abc import Collection

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


def insert(
    tx: Tx, server_id: int, user_id: int, action: str, *rest: str | int | None
) -> None:
    """`rest` are target_type, target_id, target_name, changes (JSON), reason and channel_id."""
    tx.execute(
        """INSERT INTO audit (id, server_id, user_id, action, target_type, target_id, target_name,
               changes, reason, channel_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (tx.id(), server_id, user_id, action, *rest),
    )


def forget_words(tx: Tx, before: int, limit: int) -> int:
    """Let up to `limit` lines older than `before` quote no message any more; return how many."""
    forgotten = tx.execute(
        """UPDATE audit SET changes = NULL WHERE id IN (
               SELECT id FROM audit WHERE action IN ('message_edit', 'message_delete')
                   AND changes IS NOT NULL AND id < ? LIMIT ?)""",
        (before, limit),
    )
    return forgotten.rowcount


def bury(tx: Tx, server_id: int, channel_id: int) -> None:
    """Keep the last line about a channel that has ended, and so all of them, from most people."""
    tx.execute(
        """UPDATE audit SET buried = 1 WHERE id =
               (SELECT max(id) FROM audit WHERE server_id = ? AND channel_id = ?)""",
        (server_id, channel_id),
    )


def buried(snap: Snapshot, server_id: int) -> set[int]:
    """The channels that nobody but administrators may learn of any more."""
    rows = snap.execute(
        "SELECT channel_id FROM audit WHERE server_id = ? AND buried", (server_id,)
    )
    return {channel_id for (channel_id,) in rows}


def of_servers(
    snap: Snapshot,
    server_ids: tuple[int, ...],
    before: int,
    limit: int,
    actions: Collection[str] | None,
    hidden: Collection[int],
) -> list[Entry]:
    """Entries older than `before`, newest first; of these actions if any are named.

    Those about `hidden` channels are left out.
    """
    marks = ",".join("?" * len(server_ids))
    of_these = "" if actions is None else f"AND action IN ({','.join('?' * len(actions))})"
    rows = snap.execute(
        f"""SELECT id, server_id, user_id, action, target_type, target_id, target_name, changes,
               reason FROM audit WHERE server_id IN ({marks}) AND id < ? {of_these}
               AND (channel_id IS NULL OR channel_id NOT IN (SELECT value FROM json_each(?)))
            ORDER BY id DESC LIMIT ?""",
        (*server_ids, before, *(actions or ()), json.dumps(sorted(hidden)), limit),
    )
    return [Entry(*row) for row in rows]


def actors(snap: Snapshot, entries: list[Entry]) -> dict[int, User]:
    """Whoever of those who acted still exists."""
    found = (user_by_id(snap, user_id) for user_id in {entry.user_id for entry in entries})
    return {user.id: user for user in found if user is not None}
