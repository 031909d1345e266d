"""Slowmode: how long somebody has to wait in a channel before they write there again.

Deleting what one wrote does not shorten the wait; who looks after a channel does not wait at all.
"""

from plexichat import ids
from plexichat.core import permissions
from plexichat.core.channels import Seat
from plexichat.core.errors import Invalid, TooSoon
from plexichat.store import messages as rows
from plexichat.store.db import Snapshot

LONGEST_SECONDS = 21_600
BYPASS = permissions.bits("messages.bypass_slowmode", "messages.manage", "channels.manage")


def seconds(interval_ms: int | None) -> int:
    """What a client asks for, in whole seconds."""
    if interval_ms is None:
        raise Invalid("invalid_interval", "Invalid input: interval_ms")
    return -(-interval_ms // 1000)


def refuse_too_soon(snap: Snapshot, author_id: int, seat: Seat) -> None:
    """Refuse somebody whose last message in a channel is not old enough."""
    wait = seat.channel.slowmode_seconds
    if not wait or seat.granted & BYPASS:
        return
    latest = rows.latest_of(snap, seat.channel.id, author_id)
    if latest is None:
        return
    rest = wait - (snap.now - ids.unix_ms(latest)) / 1000
    if rest > 0:
        raise TooSoon("slowmode", "Rate limited", min(rest, wait))
