"""Objects of the wire about servers: the server itself, its channels, roles and members.

Gateways say guild where REST says server; what belongs to a server carries both ids.
"""

from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import astuple

from plexichat.api.shapes import (
    Id,
    Person,
    PresenceUpdate,
    Seconds,
    Shapes,
    Shown,
    created,
    optional,
    seconds,
    status_word,
)
from plexichat.api.shapes_emojis import Emoji, emoji
from plexichat.core import permissions
from plexichat.core.members import Roster
from plexichat.core.presence import LivePresence
from plexichat.core.views import Presence, World
from plexichat.store import bans, members, rules, servers
from plexichat.store.channels import Channel

Permissions = Annotated[dict[str, bool], Meta(examples=[{"messages.send": True}])]


class Server(Struct):
    id: Id
    name: str
    description: str | None
    icon_url: str | None
    owner_id: Id
    member_count: int
    default_channel_id: Id | None
    verification_level: int
    default_message_notifications: int
    created_at: Seconds


class ServerTold(Server, kw_only=True):
    server_id: Id
    guild_id: Id


class ServerChannel(Struct):
    """A channel of a server; `type` is a copy of `channel_type`."""

    id: Id
    server_id: Id
    guild_id: Id
    name: str
    channel_type: str
    type: str
    topic: str | None
    position: int
    category_id: Id | None
    nsfw: bool
    slowmode_seconds: int
    read_receipts_enabled: bool
    created_at: Seconds
    last_message_id: Id | None
    recipient_id: None = None
    recipient: None = None


class ChannelGone(Struct):
    id: Id
    server_id: Id
    guild_id: Id


class Role(Struct):
    """A role; `permissions` names those it gives."""

    id: Id
    server_id: Id
    guild_id: Id
    name: str
    color: str | None
    position: int
    permissions: Permissions
    hoist: bool
    mentionable: bool
    is_default: bool


class RoleTold(Struct):
    guild_id: Id
    server_id: Id
    role: Role


class RoleGone(Struct):
    guild_id: Id
    server_id: Id
    role_id: Id


class Member(Struct):
    """Somebody in a server; `roles` leaves out @everyone, and `member_id` is the person's id."""

    member_id: Id
    user_id: Id
    username: str
    nickname: str | None
    avatar_url: str | None
    joined_at: Seconds
    roles: tuple[str, ...]
    presence: Shown
    badges: tuple[str, ...]
    timeout_until: Seconds | None
    timeout_reason: str | None


class Ban(Struct):
    user_id: Id
    reason: str | None
    banned_by: Id
    banned_at: Seconds


class BanTold(Struct):
    guild_id: Id
    server_id: Id
    user_id: Id
    reason: str | None


class Guild(ServerTold, kw_only=True):
    """A server as somebody finds it when they join it, or come back to it.

    `members` are some: themself, and when they join also the first hundred of all. READY tells who
    is here in its own `presences`.
    """

    channels: list[ServerChannel]
    roles: list[Role]
    members: list["GuildMember"]
    presences: list[PresenceUpdate]
    emojis: list[Emoji]
    voice_states: tuple[()] = ()
    unavailable: bool = False


class GuildGone(Struct):
    """A server that one does not belong to any more."""

    id: Id
    server_id: Id
    guild_id: Id
    unavailable: bool = False


class MembersTold(Struct):
    """A part of a list of members that a client asked for."""

    guild_id: Id
    server_id: Id
    members: list[Member]
    chunk_index: int
    chunk_count: int
    not_found: list[str]


class Known(Struct):
    """Somebody who has been introduced before."""

    id: Id


class MemberJoined(Struct):
    guild_id: Id
    server_id: Id
    user: Person
    roles: tuple[str, ...]
    joined_at: Seconds
    nick: str | None
    timeout_until: Seconds | None
    timeout_reason: str | None
    badges: tuple[str, ...]


class GuildMember(MemberJoined, kw_only=True):
    """A member as others hear of them, and as lists of members have them."""

    member_id: Id
    user_id: Id
    username: str
    nickname: str | None
    avatar_url: str | None


class MemberChanged(Struct):
    guild_id: Id
    server_id: Id
    user: Known
    roles: tuple[str, ...]
    nick: str | None
    timeout_until: Seconds | None
    timeout_reason: str | None


class MemberLeft(Struct):
    guild_id: Id
    server_id: Id
    user: Known


def icon(shapes: Shapes, server_id: int, name: str | None) -> str | None:
    return None if name is None else f"{shapes.origin}/avatars/servers/{server_id}"


def server(shapes: Shapes, found: servers.Server) -> Server:
    return Server(
        str(found.id), found.name, found.description, icon(shapes, found.id, found.icon),
        str(found.owner_id), found.member_count, optional(found.default_channel_id),
        found.verification_level, found.default_message_notifications, created(found.id),
    )  # fmt: skip


