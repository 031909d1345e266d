"""Rows of webhooks."""

from msgspec import Struct

from plexichat.store.db import Snapshot, Tx


class Webhook(Struct, frozen=True):
    id: int
    server_id: int
    channel_id: int
    creator_id: int
    name: str
    avatar_url: str | None
    token_hash: bytes


SELECT = "SELECT id, server_id, channel_id, creator_id, name, avatar_url, token_hash FROM webhook"


def by_id(snap: Snapshot, webhook_id: int) -> Webhook | None:
    row = snap.execute(f"{SELECT} WHERE id = ?", (webhook_id,)).fetchone()
    return None if row is None else Webhook(*row)


def every(snap: Snapshot) -> list[Webhook]:
    rows = snap.execute(
        f"{SELECT} WHERE server_id IN (SELECT id FROM server WHERE NOT ended) ORDER BY id"
    )
    return [Webhook(*row) for row in rows]


def of_channel(snap: Snapshot, channel_id: int) -> list[Webhook]:
    rows = snap.execute(f"{SELECT} WHERE channel_id = ? ORDER BY id", (channel_id,))
    return [Webhook(*row) for row in rows]


def of_server(snap: Snapshot, server_id: int) -> list[Webhook]:
    rows = snap.execute(f"{SELECT} WHERE server_id = ? ORDER BY id", (server_id,))
    return [Webhook(*row) for row in rows]


def insert(
    tx: Tx,
    server_id: int,
    channel_id: int,
    creator_id: int,
    name: str,
    avatar_url: str | None,
    token_hash: bytes,
) -> int:
    webhook_id = tx.id()
    tx.execute(
        """INSERT INTO webhook (id, server_id, channel_id, creator_id, name, avatar_url, token_hash)
           VALUES (?, ?, ?, ?, ?, ?, ?)""",
        (webhook_id, server_id, channel_id, creator_id, name, avatar_url, token_hash),
    )
    return webhook_id


def change(tx: Tx, webhook_id: int, **columns: object) -> None:
    """Set columns by name."""
    sets = ", ".join(f"{column} = ?" for column in columns)
    tx.execute(f"UPDATE webhook SET {sets} WHERE id = ?", (*columns.values(), webhook_id))


def delete(tx: Tx, webhook_id: int) -> None:
    tx.execute("DELETE FROM webhook WHERE id = ?", (webhook_id,))
