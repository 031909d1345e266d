"""How the gateway words what core tells (contract 16, section 6), and which intent asks for it."""

from functools import singledispatch
from typing import NamedTuple

from msgspec.structs import astuple

from plexichat.api import notifications, shapes_emojis, shapes_invites, shapes_servers
from plexichat.api.intents import ALWAYS, Intent
from plexichat.api.shapes import DELETED_USER, Person, Shapes, optional
from plexichat.api.shapes_events import (
    Ack,
    Alert,
    Deleted,
    DeletedBulk,
    InChannel,
    Logout,
    MessageTold,
    NewlyReacted,
    Pins,
    Place,
    Reacted,
    ReactionsGone,
    RelationshipRemove,
    Self,
    Typing,
    TypingOver,
    UserUpdate,
)
from plexichat.core.events import (
    Attends,
    Audience,
    BanLifted,
    Banned,
    BlockChanged,
    ChannelCreated,
    ChannelDeleted,
    ChannelUpdated,
    ConversationCreated,
    EmojisChanged,
    FilesForgotten,
    InviteCreated,
    InviteDeleted,
    Leftovers,
    MemberChanged,
    MemberJoined,
    MemberLeft,
    MessageCreated,
    MessageDeleted,
    MessagesDeleted,
    MessagesRead,
    MessageUpdated,
    NotesCreated,
    NotificationCreated,
    NotificationGone,
    NotificationsRead,
    PinsChanged,
    PresenceChanged,
    PresenceEnded,
    PresenceKept,
    ReactionAdded,
    ReactionRemoved,
    ReactionsCleared,
    Readers,
    RelationshipChanged,
    RoleCreated,
    RoleDeleted,
    RoleUpdated,
    RulesChanged,
    SecurityAlert,
    SecurityLogout,
    ServerChanged,
    ServerGone,
    ServerJoined,
    SessionOpened,
    SessionsClosed,
    StandingChanged,
    TypingStarted,
    TypingStopped,
    UserUpdated,
    WebhooksChanged,
)
from plexichat.core.views import MessageView


class Worded(NamedTuple):
    name: str
    d: object
    intent: Intent = ALWAYS


def server_of(audience: Audience) -> int | None:
    """The server in one of whose channels something happened; None for personal ones."""
    return audience.server_id if isinstance(audience, Readers) else None


def place(channel_id: int, server_id: int | None) -> Place:
    """The ids that everything carries which happens in a channel."""
    server = optional(server_id)
    return Place(channel_id=str(channel_id), server_id=server, guild_id=server)


def of_messages(audience: Audience) -> Intent:
    return Intent.DIRECT_MESSAGES if server_of(audience) is None else Intent.GUILD_MESSAGES


def of_reactions(audience: Audience) -> Intent:
    if server_of(audience) is None:
        return Intent.DIRECT_MESSAGE_REACTIONS
    return Intent.GUILD_MESSAGE_REACTIONS


def message_told(view: MessageView, audience: Audience, shapes: Shapes) -> MessageTold:
    server = optional(server_of(audience))
    return MessageTold(*astuple(shapes.message(view)), server_id=server, guild_id=server)


@singledispatch
def word(event: object, shapes: Shapes) -> Worded | None:
    """The event as a dispatch; None for what is told to nobody outside."""
    raise TypeError(f"no words for {type(event).__name__}")


@word.register
def _(event: MessageCreated, shapes: Shapes) -> Worded:
    told = message_told(event.message, event.audience, shapes)
    return Worded("MESSAGE_CREATE", told, of_messages(event.audience))


@word.register
def _(event: MessageUpdated, shapes: Shapes) -> Worded:
    told = message_told(event.message, event.audience, shapes)
    return Worded("MESSAGE_UPDATE", told, of_messages(event.audience))


@word.register
def _(event: MessageDeleted, shapes: Shapes) -> Worded:
    deleted = Deleted(
        str(event.message_id), **place(event.channel_id, server_of(event.audience))
    )
    return Worded("MESSAGE_DELETE", deleted, of_messages(event.audience))


@word.register
def _(event: MessagesDeleted, shapes: Shapes) -> Worded:
    server_id = server_of(event.audience)
    deleted = DeletedBulk(
        [str(id) for id in event.message_ids], **place(event.channel_id, server_id)
    )
    return Worded("MESSAGE_DELETE_BULK", deleted, Intent.GUILD_MESSAGES if server_id else ALWAYS)


@word.register
def _(event: MessagesRead, shapes: Shapes) -> Worded:
    read = Ack(
        str(event.user_id), optional(event.message_id), **place(event.channel_id, event.server_id)
    )
    return Worded("MESSAGE_ACK", read)


