"""Conversations: who is in one, what they may do there, and who may begin one.

A pair of people has at most one DM. Who is not in a conversation learns nothing of it; in a server
permissions decide who is.
"""

from collections.abc import Collection
from dataclasses import dataclass

from plexichat.core import permissions, users
from plexichat.core.errors import Forbidden, Invalid, NotFound
from plexichat.core.events import Audience, ConversationCreated, NotesCreated, Readers
from plexichat.store import channels as rows
from plexichat.store import members as member_rows
from plexichat.store import relationships
from plexichat.store import rules as rules_rows
from plexichat.store import users as user_rows
from plexichat.store.channels import Channel, Conversation
from plexichat.store.db import Snapshot, Tx
from plexichat.store.relationships import BLOCKED, FRIEND
from plexichat.store.rules import Standing
from plexichat.store.users import User

ACCESS_DENIED = ("access_denied", "Access denied")
PERMISSION_DENIED = ("permission_denied", "Permission denied")
WRITTEN = frozenset(("text", "announcement"))  # the kinds of a server that take messages
SEND = permissions.BITS["messages.send"]
ATTACH = permissions.BITS["messages.attach_files"]
MANAGE_MESSAGES = permissions.BITS["messages.manage"]
NOBODY = 0  # has no role and is nobody's target
IN_PERSON = permissions.ALL & ~MANAGE_MESSAGES  # what one may do where no server rules


@dataclass(frozen=True, slots=True)
class Seat:
    """A channel as somebody finds it: what they may do there, and whether they are timed out."""

    channel: Channel
    granted: int
    timed_out: bool = False


def get(
    snap: Snapshot,
    user_id: int,
    channel_id: int,
    otherwise: tuple[str, str] = ACCESS_DENIED,
    needed: int = permissions.READ,
) -> Channel:
    """The channel, for somebody who is in it or has all of `needed`; others hear `otherwise`.

    Whoever may not even view a channel of a server is told no more than that.
    """
    return enter(snap, user_id, channel_id, otherwise, needed).channel


def enter(
    snap: Snapshot,
    user_id: int,
    channel_id: int,
    otherwise: tuple[str, str] = ACCESS_DENIED,
    needed: int = permissions.READ,
) -> Seat:
    """The same, with what else they may do there."""
    channel = rows.by_id(snap, channel_id)
    if channel is None:
        raise NotFound("channel_not_found", "Channel not found")
    if channel.server_id is None:
        if user_id not in channel.people:
            raise Forbidden(*otherwise)
        return Seat(channel, IN_PERSON)
    seat = _seat(snap, user_id, channel)
    if not seat.granted & permissions.VIEW:
        raise Forbidden(*ACCESS_DENIED)
    refuse_without(seat, needed, otherwise)
    return seat


def refuse_without(
    seat: Seat, needed: int, otherwise: tuple[str, str] = PERMISSION_DENIED
) -> None:
    """Refuse somebody who lacks any of `needed`; a time-out that takes it away is named."""
    lacking = needed & ~seat.granted
    if not lacking:
        return
    if seat.timed_out and not lacking & ~permissions.LOST_IN_TIMEOUT:
        raise Forbidden("timed_out", "Permission denied: timed out")
    raise Forbidden(*otherwise)


def _seat(snap: Snapshot, user_id: int, channel: Channel) -> Seat:
    assert channel.server_id is not None
    standing = rules_rows.standing(snap, channel.server_id, user_id)
    rules = rules_rows.for_member(snap, channel.server_id, user_id, channel.id)
    if standing is None or rules is None:
        return Seat(channel, 0)
    granted = permissions.in_channel(rules, standing, channel.id, snap.now)
    until = standing.timeout_until
    return Seat(channel, granted, until is not None and until > snap.now)


def audience(channel: Channel, but: frozenset[int] = frozenset()) -> Audience:
    """Everybody who reads a channel, but for these."""
    if channel.server_id is None:
        return frozenset(channel.people) - but
    return Readers(channel.server_id, channel.id, but)


def reads(snap: Snapshot, user_id: int, channel_id: int) -> bool:
    """Whether there is such a channel, and this person may read it."""
    channel = rows.by_id(snap, channel_id)
    if channel is None:
        return False
    if channel.server_id is None:
        return user_id in channel.people
    return not permissions.READ & ~_seat(snap, user_id, channel).granted


def readable(snap: Snapshot, user_id: int, channel_ids: Collection[int]) -> set[int]:
    """Which of these channels are somebody's to read."""
    placed = rows.server_ids(snap, channel_ids)
    found = {channel_id for channel_id, server_id in placed.items() if server_id is None}
    for server_id in {each for each in placed.values() if each is not None}:
        rules = rules_rows.for_reader(snap, server_id, user_id)
        standing = rules_rows.standing(snap, server_id, user_id)
        if rules is None or standing is None:
            continue
        for channel_id, place in placed.items():
            if place == server_id:
                granted = permissions.in_channel(rules, standing, channel_id, snap.now)
                if not permissions.READ & ~granted:
                    found.add(channel_id)
    return found


