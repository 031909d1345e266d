"""Rows of pinned messages."""

from peewee import fn

from plexichat.store.db import Snapshot
from plexichat.store.messages import SELECT, Message
from plexichat.store.models import Message as Row

PINNED = f"""{SELECT} WHERE m.channel_id = ? AND m.pinned_at IS NOT NULL
    ORDER BY m.pinned_at DESC"""


def of(snap: Snapshot, channel_id: int) -> list[Message]:
    """The messages pinned in a channel, the newest pin first."""
    return [Message(*row) for row in snap.execute(PINNED, (channel_id,))]


def ids(channel_id: int) -> tuple[int, ...]:
    """The same, by id."""
    pinned = (Row.channel_id == channel_id) & Row.pinned_at.is_null(False)
    return tuple(row.id for row in Row.select(Row.id).where(pinned).order_by(Row.pinned_at.desc()))


def latest(channel_id: int) -> int:
    """When the newest of a channel's pins was made; 0 if there is none."""
    pinned = (Row.channel_id == channel_id) & Row.pinned_at.is_null(False)
    at: int | None = Row.select(fn.MAX(Row.pinned_at)).where(pinned).scalar()
    return at or 0


def put(message_id: int, at: int | None) -> None:
    Row.update(pinned_at=at).where(Row.id == message_id).execute()