@word.register
def _(event: PinsChanged, shapes: Shapes) -> Worded:
    server_id = server_of(event.audience)
    pins = Pins([str(id) for id in event.message_ids], **place(event.channel_id, server_id))
    return Worded("CHANNEL_PINS_UPDATE", pins, Intent.GUILDS if server_id else ALWAYS)


@word.register
def _(event: ReactionAdded, shapes: Shapes) -> Worded:
    added = NewlyReacted(
        str(event.message_id), str(event.user_id), event.emoji, shapes.emoji(event.file),
        event.emoji_id is not None, optional(event.emoji_id),
        **place(event.channel_id, server_of(event.audience)),
    )  # fmt: skip
    return Worded("MESSAGE_REACTION_ADD", added, of_reactions(event.audience))


@word.register
def _(event: ReactionRemoved, shapes: Shapes) -> Worded:
    removed = Reacted(
        str(event.message_id), str(event.user_id), event.emoji,
        **place(event.channel_id, server_of(event.audience)),
    )  # fmt: skip
    return Worded("MESSAGE_REACTION_REMOVE", removed, of_reactions(event.audience))


@word.register
def _(event: ReactionsCleared, shapes: Shapes) -> Worded:
    cleared = ReactionsGone(
        str(event.message_id), **place(event.channel_id, server_of(event.audience))
    )
    return Worded("MESSAGE_REACTION_REMOVE_ALL", cleared, of_reactions(event.audience))


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
def _(event: UserUpdated, shapes: Shapes) -> Worded:
    user = event.user
    avatar = shapes.avatar(user.id, user.avatar)
    person = Person(str(user.id), user.username or DELETED_USER, avatar)
    if event.private:
        person = Self(person.id, person.username, person.avatar_url, user.email or "")
    return Worded("USER_UPDATE", UserUpdate(person))


@word.register
def _(event: RelationshipChanged, shapes: Shapes) -> Worded:
    if event.relation is None:
        return Worded("RELATIONSHIP_REMOVE", RelationshipRemove(str(event.user_id)))
    return Worded("RELATIONSHIP_ADD", shapes.relationship_listed(event.relation, None))


@word.register
def _(event: PresenceChanged, shapes: Shapes) -> Worded:
    return Worded(
        "PRESENCE_UPDATE", shapes.presence_update(event.presence), Intent.GUILD_PRESENCES
    )


@word.register
def _(event: TypingStarted, shapes: Shapes) -> Worded:
    server_id = server_of(event.audience)
    started = Typing(
        str(event.user_id), event.username, event.at // 1000, **place(event.channel_id, server_id)
    )
    intent = Intent.GUILD_MESSAGE_TYPING if server_id else Intent.DIRECT_MESSAGE_TYPING
    return Worded("TYPING_START", started, intent)


@word.register
def _(event: TypingStopped, shapes: Shapes) -> Worded:
    over = TypingOver(
        str(event.user_id), **place(event.channel_id, server_of(event.audience))
    )
    return Worded("TYPING_STOP", over)


@word.register
def _(event: SecurityAlert, shapes: Shapes) -> Worded:
    return Worded("SECURITY_ALERT", Alert(str(event.user_id), event.action, event.detail))


@word.register
def _(event: SecurityLogout, shapes: Shapes) -> Worded:
    return Worded("SECURITY_LOGOUT", Logout(str(event.user_id), event.message))


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
    guild = shapes_servers.guild(shapes, event.world, event.presences)
    return Worded("GUILD_CREATE", guild, Intent.GUILDS)


@word.register
def _(event: ServerChanged, shapes: Shapes) -> Worded:
    return Worded("GUILD_UPDATE", shapes_servers.server(shapes, event.server), Intent.GUILDS)


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
def _(event: NotificationCreated, shapes: Shapes) -> Worded:
    return Worded("NOTIFICATION_CREATE", notifications.shape(event.notification))


@word.register
def _(event: NotificationsRead, shapes: Shapes) -> Worded:
    return Worded("NOTIFICATION_UPDATE", notifications.told_read(event.notification_id))


@word.register
def _(event: NotificationGone, shapes: Shapes) -> Worded:
    return Worded("NOTIFICATION_DELETE", notifications.told_gone(event.notification_id))


@word.register
def _(event: WebhooksChanged, shapes: Shapes) -> Worded:
    changed = InChannel(**place(event.channel_id, event.server_id))
    return Worded("WEBHOOKS_UPDATE", changed, Intent.GUILD_WEBHOOKS)


@word.register(Attends)
@word.register(BlockChanged)
@word.register(FilesForgotten)
@word.register(Leftovers)
@word.register(PresenceEnded)
@word.register(PresenceKept)
@word.register(RulesChanged)
@word.register(SessionOpened)
@word.register(SessionsClosed)
@word.register(StandingChanged)
def _(event: object, shapes: Shapes) -> None:
    return None
