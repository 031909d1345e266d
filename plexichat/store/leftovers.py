"""Rows that are still there though nobody may see them any more, and go a few at a time."""

from msgspec import Struct

from plexichat.store import search
from plexichat.store.db import Snapshot, Tx

# Of a server, with the columns that name one row: what may be many.
MANY = {
    "member": "server_id, user_id",
    "silence": "server_id, user_id",
    "ban": "server_id, user_id",
    "audit": "id",
    "invite": "code",
}


class Words(Struct, frozen=True):
    """What somebody who is banned said in a server from one moment to another."""

    server_id: int
    user_id: int
    first_id: int
    last_id: int


def words(snap: Snapshot) -> Words | None:
    row = snap.execute(
        """SELECT server_id, user_id, words_from, words_until FROM ban
           WHERE words_from IS NOT NULL LIMIT 1"""
    ).fetchone()
    return None if row is None else Words(*row)


def said(snap: Snapshot, told: Words, limit: int) -> list[tuple[int, int]]:
    """Some of the messages that these are: pairs of channel and message."""
    return snap.execute(
        """SELECT m.channel_id, m.id FROM channel c JOIN message m INDEXED BY message_author
               ON m.author_id = ? AND m.channel_id = c.id
           WHERE c.server_id = ? AND m.id BETWEEN ? AND ? AND m.deleted = 0 LIMIT ?""",
        (told.user_id, told.server_id, told.first_id, told.last_id, limit),
    ).fetchall()


def forgotten(tx: Tx, told: Words) -> None:
    """Note that nothing of this is left."""
    tx.execute(
        "UPDATE ban SET words_from = NULL, words_until = NULL WHERE server_id = ? AND user_id = ?",
        (told.server_id, told.user_id),
    )


def ended_server(snap: Snapshot) -> int | None:
    row = snap.execute("SELECT id FROM server WHERE ended LIMIT 1").fetchone()
    return None if row is None else int(row[0])


def channel_of(snap: Snapshot, server_id: int) -> int | None:
    row = snap.execute("SELECT id FROM channel WHERE server_id = ?", (server_id,)).fetchone()
    return None if row is None else int(row[0])


def messages(snap: Snapshot, channel_id: int, limit: int) -> list[tuple[int, str | None, bool]]:
    """Some messages of a channel, with their text and whether they have files."""
    return snap.execute(
        """SELECT id, content, attachments IS NOT NULL FROM message WHERE channel_id = ?
           ORDER BY id LIMIT ?""",
        (channel_id, limit),
    ).fetchall()


def delete_message(tx: Tx, channel_id: int, message_id: int, content: str | None) -> None:
    """Delete a message without a tombstone, from search too."""
    search.changed(tx, channel_id, message_id, content, None)
    tx.execute("DELETE FROM message WHERE id = ?", (message_id,))


def delete_reading(tx: Tx, channel_id: int, limit: int) -> int:
    """Forget how far some people have read a channel; return how many there were."""
    return tx.execute(
        """DELETE FROM reading WHERE channel_id = ?1 AND user_id IN
               (SELECT user_id FROM reading WHERE channel_id = ?1 LIMIT ?2)""",
        (channel_id, limit),
    ).rowcount


def delete_channel(tx: Tx, channel_id: int) -> None:
    tx.execute("DELETE FROM channel WHERE id = ?", (channel_id,))


def delete_some(tx: Tx, table: str, server_id: int, limit: int) -> int:
    """Delete some rows of a server; return how many there were."""
    key = MANY[table]
    return tx.execute(
        f"""DELETE FROM {table} WHERE ({key}) IN
               (SELECT {key} FROM {table} WHERE server_id = ? LIMIT ?)""",
        (server_id, limit),
    ).rowcount
