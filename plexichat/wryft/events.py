"""Events in this dialect's words: flat frames, each for the sockets it is about (contract 13).

A socket is about one channel, one server, one voice channel or its own person; that is its topic.
"""

from collections.abc import Callable
from functools import singledispatch
from typing import Any

import msgspec

from plexichat import ids
from plexichat.core.events import (
    Event,
    MessageCreated,
    MessageDeleted,
    MessagesDeleted,
    MessageUpdated,
    PresenceChanged,
)
from plexichat.gateway.wire import Payload
from plexichat.store.channels import Channel
from plexichat.wryft import places, shapes
from plexichat.wryft.dialect import iso, uuid

Topic = tuple[str, int]
Known = Callable[[int], Channel | None]  # a channel of a server, by its id
Frame = dict[str, Any]


def frame(told: Frame, topic: Topic | None) -> Payload:
    return Payload(msgspec.json.encode(told), topic=topic)


@singledispatch
def word(event: object, known: Known) -> tuple[Payload, ...]:
    """What is told of an event; nothing of those that this dialect has no frame for."""
    if not isinstance(event, Event):
        raise TypeError(f"no words for {type(event).__name__}")
    return ()


@word.register
def _(event: MessageCreated, known: Known) -> tuple[Payload, ...]:
    view = event.message
    channel_id = view.message.channel_id
    channel = known(channel_id)
    told = shapes.message(channel or _personal(channel_id), view)
    said = {"type": "message", **msgspec.to_builtins(told)}
    said.setdefault("attachments", [])
    spoken = frame(said, ("channel", channel_id))
    if channel is not None or not isinstance(event.audience, frozenset):
        return (spoken,)
    note = {
        "type": "dm_message",
        "id": said["id"],
        "dm_id": said["channel_id"],
        "author_id": said["author_id"],
        "author": said["author"],
        "content": said["content"],
        "timestamp": iso(ids.unix_ms(view.message.id)),
        "attachments": said["attachments"],
    }
    recipients = event.audience - {view.message.author_id}
    return (spoken, *(frame(note, ("user", user_id)) for user_id in sorted(recipients)))


@word.register
def _(event: MessageUpdated, known: Known) -> tuple[Payload, ...]:
    message = event.message.message
    if message.edited_at is None:  # only its pictures or its pin have changed
        return ()
    told = shapes.message(_place(message.channel_id, known), event.message)
    edited = {"type": "message_edited", **msgspec.to_builtins(told)}
    return (frame(edited, ("channel", message.channel_id)),)


@word.register
def _(event: MessageDeleted, known: Known) -> tuple[Payload, ...]:
    return _gone(event.channel_id, (event.message_id,), known)


@word.register
def _(event: MessagesDeleted, known: Known) -> tuple[Payload, ...]:
    return _gone(event.channel_id, event.message_ids, known)


@word.register
def _(event: PresenceChanged, known: Known) -> tuple[Payload, ...]:
    user_id, status = uuid(event.presence.user_id), event.presence.status
    told = {"type": "presence_update", "userId": user_id, "user_id": user_id, "status": status}
    return (frame(told, None),)


def _gone(channel_id: int, message_ids: tuple[int, ...], known: Known) -> tuple[Payload, ...]:
    channel = _place(channel_id, known)
    told = {"channel": places.key(channel), "channel_id": uuid(channel_id)}
    return tuple(
        frame({"type": "message_deleted", "id": uuid(id), **told}, ("channel", channel_id))
        for id in message_ids
    )


def _place(channel_id: int, known: Known) -> Channel:
    return known(channel_id) or _personal(channel_id)


def _personal(channel_id: int) -> Channel:
    """A channel that is in no server, as far as its key goes."""
    return Channel(channel_id, "dm", None)
