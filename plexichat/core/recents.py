"""Where somebody was last, so that another client of theirs goes on there."""

from plexichat.core import channels
from plexichat.store import recents as rows
from plexichat.store.db import Snapshot, Tx
from plexichat.store.recents import Recent

KEPT = 50


def mine(snap: Snapshot, user_id: int, limit: int) -> list[Recent]:
    """The channels that somebody was in last and may still read, the latest first."""
    found = (
        each for each in rows.of(snap, user_id) if channels.reads(snap, user_id, each.channel_id)
    )
    return [each for each, _ in zip(found, range(limit), strict=False)]


def put(
    tx: Tx, user_id: int, channel_id: int, message_id: int | None, scroll_position: int | None
) -> Recent:
    """Note that somebody is in a channel now, and how far they have scrolled."""
    channels.get(tx, user_id, channel_id)
    latest = max((each.at for each in rows.of(tx, user_id)), default=0)
    here = Recent(channel_id, message_id, scroll_position, max(tx.now, latest + 1))
    rows.put(tx, user_id, here, KEPT)
    return here