def server_told(shapes: Shapes, found: servers.Server) -> ServerTold:
    id = str(found.id)
    return ServerTold(*astuple(server(shapes, found)), server_id=id, guild_id=id)


def server_channel(channel: Channel) -> ServerChannel:
    server_id = str(channel.server_id)
    return ServerChannel(
        str(channel.id), server_id, server_id, channel.name, channel.kind, channel.kind,
        channel.topic, channel.position, optional(channel.category_id), channel.nsfw,
        channel.slowmode_seconds, channel.read_receipts, created(channel.id),
        optional(channel.last_message_id),
    )  # fmt: skip


def role(found: rules.Role) -> Role:
    server_id = str(found.server_id)
    given = {name: True for name, has in permissions.names(found.permissions).items() if has}
    return Role(
        str(found.id), server_id, server_id, found.name, found.color, found.position, given,
        found.hoist, found.mentionable, found.is_default,
    )  # fmt: skip


def role_told(found: rules.Role) -> RoleTold:
    return RoleTold(str(found.server_id), str(found.server_id), role(found))


def guild(
    shapes: Shapes,
    world: World,
    some: Iterable[members.Member],
    present: Iterable[Presence] = (),
) -> Guild:
    found = world.server
    server_id = str(found.id)
    return Guild(
        str(found.id), found.name, found.description, icon(shapes, found.id, found.icon),
        str(found.owner_id), found.member_count, optional(found.default_channel_id),
        found.verification_level, found.default_message_notifications, created(found.id),
        channels=[server_channel(channel) for channel in world.channels],
        roles=[role(each) for each in world.roles],
        members=[guild_member(shapes, each) for each in some],
        presences=[shapes.presence_update(each) for each in present],
        emojis=[emoji(shapes, each) for each in world.emojis],
        server_id=server_id,
        guild_id=server_id,
    )  # fmt: skip


def gone(server_id: int) -> GuildGone:
    return GuildGone(str(server_id), str(server_id), str(server_id))


def roster(shapes: Shapes, found: Roster, live: LivePresence) -> list[Member]:
    """Members as they are seen now."""
    statuses = (status_word(live.shown(each.user_id).status) for each in found.members)
    return [
        member(shapes, each, "offline" if each.user_id in found.apart else status)
        for each, status in zip(found.members, statuses, strict=True)
    ]


def member(shapes: Shapes, found: members.Member, status: str) -> Member:
    user_id = str(found.user_id)
    return Member(
        user_id, user_id, found.username, found.nickname,
        shapes.avatar(found.user_id, found.avatar), found.joined_at // 1000, found.role_ids,
        Shown(status), found.badges, seconds(found.timeout_until), found.timeout_reason,
    )  # fmt: skip


def members_told(
    shapes: Shapes,
    server_id: int,
    found: Roster,
    live: LivePresence,
    index: int,
    count: int,
    missing: Iterable[int],
) -> MembersTold:
    listed = roster(shapes, found, live)
    absent = [str(user_id) for user_id in missing]
    return MembersTold(str(server_id), str(server_id), listed, index, count, absent)


def ban(found: bans.Ban) -> Ban:
    return Ban(
        str(found.user_id), found.reason, str(found.banned_by), found.banned_at // 1000
    )


def ban_told(server_id: int, user_id: int, reason: str | None) -> BanTold:
    return BanTold(str(server_id), str(server_id), str(user_id), reason)


def member_joined(shapes: Shapes, member: members.Member) -> MemberJoined:
    server_id = str(member.server_id)
    user = Person(
        str(member.user_id), member.username, shapes.avatar(member.user_id, member.avatar)
    )
    return MemberJoined(
        server_id, server_id, user, member.role_ids, member.joined_at // 1000, member.nickname,
        seconds(member.timeout_until), member.timeout_reason, member.badges,
    )  # fmt: skip


def guild_member(shapes: Shapes, member: members.Member) -> GuildMember:
    told = member_joined(shapes, member)
    user = told.user
    return GuildMember(
        *astuple(told), member_id=user.id, user_id=user.id, username=user.username,
        nickname=told.nick, avatar_url=user.avatar_url,
    )  # fmt: skip


def member_changed(member: members.Member) -> MemberChanged:
    server_id = str(member.server_id)
    return MemberChanged(
        server_id, server_id, Known(str(member.user_id)), member.role_ids, member.nickname,
        seconds(member.timeout_until), member.timeout_reason,
    )  # fmt: skip


def member_left(server_id: int, user_id: int) -> MemberLeft:
    return MemberLeft(str(server_id), str(server_id), Known(str(user_id)))
