"""Rows of messages. The statements here are the hottest of the house, so they are SQL text."""

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from plexichat.store import reading, search
from plexichat.store.db import Snapshot, Tx


class Message(Struct, frozen=True):
    """A message with its author as they are now. JSON columns stay text until somebody asks."""

    id: int
    channel_id: int
    author_id: int
    author_name: str | None
    author_avatar: str | None
    author_badges: str | None
    content: str | None
    edited_at: int | None
    reply_to_id: int | None
    attachments: str | None
    embeds: str | None
    pinned_at: int | None
    reactions: int
    webhook_id: int | None = None


class Byline(Struct, frozen=True):
    """The name and picture under which a program writes."""

    webhook_id: int
    name: str
    avatar_url: str | None


SELECT = """SELECT m.id, m.channel_id, m.author_id, coalesce(m.byline, u.username),
    coalesce(m.byline_avatar, u.avatar), u.badges, m.content, m.edited_at, m.reply_to_id,
    m.attachments, m.embeds, m.pinned_at, m.reactions, m.webhook_id
    FROM message m LEFT JOIN user u ON u.id = m.author_id"""
BEFORE = f"""{SELECT} WHERE m.channel_id = ? AND m.id < ? AND m.deleted = 0
    ORDER BY m.id DESC LIMIT ?"""
AFTER = f"""{SELECT} WHERE m.channel_id = ? AND m.id > ? AND m.deleted = 0
    ORDER BY m.id LIMIT ?"""
BY_ID = f"{SELECT} WHERE m.id = ? AND m.channel_id = ? AND m.deleted = 0"


def before(snap: Snapshot, channel_id: int, bound: int, limit: int) -> list[Message]:
    """Up to `limit` messages older than `bound`, newest first."""
    return [Message(*row) for row in snap.execute(BEFORE, (channel_id, bound, limit))]


def after(snap: Snapshot, channel_id: int, bound: int, limit: int) -> list[Message]:
    """Up to `limit` messages newer than `bound`, oldest first."""
    return [Message(*row) for row in snap.execute(AFTER, (channel_id, bound, limit))]


def by_id(snap: Snapshot, channel_id: int, message_id: int) -> Message | None:
    row = snap.execute(BY_ID, (message_id, channel_id)).fetchone()
    return None if row is None else Message(*row)


def by_ids(snap: Snapshot, ids: Sequence[int]) -> list[Message]:
    """Those of these messages that there are, newest first."""
    rows = snap.execute(
        f"""{SELECT} WHERE m.id IN ({','.join('?' * len(ids))}) AND m.deleted = 0
            ORDER BY m.id DESC""",
        ids,
    )
    return [Message(*row) for row in rows]


def latest_of(snap: Snapshot, channel_id: int, author_id: int) -> int | None:
    """The last message that somebody sent to a channel, whether it is deleted or not."""
    (message_id,) = snap.execute(
        "SELECT max(id) FROM message WHERE author_id = ? AND channel_id = ?",
        (author_id, channel_id),
    ).fetchone()
    return None if message_id is None else int(message_id)


def exists(snap: Snapshot, channel_id: int, message_id: int) -> bool:
    found = snap.execute(
        "SELECT 1 FROM message WHERE id = ? AND channel_id = ? AND deleted = 0",
        (message_id, channel_id),
    )
    return found.fetchone() is not None


def insert(
    tx: Tx,
    channel_id: int,
    author_id: int,
    content: str | None,
    reply_to_id: int | None,
    attachments: str | None,
    embeds: str | None,
    byline: Byline | None = None,
) -> int:
    """Add a message, count it for its channel, its author and search; return its id.

    With a byline a program writes it, which has read nothing and counts nothing as its own.
    """
    message_id = tx.id()
    (position,) = tx.execute(
        "UPDATE channel SET last_message_id = ?, sent = sent + 1 WHERE id = ? RETURNING sent",
        (message_id, channel_id),
    ).fetchone()
    own_position = 0 if byline else reading.count_own(tx, author_id, channel_id)
    tx.execute(
        """INSERT INTO message (id, channel_id, author_id, position, own_position,
               content, reply_to_id, attachments, embeds)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (message_id, channel_id, author_id, position, own_position,
         content, reply_to_id, attachments, embeds),
    )  # fmt: skip
    search.added(tx)
    if byline is not None:
        tx.execute(
            "UPDATE message SET webhook_id = ?, byline = ?, byline_avatar = ? WHERE id = ?",
            (byline.webhook_id, byline.name, byline.avatar_url, message_id),
        )
    return message_id


def column(items: Sequence[Struct]) -> str | None:
    """What `message.embeds` holds for these."""
    return msgspec.json.encode(items).decode() if items else None


def edit(tx: Tx, message: Message, content: str | None) -> None:
    tx.execute(
        "UPDATE message SET content = ?, edited_at = ? WHERE id = ?", (content, tx.now, message.id)
    )
    search.changed(tx, message.channel_id, message.id, message.content, content)


def delete(tx: Tx, message: Message) -> None:
    """Leave a tombstone, and let the channel's last message be the one before if it was this."""
    tx.execute(
        """UPDATE message SET content = NULL, attachments = NULL, embeds = NULL, pinned_at = NULL,
               edited_at = NULL, reply_to_id = NULL, webhook_id = NULL, byline = NULL,
               byline_avatar = NULL, deleted = 1 WHERE id = ?""",
        (message.id,),
    )
    search.changed(tx, message.channel_id, message.id, message.content, None)
    tx.execute(
        """UPDATE channel SET last_message_id =
               (SELECT id FROM message WHERE channel_id = ?1 AND id < ?2 AND deleted = 0
                ORDER BY id DESC LIMIT 1)
           WHERE id = ?1 AND last_message_id = ?2""",
        (message.channel_id, message.id),
    )
