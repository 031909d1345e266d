"""What is left of ended servers and channels, of banned people, and of lost reactions.

Nobody may see them from the moment they end; their rows follow in calls that keep nobody waiting.
Where something is left, core says so, and the house clears until nothing is.
"""

from itertools import groupby
from operator import itemgetter

from plexichat.core import messages, uploads
from plexichat.store import channels, reactions, servers
from plexichat.store import leftovers as rows
from plexichat.store.db import Tx

MESSAGES_AT_ONCE = 200  # each leaves search, too
ROWS_AT_ONCE = 500


def clear(tx: Tx) -> bool:
    """Clear a little; False when nothing is left."""
    told = rows.words(tx)
    if told is not None:
        clear_words(tx, told)
        return True
    channel_id = channels.ended(tx)
    if channel_id is not None:
        _clear_channel(tx, channel_id)
        return True
    server_id = rows.ended_server(tx)
    if server_id is not None:
        _clear_server(tx, server_id)
        return True
    return reactions.clear(tx, ROWS_AT_ONCE) > 0


def clear_words(tx: Tx, told: rows.Words) -> None:
    """Delete some of what a banned person said, and tell whoever could read it."""
    found = sorted(rows.said(tx, told, MESSAGES_AT_ONCE))
    for channel_id, pairs in groupby(found, itemgetter(0)):
        channel = channels.by_id(tx, channel_id)
        assert channel is not None
        messages.erase(tx, channel, [message_id for _, message_id in pairs])
    if len(found) < MESSAGES_AT_ONCE:
        rows.forgotten(tx, told)


def _clear_server(tx: Tx, server_id: int) -> None:
    channel_id = rows.channel_of(tx, server_id)
    if channel_id is not None:
        _clear_channel(tx, channel_id)
    elif not any(rows.delete_some(tx, table, server_id, ROWS_AT_ONCE) for table in rows.MANY):
        servers.delete(tx, server_id)


def _clear_channel(tx: Tx, channel_id: int) -> None:
    found = rows.messages(tx, channel_id, MESSAGES_AT_ONCE)
    for message_id, content, has_files in found:
        if has_files:
            uploads.forget_sent(tx, message_id)
        rows.delete_message(tx, channel_id, message_id, content)
    if not found and not rows.delete_reading(tx, channel_id, ROWS_AT_ONCE):
        rows.delete_channel(tx, channel_id)
