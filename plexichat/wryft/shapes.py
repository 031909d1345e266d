"""Messages and conversations of the Wryft wire."""

from msgspec import UNSET, Struct, UnsetType

from plexichat import ids
from plexichat.core.views import MessageView
from plexichat.store.channels import Channel, Conversation
from plexichat.store.uploads import Attached
from plexichat.wryft import places
from plexichat.wryft.dialect import clock, file_url, iso, picture_url, uuid

DELETED_USER = "Deleted User"


class Attachment(Struct):
    id: str
    filename: str
    file_url: str
    file_type: str | None
    file_size: int | None


class Message(Struct):
    """What is said in a channel; `text` and `content` are the same, for two kinds of client."""

    id: str
    channel: str
    channel_id: str
    author: str
    author_id: str
    text: str
    content: str
    timestamp: str
    created_at: str
    edited: bool
    edited_at: str | None
    attachments: list[Attachment] | UnsetType = UNSET
    reply_to_id: str | UnsetType = UNSET


class DirectMessage(Struct):
    id: str
    dm_id: str
    author_id: str
    author: str
    text: str
    content: str
    created_at: str
    edited_at: str | None
    attachments: list[Attachment] | UnsetType = UNSET
    reply_to_id: str | UnsetType = UNSET


class Other(Struct):
    id: str
    username: str
    avatar_url: str | None


class Dm(Struct):
    id: str
    user1_id: str
    user2_id: str
    other_user: Other


def message(channel: Channel, view: MessageView) -> Message:
    m = view.message
    text, created = m.content or "", ids.unix_ms(m.id)
    return Message(
        uuid(m.id), places.key(channel), uuid(m.channel_id), m.author_name or DELETED_USER,
        uuid(m.author_id), text, text, clock(created), iso(created), m.edited_at is not None,
        optional(m.edited_at), attachments(m.attachments), _reply(m.reply_to_id),
    )  # fmt: skip


def direct_message(view: MessageView) -> DirectMessage:
    m = view.message
    text = m.content or ""
    return DirectMessage(
        uuid(m.id), uuid(m.channel_id), uuid(m.author_id), m.author_name or DELETED_USER, text,
        text, iso(ids.unix_ms(m.id)), optional(m.edited_at), attachments(m.attachments),
        _reply(m.reply_to_id),
    )  # fmt: skip


def attachments(column: str | None) -> list[Attachment] | UnsetType:
    """What a message carries; left out when it is nothing."""
    if column is None:
        return UNSET
    return [
        Attachment(uuid(each.id), each.filename, file_url(each.name), each.content_type, each.size)
        for each in Attached.read(column)
    ]


def conversation(seen: Conversation, viewer_id: int) -> Dm:
    one, other = sorted((uuid(viewer_id), uuid(seen.recipient_id)))
    name = seen.recipient_name or DELETED_USER
    avatar = picture_url(seen.recipient_avatar)
    return Dm(uuid(seen.id), one, other, Other(uuid(seen.recipient_id), name, avatar))


def optional(unix_ms: int | None) -> str | None:
    return None if unix_ms is None else iso(unix_ms)


def _reply(message_id: int | None) -> str | UnsetType:
    return UNSET if message_id is None else uuid(message_id)
