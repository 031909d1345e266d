"""Objects of the wire that only the gateway tells."""

from collections.abc import Mapping
from typing import TypedDict

from msgspec import UNSET, Struct, UnsetType

from plexichat.api.shapes import Account, Id, Message, MessagingSettings, Person


class UserUpdate(Struct, omit_defaults=True):
    """`settings` are in what one is told of oneself."""

    user: Person | Account
    settings: MessagingSettings | UnsetType = UNSET


class RelationshipRemove(Struct):
    user_id: Id


class MessageTold(Message, kw_only=True):
    """A message as the gateway tells it, with the server it belongs to."""

    server_id: Id | None
    guild_id: Id | None


class InChannel(Struct, kw_only=True):
    """What happened in a channel, and in which server if it is in one."""

    channel_id: Id
    server_id: Id | None
    guild_id: Id | None


class Place(TypedDict):
    channel_id: Id
    server_id: Id | None
    guild_id: Id | None


class Typing(InChannel):
    user_id: Id
    username: str
    timestamp: int


class TypingOver(InChannel):
    user_id: Id


class Deleted(InChannel):
    id: Id


class DeletedBulk(InChannel):
    message_ids: list[Id]


class Ack(InChannel):
    user_id: Id
    message_id: Id | None


class Pins(InChannel):
    pinned_message_ids: list[Id]


class Reacted(InChannel):
    message_id: Id
    user_id: Id
    emoji: str


class NewlyReacted(Reacted):
    """With what a client needs to show an emoji that was not on the message yet."""

    url: str | None
    is_custom: bool
    custom_emoji_id: Id | None


class ReactionsGone(InChannel):
    message_id: Id


class Alert(Struct):
    user_id: Id
    action: str
    detail: Mapping[str, object]


class Logout(Struct):
    user_id: Id
    message: str
