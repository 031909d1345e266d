"""Makes the objects of the wire from what core hands out."""

from dataclasses import dataclass
from typing import Any, Final

import msgspec

from plexichat import ids
from plexichat.api.shapes.objects import (
    Account,
    Attachment,
    DMChannel,
    DMOpened,
    Id,
    Login,
    Message,
    MessagingSettings,
    Notes,
    Person,
    PresenceShape,
    PresenceUpdate,
    Reaction,
    Relationship,
    RelationshipListed,
    RelationshipStatus,
    Senders,
    SessionShape,
    Shown,
    UserPrivate,
    UserPublic,
    VersionInfo,
)
from plexichat.core.embeds import Embed
from plexichat.core.links import Links
from plexichat.core.versions import STAGES, Version
from plexichat.core.views import MessageView, Presence
from plexichat.store import reactions
from plexichat.store.channels import Channel, Conversation
from plexichat.store.receipts import Reader
from plexichat.store.relationships import Relation, Status
from plexichat.store.sessions import Session
from plexichat.store.uploads import Attached, Upload
from plexichat.store.users import Senders as Kept
from plexichat.store.users import User
from plexichat.store.users import badges as read_badges

DELETED_USER = "Deleted User"
_embeds = msgspec.json.Decoder(tuple[Embed, ...]).decode
RELATIONSHIP_STATUS: Final[dict[Status, RelationshipStatus]] = {
    "friend": "friend",
    "incoming": "pending_incoming",
    "outgoing": "pending_outgoing",
    "blocked": "blocked",
}
# What this wire has no word for is told as what comes nearest.
SENDERS: Final[dict[Kept, Senders]] = {
    "everyone": "everyone", "friends": "friends", "server_members": "friends", "none": "none",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shapes:
    """Turns what core hands out into wire objects; `origin` begins every URL."""

    origin: str
    links: Links

    def avatar(self, user_id: int, avatar: str | None) -> str | None:
        """Where a picture is; one kept elsewhere is named as it was given."""
        if avatar is None or avatar.startswith(("http://", "https://")):
            return avatar
        return self.portrait(user_id)

    def portrait(self, user_id: int) -> str:
        """Where the picture is that somebody has here."""
        return f"{self.origin}/avatars/users/{user_id}"

    def recovery(self, token: str) -> str:
        """Where somebody sets a new password; browsers keep what is behind # to themselves."""
        return f"{self.origin}/recover#{token}"

    def invitation(self, code: str) -> str:
        """Where somebody makes an account with an invite."""
        return f"{self.origin}/join#{code}"

    def user(self, user: User) -> UserPublic:
        return UserPublic(
            str(user.id), user.username, self.avatar(user.id, user.avatar),
            created(user.id), user.badges,
        )  # fmt: skip

    def account(self, user: User) -> UserPrivate:
        return UserPrivate(
            str(user.id), user.username, user.email or "", self.avatar(user.id, user.avatar),
            created(user.id), user.email_verified, user.totp_enabled, user.age_verified,
            user.badges, "active" if user.deletion_at is None else "scheduled",
            seconds(user.deletion_at),
        )  # fmt: skip

    def oneself(self, user: User) -> Account:
        picture = self.avatar(user.id, user.avatar)
        return Account(
            str(user.id), user.username, picture, picture, user.email or "", user.email_verified,
            user.badges,
        )  # fmt: skip

    def login(self, token: str, user: User) -> Login:
        return Login("success", token, self.account(user))

    def session(self, session: Session, current: int) -> SessionShape:
        return SessionShape(
            str(session.id), None, session.address, session.agent, created(session.id),
            session.expires_at // 1000, session.active_at // 1000, session.id == current,
        )  # fmt: skip

    def opened(self, seen: Conversation) -> DMOpened:
        return DMOpened(str(seen.id), str(seen.recipient_id), self._recipient(seen))

    def conversation(self, seen: Conversation) -> DMChannel:
        return DMChannel(
            str(seen.id), str(seen.recipient_id), self._recipient(seen),
            last_message_id=optional(seen.last_message_id),
        )  # fmt: skip

    def _recipient(self, seen: Conversation) -> Person:
        avatar = self.avatar(seen.recipient_id, seen.recipient_avatar)
        return Person(str(seen.recipient_id), seen.recipient_name or DELETED_USER, avatar)

    def messaging_settings(self, user: User) -> MessagingSettings:
        return MessagingSettings(
            str(user.id), user.read_receipts, user.typing_indicators, user.compact_messages,
            SENDERS[user.allow_dms_from], user.auto_create_dms,
        )  # fmt: skip

    def presence(self, seen: Presence) -> PresenceShape:
        return PresenceShape(
            str(seen.user_id), status_word(seen.status), seen.custom_status,
            seen.custom_emoji, seconds(seen.last_seen),
        )  # fmt: skip

    def presence_update(self, seen: Presence) -> PresenceUpdate:
        return PresenceUpdate(
            str(seen.user_id), status_word(seen.status), seen.custom_status, seen.custom_emoji
        )

    def relationship(self, relation: Relation) -> Relationship:
        return Relationship(
            str(relation.user_id), RELATIONSHIP_STATUS[relation.status], relation.since // 1000
        )

    def relationship_listed(self, relation: Relation, seen: str | None) -> RelationshipListed:
        """With what a list tells beside it."""
        return RelationshipListed(
            str(relation.user_id), RELATIONSHIP_STATUS[relation.status], relation.since // 1000,
            relation.username, self.avatar(relation.user_id, relation.avatar),
            None if seen is None else Shown(status_word(seen)), relation.message,
        )  # fmt: skip

    def counts(self, unread: dict[int, int]) -> dict[Id, int]:
        return {str(channel_id): count for channel_id, count in unread.items()}

    def notes(self, channel: Channel) -> Notes:
        last = channel.last_message_id
        return Notes(str(channel.id), optional(last), None if last is None else created(last))

    def message(self, view: MessageView) -> Message:
        m = view.message
        known = m.author_name is not None
        return Message(
            str(m.id),
            str(m.channel_id),
            str(m.author_id),
            m.author_name if m.author_name is not None else DELETED_USER,
            self.avatar(m.author_id, m.author_avatar) if known else None,
            read_badges(m.author_badges) if m.author_badges else (),
            m.content,
            created(m.id),
            seconds(m.edited_at),
            optional(m.reply_to_id),
            [] if m.attachments is None else self._attached(m.attachments),
            () if m.embeds is None else _embeds(m.embeds),
            m.pinned_at is not None,
            view.status,
            view.delivery_count,
            view.read_count,
            view.read,
            [reader.username for reader in view.readers],
            [self._reader(reader) for reader in view.readers],
            [self.reaction(each) for each in view.reactions],
            optional(m.webhook_id),
        )

    def _attached(self, column: str) -> list[Attachment]:
        return [self.attachment(file) for file in Attached.read(column)]

    def attachment(self, file: Attached | Upload) -> Attachment:
        return Attachment(
            str(file.id), file.filename, file.content_type, file.size,
            self.file(file.name), file.sha256,
            {str(side): self.file(name) for side, name in sorted(file.thumbnails.items())} or None,
        )  # fmt: skip

    def file(self, name: str) -> str:
        """Where a file of a message is, opened for an hour."""
        return f"{self.origin}/api/v1/media/attachments/{name}?{self.links.sign(name)}"

    def reaction(self, found: reactions.Reaction) -> Reaction:
        return Reaction(
            found.emoji, found.count, found.mine, self.emoji(found.file),
            found.emoji_id is not None, optional(found.emoji_id),
        )  # fmt: skip

    def emoji(self, file: str | None) -> str | None:
        """Where the picture of a custom emoji is; anybody may see it."""
        return None if file is None else f"{self.origin}/api/v1/media/attachments/{file}"

    def _reader(self, reader: Reader) -> Person:
        avatar = self.avatar(reader.user_id, reader.avatar)
        return Person(str(reader.user_id), reader.username, avatar)


def created(id: int) -> int:
    """The second in which an id was drawn."""
    return ids.unix_ms(id) // 1000


def seconds(ms: int | None) -> int | None:
    return None if ms is None else ms // 1000


def optional(id: int | None) -> str | None:
    return None if id is None else str(id)


def version(version: Version) -> VersionInfo:
    return VersionInfo(STAGES[version.stage], *version[1:], str(version))


def encode(shape: Any) -> bytes:
    return msgspec.json.encode(shape)


def status_word(status: str) -> str:
    """A status in this wire's words, which have none for somebody who keeps their mind on one."""
    return "dnd" if status == "focus" else status
