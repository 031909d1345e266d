"""Notifications: what people are told of because it concerns them.

A message tells whom it names, whom it answers, and whom it calls by a role or as everyone, if they
may read it and have not the channel before them; a request tells whom it asks. What cannot be read
any more is not told of any more. Nobody hears of somebody whom a block keeps apart from them.
"""

import re
from collections.abc import Collection, Container, Iterable
from itertools import groupby
from operator import itemgetter

from plexichat import ids
from plexichat.core import channels, permissions
from plexichat.core.channels import Seat
from plexichat.core.errors import NotFound
from plexichat.core.events import (
    Leftovers,
    NotificationCreated,
    NotificationGone,
    NotificationsRead,
)
from plexichat.store import channels as channel_rows
from plexichat.store import messages as message_rows
from plexichat.store import notifications as rows
from plexichat.store import relationships, roles
from plexichat.store import rules as rule_rows
from plexichat.store.channels import Channel
from plexichat.store.db import Snapshot, Tx
from plexichat.store.messages import Message
from plexichat.store.notifications import Call, Notification

PAGE = 20
PAGE_LIMIT = 100
KEPT_MS = 30 * 86_400_000
PEOPLE_NAMED = 50
ROLES_NAMED = 10
TOLD_AT_ONCE = 100  # of those whom a message calls; the rest follow in calls of their own
NEWEST = (1 << 63) - 1
PERSON = re.compile(r"<@!?([0-9]{1,18})>", re.ASCII)
ROLE = re.compile(r"<@&([0-9]{1,18})>", re.ASCII)
EVERYBODY = re.compile(r"(?<![\w@])@(everyone|here)\b")
MENTION_EVERYONE = permissions.BITS["messages.mention_everyone"]


def mine(
    snap: Snapshot, user_id: int, before: int | None, limit: int, unread_only: bool
) -> tuple[list[Notification], int]:
    """A page of one's notifications, the newest first, and how many of all are unread."""
    readable = _readable(snap, user_id)
    end = NEWEST if before is None else before
    found = rows.page(snap, user_id, readable, end, limit, unread_only)
    return found, rows.unseen(snap, user_id, readable)


def read(tx: Tx, user_id: int, notification_id: int) -> None:
    """Count one as read."""
    found = rows.by_id(tx, user_id, _readable(tx, user_id), notification_id)
    if found is None:
        raise NotFound("notification_not_found", "Notification not found")
    if not found.seen:
        rows.see(tx, user_id, notification_id)
        _tell_read(tx, user_id, notification_id)


def read_all(tx: Tx, user_id: int) -> None:
    rows.see_all(tx, user_id)
    _tell_read(tx, user_id, None)


def _tell_read(tx: Tx, user_id: int, notification_id: int | None) -> None:
    told = frozenset((user_id,))
    tx.emit(NotificationsRead(audience=told, notification_id=notification_id))


def said(tx: Tx, seat: Seat, message: Message, online: Container[int]) -> None:
    """Tell of a message that was just sent; `online` are the people with an open socket."""
    text = message.content or ""
    if "@" not in text and message.reply_to_id is None:
        return
    named = dict.fromkeys(int(id) for id in PERSON.findall(text))
    _tell(tx, seat.channel, message, "mention", list(named)[:PEOPLE_NAMED], online)
    if message.reply_to_id is not None:
        answered = message_rows.by_id(tx, message.channel_id, message.reply_to_id)
        if answered is not None:
            _tell(tx, seat.channel, message, "message", [answered.author_id], online)
    if seat.channel.server_id is not None:
        for whom in _called(tx, seat.channel.server_id, seat, text):
            call = Call(message.id, whom, 0, message.channel_id, message.author_id)
            _spread(tx, call, seat.channel, message, online)


def spread(tx: Tx, online: Container[int]) -> bool:
    """Tell some more people of a message that calls many; False when nobody is left to tell."""
    call = rows.next_call(tx)
    if call is None:
        return False
    channel = channel_rows.by_id(tx, call.channel_id)
    message = message_rows.by_id(tx, call.channel_id, call.message_id)
    if channel is None or message is None:
        rows.called(tx, call.message_id, call.whom)
    else:
        _spread(tx, call, channel, message, online)
    return True


