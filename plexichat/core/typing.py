"""Typing: who may tell whom that they are writing. Nothing of it is kept."""

from plexichat.core import channels, users
from plexichat.core.events import TypingStarted
from plexichat.store.db import Snapshot


def start(snap: Snapshot, user_id: int, channel_id: int) -> TypingStarted | None:
    """What to tell the rest of the channel; None when either side wants it untold.

    Neither is it news that somebody types what they may not send.
    """
    seat = channels.enter(snap, user_id, channel_id)
    channel, me = seat.channel, users.get(snap, user_id)
    if not me.typing_indicators or not channels.may_send(seat):
        return None
    other = channels.recipient(channel, user_id)
    if other is not None and not channels.reaches(snap, user_id, other):
        return None
    return TypingStarted(
        audience=channels.audience(channel, but=frozenset((user_id,))),
        channel_id=channel_id,
        user_id=user_id,
        username=me.username,
        at=snap.now,
    )
