"""The words for what happens to messages."""

from plexichat.api.events.words import (
    Worded,
    message_told,
    of_messages,
    of_reactions,
    place,
    server_of,
    word,
)
from plexichat.api.intents import ALWAYS, Intent
from plexichat.api.shapes import Shapes, optional
from plexichat.api.shapes_events import (
    Ack,
    Deleted,
    DeletedBulk,
    NewlyReacted,
    Pins,
    Reacted,
    ReactionsGone,
    Typing,
    TypingOver,
)
from plexichat.core.events import (
    MessageCreated,
    MessageDeleted,
    MessagesDeleted,
    MessagesRead,
    MessageUpdated,
    PinsChanged,
    ReactionAdded,
    ReactionRemoved,
    ReactionsCleared,
    TypingStarted,
    TypingStopped,
)


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