def asked(tx: Tx, user_id: int, sender_id: int) -> None:
    """Tell somebody that they were asked to be friends."""
    _add(tx, (user_id,), "friend_request", sender_id, None, None)


def answered(tx: Tx, user_id: int, sender_id: int) -> None:
    """There is no request any more that somebody could be told of."""
    _delete(tx, rows.requests(tx, user_id, sender_id))


def deleted(tx: Tx, message_id: int) -> None:
    """Tell of a message no more."""
    _delete(tx, rows.of_message(tx, message_id, TOLD_AT_ONCE))


def forget_old(tx: Tx, limit: int) -> int:
    """Delete some of what is a month old; return how many."""
    return rows.forget(tx, ids.floor(tx.now - KEPT_MS), limit)


def _readable(snap: Snapshot, user_id: int) -> list[int]:
    return [id for id in rows.channels(snap, user_id) if channels.reads(snap, user_id, id)]


def _called(tx: Tx, server_id: int, seat: Seat, text: str) -> list[str]:
    """Whom a text calls, of those whom its author may call: roles by id, everyone, here."""
    everybody = bool(seat.granted & MENTION_EVERYONE)
    called = list(dict.fromkeys(EVERYBODY.findall(text))) if everybody else []
    for role_id in list(dict.fromkeys(ROLE.findall(text)))[:ROLES_NAMED]:
        role = roles.by_id(tx, server_id, int(role_id))
        if role is not None and not role.is_default and (role.mentionable or everybody):
            called.append(str(role.id))
    return called


def _spread(
    tx: Tx, call: Call, channel: Channel, message: Message, online: Container[int]
) -> None:
    """Tell the next few whom a message calls; the others' turn comes later."""
    server_id = channel.server_id
    assert server_id is not None
    found = rows.members(tx, server_id, call.whom, call.upto, TOLD_AT_ONCE)
    here = call.whom == "here"
    people = [user_id for user_id in found if not here or user_id in online]
    _tell(tx, channel, message, "mention", people, online)
    if len(found) < TOLD_AT_ONCE:
        rows.called(tx, call.message_id, call.whom)
        return
    rows.call(tx, call.message_id, call.whom, found[-1])
    tx.emit(Leftovers(audience=frozenset()))


def _tell(
    tx: Tx,
    channel: Channel,
    message: Message,
    kind: str,
    people: Collection[int],
    online: Container[int],
) -> None:
    """Tell those of these people of a message whom it reaches."""
    if not people:
        return
    apart = relationships.apart(tx, message.author_id)
    focused = {user_id for user_id in rows.focused(tx, people, channel.id) if user_id in online}
    others = set(people) - {message.author_id} - apart - focused
    readers = _readers(tx, channel, others)
    _add(tx, readers, kind, message.author_id, channel.id, message.id)


def _readers(tx: Tx, channel: Channel, people: Collection[int]) -> list[int]:
    """Who of these people reads a channel."""
    if channel.server_id is None:
        return [user_id for user_id in people if user_id in channel.people]
    rules = rule_rows.of_server(tx, channel.server_id) if people else None
    if rules is None:
        return []
    standings = (rule_rows.standing(tx, rules.server_id, user_id) for user_id in people)
    return [
        standing.user_id
        for standing in standings
        if standing is not None
        and not permissions.READ
        & ~permissions.in_channel(rules, standing, channel.id, tx.now)
    ]


def _add(
    tx: Tx,
    people: Collection[int],
    kind: str,
    sender_id: int,
    channel_id: int | None,
    message_id: int | None,
) -> None:
    if not people:
        return
    id = tx.id()
    told = rows.insert(tx, id, people, kind, sender_id, channel_id, message_id)
    for user_id in list(told)[:1]:
        readable = [] if channel_id is None else [channel_id]
        notification = rows.by_id(tx, user_id, readable, id)
        assert notification is not None
        tx.emit(NotificationCreated(audience=told, notification=notification))


def _delete(tx: Tx, found: Iterable[tuple[int, int]]) -> None:
    for id, pairs in groupby(found, itemgetter(0)):
        people = frozenset(user_id for _, user_id in pairs)
        for user_id in people:
            rows.delete(tx, user_id, id)
        tx.emit(NotificationGone(audience=people, notification_id=id))
