"""Search: messages by the words in them, people by their names.

A message is found if it holds every word that is asked for, the last one as the beginning of a
word; case and accents make no difference. Nothing that anybody types is an instruction, and nobody
finds what they may not read. A search that would take too long stops, and can be taken up again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import thread_time

from plexichat.core import channels, permissions, receipts, servers
from plexichat.core.errors import Invalid
from plexichat.core.receipts import Online
from plexichat.core.views import MessageView
from plexichat.store import channels as channel_rows
from plexichat.store import messages as rows
from plexichat.store import rules as rule_rows
from plexichat.store import search as index
from plexichat.store import users as user_rows
from plexichat.store import words
from plexichat.store.db import Snapshot
from plexichat.store.messages import Message
from plexichat.store.search import NEWEST, Where
from plexichat.store.users import User

FOUND = 25
QUERY_LENGTH = 512


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to look: everywhere one may read, or only here; before a message, of one author."""

    channel_id: int | None = None
    server_id: int | None = None
    author_id: int | None = None
    before: int = NEWEST


@dataclass(frozen=True, slots=True)
class Found:
    """Messages, the newest first, and before which id to go on; None if there are no more."""

    messages: list[Message]
    more: int | None


def messages(
    snap: Snapshot, user_id: int, channel_id: int, text: str, limit: int, online: Online
) -> list[MessageView]:
    """The newest messages of a channel that hold the words of `text`; none if it has no word."""
    channel = channels.get(snap, user_id, channel_id)
    found = _holding(snap, Where((channel_id,)), text, limit, "content")
    return receipts.views(snap, channel, found.messages, user_id, online)


def everywhere(
    snap: Snapshot, user_id: int, scope: Scope, text: str, limit: int
) -> Found:
    """The same in every channel that somebody may read, as far as `scope` goes."""
    begun = thread_time()
    where = Where(_channels(snap, user_id, scope), scope.before, scope.author_id)
    return _holding(snap, where, text, limit, "query", thread_time() - begun)


def views(
    snap: Snapshot, user_id: int, found: Sequence[Message], online: Mapping[int, Online]
) -> list[MessageView]:
    """Messages of several channels as somebody sees them who may still read there."""
    seen = {}
    for channel_id in channels.readable(snap, user_id, online.keys()):
        channel = channel_rows.by_id(snap, channel_id)
        assert channel is not None
        here = [message for message in found if message.channel_id == channel_id]
        for view in receipts.views(snap, channel, here, user_id, online[channel_id]):
            seen[view.message.id] = view
    return [seen[message.id] for message in found if message.id in seen]


def people(
    snap: Snapshot, user_id: int, server_id: int | None, text: str, after: str, limit: int
) -> list[User]:
    """People in whose name a word begins so, by name; in a server of one's own if one is given."""
    if server_id is not None:
        servers.member(snap, user_id, server_id)
    _refuse_too_long(text, "query")
    return user_rows.called(snap, text.split(), server_id, after, limit)


def _holding(
    snap: Snapshot, where: Where, text: str, limit: int, name: str, spent: float = 0.0
) -> Found:
    _refuse_too_long(text, name)
    wanted = words.wanted(text)
    if not wanted:
        return Found([], None)
    found = index.find(snap, where, wanted, limit, spent)
    return Found(rows.by_ids(snap, found.ids), found.more)


def _refuse_too_long(text: str, name: str) -> None:
    if len(text) > QUERY_LENGTH:
        raise Invalid("query_too_long", f"Invalid input: {name} of over {QUERY_LENGTH} characters")


def _channels(snap: Snapshot, user_id: int, scope: Scope) -> Sequence[int]:
    """The channels that somebody may read, as far as a scope goes."""
    if scope.channel_id is not None:
        channel = channels.get(snap, user_id, scope.channel_id)
        apart = scope.server_id is not None and channel.server_id != scope.server_id
        return () if apart else (channel.id,)
    if scope.server_id is not None:
        servers.member(snap, user_id, scope.server_id)
        return _readable(snap, user_id, scope.server_id)
    found = channel_rows.personal(snap, user_id)
    for standing in rule_rows.standings(snap, user_id):
        found += _readable(snap, user_id, standing.server_id)
    return found


def _readable(snap: Snapshot, user_id: int, server_id: int) -> list[int]:
    """The channels of a server that somebody may read and in which there is something."""
    rules = rule_rows.for_reader(snap, server_id, user_id)
    standing = rule_rows.standing(snap, server_id, user_id)
    if rules is None or standing is None:
        return []
    reads = not permissions.READ & ~permissions.in_server(rules, standing, snap.now)
    return [
        id for id, last in channel_rows.last_message_ids(snap, server_id).items()
        if last is not None and (
            reads if id not in rules.overrides
            else not permissions.READ & ~permissions.in_channel(rules, standing, id, snap.now)
        )
    ]  # fmt: skip
