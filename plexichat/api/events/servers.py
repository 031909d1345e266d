"""The words for what happens to conversations and servers."""

from plexichat.api import shapes_emojis, shapes_invites, shapes_servers
from plexichat.api.events.words import Worded, place, word
from plexichat.api.intents import Intent
from plexichat.api.shapes import Shapes
from plexichat.api.shapes_events import InChannel
from plexichat.core.events import (
    BanLifted,
    Banned,
    ChannelCreated,
    ChannelDeleted,
    ChannelUpdated,
    ConversationCreated,
    EmojisChanged,
    InviteCreated,
    InviteDeleted,
    MemberChanged,
    MemberJoined,
    MemberLeft,
    NotesCreated,
    RoleCreated,
    RoleDeleted,
    RoleUpdated,
    ServerChanged,
    ServerGone,
    ServerJoined,
    WebhooksChanged,
)


@word.register
def _(event: EmojisChanged, shapes: Shapes) -> Worded:
    told = shapes_emojis.told(shapes, event.server_id, event.emojis)
    return Worded("GUILD_EMOJIS_UPDATE", told, Intent.GUILD_EMOJIS)


@word.register
def _(event: NotesCreated, shapes: Shapes) -> Worded:
    return Worded("CHANNEL_CREATE", shapes.notes(event.notes))


@word.register
def _(event: ConversationCreated, shapes: Shapes) -> Worded:
    return Worded("CHANNEL_CREATE", shapes.conversation(event.conversation))


@word.register
def _(event: ChannelCreated, shapes: Shapes) -> Worded:
    shape = shapes_servers.server_channel(event.channel)
    return Worded("CHANNEL_CREATE", shape, Intent.GUILDS)


@word.register
def _(event: ChannelUpdated, shapes: Shapes) -> Worded:
    shape = shapes_servers.server_channel(event.channel)
    return Worded("CHANNEL_UPDATE", shape, Intent.GUILDS)


@word.register
def _(event: ChannelDeleted, shapes: Shapes) -> Worded:
    server_id = str(event.channel.server_id)
    gone = shapes_servers.ChannelGone(str(event.channel.id), server_id, server_id)
    return Worded("CHANNEL_DELETE", gone, Intent.GUILDS)


@word.register
def _(event: ServerJoined, shapes: Shapes) -> Worded:
    guild = shapes_servers.guild(shapes, event.world, event.members, event.presences)
    return Worded("GUILD_CREATE", guild, Intent.GUILDS)


@word.register
def _(event: ServerChanged, shapes: Shapes) -> Worded:
    return Worded("GUILD_UPDATE", shapes_servers.server_told(shapes, event.server), Intent.GUILDS)


@word.register
def _(event: ServerGone, shapes: Shapes) -> Worded:
    return Worded("GUILD_DELETE", shapes_servers.gone(event.server_id), Intent.GUILDS)


@word.register
def _(event: MemberJoined, shapes: Shapes) -> Worded:
    joined = shapes_servers.member_joined(shapes, event.member)
    return Worded("GUILD_MEMBER_ADD", joined, Intent.GUILD_MEMBERS)


@word.register
def _(event: MemberChanged, shapes: Shapes) -> Worded:
    changed = shapes_servers.member_changed(event.member)
    return Worded("GUILD_MEMBER_UPDATE", changed, Intent.GUILD_MEMBERS)


@word.register
def _(event: MemberLeft, shapes: Shapes) -> Worded:
    left = shapes_servers.member_left(event.server_id, event.user_id)
    return Worded("GUILD_MEMBER_REMOVE", left, Intent.GUILD_MEMBERS)


@word.register
def _(event: RoleCreated, shapes: Shapes) -> Worded:
    return Worded("GUILD_ROLE_CREATE", shapes_servers.role_told(event.role), Intent.GUILDS)


@word.register
def _(event: RoleUpdated, shapes: Shapes) -> Worded:
    return Worded("GUILD_ROLE_UPDATE", shapes_servers.role_told(event.role), Intent.GUILDS)


@word.register
def _(event: RoleDeleted, shapes: Shapes) -> Worded:
    server_id = str(event.server_id)
    gone = shapes_servers.RoleGone(server_id, server_id, str(event.role_id))
    return Worded("GUILD_ROLE_DELETE", gone, Intent.GUILDS)


@word.register
def _(event: InviteCreated, shapes: Shapes) -> Worded:
    told = shapes_invites.told(event.invite)
    return Worded("INVITE_CREATE", told, Intent.GUILD_INVITES)


@word.register
def _(event: InviteDeleted, shapes: Shapes) -> Worded:
    gone = shapes_invites.gone(event.server_id, event.code)
    return Worded("INVITE_DELETE", gone, Intent.GUILD_INVITES)


@word.register
def _(event: Banned, shapes: Shapes) -> Worded:
    ban = event.ban
    shape = shapes_servers.ban_told(ban.server_id, ban.user_id, ban.reason)
    return Worded("GUILD_BAN_ADD", shape, Intent.GUILD_BANS)


@word.register
def _(event: BanLifted, shapes: Shapes) -> Worded:
    shape = shapes_servers.ban_told(event.server_id, event.user_id, None)
    return Worded("GUILD_BAN_REMOVE", shape, Intent.GUILD_BANS)


@word.register
def _(event: WebhooksChanged, shapes: Shapes) -> Worded:
    changed = InChannel(**place(event.channel_id, event.server_id))
    return Worded("WEBHOOKS_UPDATE", changed, Intent.GUILD_WEBHOOKS)
