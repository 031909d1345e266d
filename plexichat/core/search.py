"""Search: messages of a channel by the words in them.

A message is found if it holds every word that is asked for, the last one as the beginning of a
word; case and accents make no difference. Nothing that anybody types is an instruction.
"""

from plexichat.core import channels, receipts
from plexichat.core.errors import Invalid
from plexichat.core.receipts import Online
from plexichat.core.views import MessageView
from plexichat.store import messages as rows
from plexichat.store import search as index
from plexichat.store import words
from plexichat.store.db import Snapshot

FOUND = 25
QUERY_LENGTH = 512


def messages(
    snap: Snapshot, user_id: int, channel_id: int, text: str, limit: int, online: Online
) -> list[MessageView]:
    """The newest messages of a channel that hold the words of `text`; none if it has no word."""
    channels.get(snap, user_id, channel_id)
    if len(text) > QUERY_LENGTH:
        raise Invalid("query_too_long", f"Invalid input: content of over {QUERY_LENGTH} characters")
    wanted = words.wanted(text)
    if not wanted:
        return []
    found = rows.by_ids(snap, index.find(snap, channel_id, wanted, limit))
    known = receipts.of(snap, channel_id, online)
    return known.views(snap, found, user_id)
