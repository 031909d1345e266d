"""Servers, who belongs to them, and what they have."""

from dataclasses import dataclass

from plexichat.core.events.event import Event
from plexichat.core.views import Presence, World
from plexichat.store.bans import Ban
from plexichat.store.emojis import Emoji
from plexichat.store.invites import Invite
from plexichat.store.members import Member
from plexichat.store.rules import Role
from plexichat.store.servers import Server


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerJoined(Event):
    """Somebody has become a member, and sees this.

    `members` are the first of all, and themself. They and whoever is `apart` from them by a block
    stay offline to one another. Who of the others is here is for memory to add.
    """

    world: World
    members: tuple[Member, ...]
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
