"""What happens to messages: written, changed, read, pinned, reacted to."""

from dataclasses import dataclass

from plexichat.core.events.event import Event
from plexichat.core.views import MessageView


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageCreated(Event):
    message: MessageView


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageUpdated(Event):
    """A message was edited, pinned or unpinned."""

    message: MessageView


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDeleted(Event):
    channel_id: int
    message_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagesDeleted(Event):
    channel_id: int
    message_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagesRead(Event):
    """Somebody has read a channel up to a message and no further; None is not at all."""

    channel_id: int
    user_id: int
    message_id: int | None
    server_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PinsChanged(Event):
    """What is pinned in a channel now, the newest pin first."""

    channel_id: int
    message_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionAdded(Event):
    """Somebody put an emoji on a message; of a custom one, its id and its picture's file."""

    channel_id: int
    message_id: int
    user_id: int
    emoji: str
    emoji_id: int | None
    file: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionRemoved(Event):
    channel_id: int
    message_id: int
    user_id: int
    emoji: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionsCleared(Event):
    """Everybody's reactions were taken off a message."""

    channel_id: int
    message_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TypingStarted(Event):
    """Somebody is writing; passes unless it is renewed. Never in the database."""

    channel_id: int
    user_id: int
    username: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TypingStopped(Event):
    channel_id: int
    user_id: int