def views(snap: Snapshot, user_id: int, channel: Channel) -> bool:
    """Whether somebody may view a channel of a server."""
    return bool(_seat(snap, user_id, channel).granted & permissions.VIEW)


def is_public(snap: Snapshot, channel: Channel) -> bool:
    """Whether a member without any role may view a channel of a server."""
    assert channel.server_id is not None
    rules = rules_rows.for_member(snap, channel.server_id, NOBODY, channel.id)
    if rules is None:
        return False
    member = Standing(channel.server_id, NOBODY, frozenset(rules.roles), None)
    return bool(permissions.in_channel(rules, member, channel.id, snap.now) & permissions.VIEW)


def recipient(channel: Channel, user_id: int) -> int | None:
    """The other person of a DM."""
    if len(channel.people) < 2:
        return None
    one, other = channel.people
    return other if user_id == one else one


def welcomes(snap: Snapshot, sender: int, other: User) -> bool:
    """Whether `other` takes direct messages from `sender`: no block either way, and privacy."""
    mine, theirs = relationships.pair(snap, sender, other.id)
    if BLOCKED in (mine, theirs):
        return False
    match other.allow_dms_from:
        case "everyone":
            return True
        case "friends":
            return mine == FRIEND
        case "server_members":
            return mine == FRIEND or bool(member_rows.near(snap, sender, (other.id,)))
        case "none":
            return False


def reaches(snap: Snapshot, sender: int, other_id: int) -> bool:
    """Whether direct messages get through to somebody, who may not be there any more."""
    other = user_rows.by_id(snap, other_id)
    return other is not None and welcomes(snap, sender, other)


def for_sending(
    snap: Snapshot, author_id: int, channel_id: int, needed: int = SEND
) -> Seat:
    """The channel, for somebody who may send something there; others are refused."""
    seat = enter(snap, author_id, channel_id, PERMISSION_DENIED, permissions.VIEW)
    refuse_without(seat, needed)
    channel = seat.channel
    if channel.server_id is not None:
        if channel.kind not in WRITTEN:
            raise Forbidden(*PERMISSION_DENIED)
        return seat
    other = recipient(channel, author_id)
    if other is not None and not reaches(snap, author_id, other):
        raise Forbidden("cannot_message", "Permission denied: cannot message this user")
    return seat


def may_send(seat: Seat) -> bool:
    """Whether a channel takes messages, and this person's among them."""
    channel = seat.channel
    written = channel.server_id is None or channel.kind in WRITTEN
    return written and bool(seat.granted & SEND)


def open_dm(tx: Tx, user_id: int, other_id: int) -> Conversation:
    """The DM of these two, made at the first call; both hear of it then."""
    if other_id == user_id:
        raise Invalid("self_dm", "Invalid recipient ID")
    other = users.get(tx, other_id)
    channel_id = rows.dm_between(tx, user_id, other_id)
    if not welcomes(tx, user_id, other) or (channel_id is None and not other.auto_create_dms):
        raise Forbidden("cannot_message", "Cannot message")
    if channel_id is not None:
        return _seen(tx, channel_id, other_id)
    channel_id = rows.insert_dm(tx, "dm", user_id, other_id)
    for person, seen_by in ((other_id, user_id), (user_id, other_id)):
        tx.emit(
            ConversationCreated(
                audience=frozenset((seen_by,)), conversation=_seen(tx, channel_id, person)
            )
        )
    return _seen(tx, channel_id, other_id)


def notes(snap: Snapshot, user_id: int) -> Channel | None:
    """Where somebody writes to themself, once they have begun."""
    channel_id = rows.dm_between(snap, user_id, user_id)
    return None if channel_id is None else rows.by_id(snap, channel_id)


def open_notes(tx: Tx, user_id: int) -> Channel:
    """The notes of this person, made at the first call; they hear of it then."""
    found = notes(tx, user_id)
    if found is not None:
        return found
    made = Channel(rows.insert_dm(tx, "notes", user_id, user_id), "notes", None, (user_id,))
    tx.emit(NotesCreated(audience=frozenset((user_id,)), notes=made))
    return made


def conversations(snap: Snapshot, user_id: int) -> list[Conversation]:
    """One's DMs, the one with the latest activity first; never the notes."""
    return rows.conversations(snap, user_id)


def _seen(snap: Snapshot, channel_id: int, recipient_id: int) -> Conversation:
    seen = rows.conversation(snap, channel_id, recipient_id)
    if seen is None:
        raise NotFound("channel_not_found", "Channel not found")
    return seen
