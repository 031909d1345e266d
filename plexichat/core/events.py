"""What the rest of the house is told after a commit.

An event is emitted only by core, through `tx.emit`, and names its audience: the people who are
entitled to hear it at that commit. It says the same to each of them; where two people see a
change differently, two events say so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from plexichat.core.listeners import Able as Able
from plexichat.core.listeners import Around as Around
from plexichat.core.listeners import Audience as Audience
from plexichat.core.listeners import Members as Members
from plexichat.core.listeners import Readers as Readers
from plexichat.core.listeners import Viewers as Viewers
from plexichat.core.views import MessageView, Presence, World
from plexichat.store.bans import Ban
from plexichat.store.channels import Channel, Conversation
from plexichat.store.emojis import Emoji
from plexichat.store.invites import Invite
from plexichat.store.members import Member
from plexichat.store.notifications import Notification
from plexichat.store.presence import Chosen
from plexichat.store.relationships import Relation
from plexichat.store.rules import Role, Rules, Standing
from plexichat.store.servers import Server
from plexichat.store.sessions import Session
from plexichat.store.users import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    audience: Audience


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
class BlockChanged(Event):
    """Heard by nobody outside: a block between two people in the same server began or ended."""

    pair: tuple[int, int]
    blocked: bool


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelCreated(Event):
    """A channel of a server came into being, or into sight."""

    channel: Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelUpdated(Event):
    channel: Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelDeleted(Event):
    """A channel of a server is gone, or out of sight."""

    channel: Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Attends(Event):
    """Heard by nobody outside: somebody has begun to listen, and belongs to these servers."""

    user_id: int
    standings: tuple[Standing, ...]
    rules: tuple[Rules, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesChanged(Event):
    """Heard by nobody outside: a server's owner, roles, channels or overrides are now these.

    None: the server is gone.
    """

    server_id: int
    rules: Rules | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingChanged(Event):
    """Heard by nobody outside: somebody joined, changed, or left (None) a server.

    Who joins brings the rules along, for a server of which nobody was connected.
    """

    server_id: int
    user_id: int
    standing: Standing | None
    last_message_ids: Mapping[int, int | None]
    rules: Rules | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerJoined(Event):
    """Somebody has become a member, and sees this.

    They and whoever is `apart` from them by a block stay offline to one another. Who of the others
    is here is for memory to add.
    """

    world: World
    apart: frozenset[int]
    presences: tuple[Presence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerChanged(Event):
    """A server's name, picture, owner or settings are different."""

    server: Server


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerGone(Event):
    """A server has ended, or its audience does not belong to it any more."""

    server_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberJoined(Event):
    """What the others are told of a new member."""

    member: Member


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberChanged(Event):
    """A member's roles, nickname or time-out are different."""

    member: Member


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLeft(Event):
    server_id: int
    user_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleCreated(Event):
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleUpdated(Event):
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleDeleted(Event):
    server_id: int
    role_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EmojisChanged(Event):
    """The emoji of a server are these now."""

    server_id: int
    emojis: tuple[Emoji, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftovers(Event):
    """Heard by nobody outside: something is left to be cleared away, made, or told to people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationCreated(Event):
    """Each of its audience is told of the same, and has their own copy."""

    notification: Notification


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationsRead(Event):
    """One notification counts as read, or all of them when that is None."""

    notification_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationGone(Event):
    notification_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteCreated(Event):
    invite: Invite


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteDeleted(Event):
    """A code leads nowhere any more."""

    server_id: int
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Banned(Event):
    """Somebody may not belong to a server any more."""

    ban: Ban


@dataclass(frozen=True, slots=True, kw_only=True)
class BanLifted(Event):
    server_id: int
    user_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhooksChanged(Event):
    """The webhooks of a channel are not the same as before."""

    server_id: int
    channel_id: int
