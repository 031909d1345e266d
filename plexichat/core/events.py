"""What the rest of the house is told after a commit.

An event is emitted only by core, through `tx.emit`, and names its audience: the people who are
entitled to hear it at that commit. It says the same to each of them; where two people see a
change differently, two events say so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from plexichat.core.views import MessageView, Presence
from plexichat.store.channels import Channel, Conversation
from plexichat.store.presence import Chosen
from plexichat.store.relationships import Relation
from plexichat.store.sessions import Session
from plexichat.store.users import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    audience: frozenset[int]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class PinsChanged(Event):
    """What is pinned in a channel now, the newest pin first."""

    channel_id: int
    message_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotesCreated(Event):
    notes: Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationCreated(Event):
    """A DM came into being, as its audience sees it."""

    conversation: Conversation


@dataclass(frozen=True, slots=True, kw_only=True)
class UserUpdated(Event):
    """A name, picture or address changed. Only the person themself learns the address."""

    user: User
    private: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationshipChanged(Event):
    """How its audience, one person, stands to another from now on; None is not at all."""

    user_id: int
    relation: Relation | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceChanged(Event):
    """Somebody is seen differently: by themself as they are, by others as they show."""

    presence: Presence


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceKept(Event):
    """Heard by nobody outside: somebody who is here has chosen to be seen so."""

    chosen: Chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceEnded(Event):
    """Heard by nobody outside: somebody is not here any more."""

    user_id: int


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


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityAlert(Event):
    """Something happened to an account that its owner should know of."""

    user_id: int
    action: str
    detail: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityLogout(Event):
    """An admin ended every session of this person."""

    user_id: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesForgotten(Event):
    """Heard by nobody outside: nothing names these files any more."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOpened(Event):
    """Heard by nobody outside: from here on the token counts."""

    session: Session
    is_admin: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsClosed(Event):
    """Heard by nobody outside: from here on these tokens are dead."""

    user_id: int
    session_ids: frozenset[int]
