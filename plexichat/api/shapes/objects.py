"""Objects of the wire, as types: people, conversations, messages and what is beside them."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from plexichat.core.embeds import Embed

Id = Annotated[str, Meta(pattern="^[0-9]+$", description="a snowflake")]
LoginStatus = Literal["success", "two_factor_required"]
STATUSES = ("online", "idle", "dnd", "invisible", "offline")
PresenceStatus = Annotated[str, Meta(extra_json_schema={"enum": [*STATUSES]})]
MessageStatus = Annotated[str, Meta(extra_json_schema={"enum": ["sent", "delivered", "read"]})]
Senders = Literal["everyone", "friends", "none"]
Seconds = Annotated[int, Meta(description="Unix seconds")]
RelationshipStatus = Literal["friend", "pending_incoming", "pending_outgoing", "blocked"]
THUMBNAILS = {"64": "https://chat.example.org/…", "128": "https://chat.example.org/…"}


class Success(Struct):
    success: bool = True


SUCCESS = Success()


class UserPublic(Struct):
    id: Id
    username: str
    avatar_url: str | None
    created_at: Seconds
    badges: tuple[str, ...]


class UserPrivate(Struct):
    id: Id
    username: str
    email: str
    avatar_url: str | None
    created_at: Seconds
    email_verified: bool
    totp_enabled: bool
    age_verified: bool
    badges: tuple[str, ...]
    deletion_status: Literal["active", "scheduled"] = "active"
    deletion_at: Seconds | None = None


class Login(Struct):
    status: LoginStatus
    token: str | None = None
    user: UserPrivate | None = None
    challenge_token: str | None = None
    methods: list[str] | None = None
    expires_in: int | None = None


class Account(Struct):
    """Oneself, as the gateway tells."""

    id: Id
    username: str
    avatar: str | None
    avatar_url: str | None
    email: str
    email_verified: bool
    badges: tuple[str, ...]
    discriminator: str = "0"
    bot: bool = False


class SessionShape(Struct):
    id: Id
    device_id: str | None
    ip_address: str | None
    user_agent: str | None
    created_at: Seconds
    expires_at: Seconds
    last_activity: Seconds
    current: bool


class Person(Struct):
    """Somebody beside the matter at hand."""

    id: Id
    username: str
    avatar_url: str | None


class DMOpened(Struct):
    id: Id
    recipient_id: Id
    recipient: Person
    type: str = "dm"
    channel_type: str = "dm"


class DMChannel(DMOpened, kw_only=True):
    last_message_id: Id | None


class Notes(Struct):
    id: Id
    last_message_id: Id | None
    last_message_at: Seconds | None
    type: str = "notes"
    channel_type: str = "notes"
    name: str = "Personal Notes"


class MessagingSettings(Struct):
    user_id: Id
    read_receipts_enabled: bool
    typing_indicators_enabled: bool
    compact_messages_enabled: bool
    allow_dms_from: Senders
    auto_create_dms: bool
    max_message_length: int | None = None
    max_attachment_size: int | None = None
    max_attachments_per_message: int | None = None


class Relationship(Struct):
    user_id: Id
    status: RelationshipStatus
    created_at: Seconds


class Shown(Struct):
    """The status by which somebody appears."""

    status: PresenceStatus


class PresenceUpdate(Struct):
    user_id: Id
    status: PresenceStatus
    custom_status: str | None
    custom_emoji: str | None


class PresenceShape(PresenceUpdate):
    last_seen: Seconds | None


class RelationshipListed(Relationship):
    username: str
    avatar_url: str | None
    presence: Shown | None
    message: str | None


class Attachment(Struct):
    """A file of a message. Its URLs open it without a token for an hour.

    The thumbnails of a picture are named by their longest side; they come a little later.
    """

    id: Id
    filename: str
    content_type: str
    size: int
    url: str
    hash: str
    thumbnails: Annotated[dict[str, str], Meta(examples=[THUMBNAILS])] | None


class Reaction(Struct):
    """An emoji on a message, and how many people put it there."""

    emoji: str
    count: int
    me: bool
    url: str | None
    is_custom: bool
    custom_emoji_id: Id | None


class Message(Struct):
    id: Id
    channel_id: Id
    author_id: Id
    author_username: str
    author_avatar_url: str | None
    author_badges: tuple[str, ...]
    content: str | None
    created_at: Seconds
    edited_at: Seconds | None
    reply_to_id: Id | None
    attachments: list[Attachment]
    embeds: tuple[Embed, ...]
    pinned: bool
    status: MessageStatus | None
    delivery_count: int
    read_count: int
    read: bool
    read_by: list[str]
    readers: list[Person]
    reactions: list[Reaction]
    webhook_id: Id | None


class VersionInfo(Struct):
    stage: str
    major: int
    minor: int
    build: int
    string: str
