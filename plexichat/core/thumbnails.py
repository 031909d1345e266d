"""Thumbnails: small copies of the pictures that people send, made while nobody waits for them.

A picture has those that are smaller than itself. They go with it. Whoever could see it before
they were there hears of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from plexichat.core import channels, messages, receipts
from plexichat.core.events import FilesForgotten, MessageUpdated
from plexichat.core.receipts import Online
from plexichat.store import channels as channel_rows
from plexichat.store import thumbnails as rows
from plexichat.store import uploads as upload_rows
from plexichat.store.db import Snapshot, Tx

SIDES: Final = (512, 256, 128, 64)  # the longest, in pixels; each is made from the one before


@dataclass(frozen=True, slots=True)
class Due:
    """A picture, and which thumbnails are to be made of it."""

    upload_id: int
    name: str
    sides: tuple[int, ...]


def due(snap: Snapshot) -> Due | None:
    """The next picture to be made small."""
    found = rows.due(snap)
    if found is None:
        return None
    upload_id, name, longest = found
    return Due(upload_id, name, tuple(side for side in SIDES if side < longest))


def put(tx: Tx, upload_id: int, made: Mapping[int, str]) -> int | None:
    """Note the files that were made; return the channel that is to be told, if there is one."""
    upload = rows.put(tx, upload_id, made)
    if upload is None:
        tx.emit(FilesForgotten(audience=frozenset(), names=tuple(made.values())))
        return None
    if upload.message_id is None or not made:
        return None
    rows.attach(tx, upload)
    return upload.channel_id


def tell(tx: Tx, upload_id: int, online: Online) -> None:
    """Tell whoever reads the message of an upload what it looks like now."""
    upload = upload_rows.by_id(tx, upload_id)
    if upload is None or upload.message_id is None or upload.channel_id is None:
        return
    channel = channel_rows.by_id(tx, upload.channel_id)
    assert channel is not None
    message = messages.one(tx, channel.id, upload.message_id)
    told = receipts.view(tx, channel, message, None, online)
    tx.emit(MessageUpdated(audience=channels.audience(channel), message=told))
