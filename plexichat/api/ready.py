"""READY: the world a session begins with (contract 16, section 3)."""

from msgspec import Struct

from plexichat import __version__
from plexichat.api.shapes import (
    DMChannel,
    Id,
    MessagingSettings,
    PresenceUpdate,
    RelationshipListed,
    Shapes,
)
from plexichat.core import presence
from plexichat.core.presence import LivePresence
from plexichat.core.ready import Picture

API_VERSION = 10


class Account(Struct):
    id: Id
    username: str
    avatar: str | None
    avatar_url: str | None
    email_verified: bool
    badges: tuple[str, ...]
    discriminator: str = "0"
    bot: bool = False


class Application(Struct):
    id: Id
    flags: int = 0


class Ready(Struct):
    v: int
    user: Account
    session_id: str
    resume_gateway_url: str
    application: Application
    relationships: list[RelationshipListed]
    private_channels: list[DMChannel]
    unread_counts: dict[Id, int]
    presences: list[PresenceUpdate]
    settings: MessagingSettings
    server_version: str
    guilds: tuple[()] = ()


def ready(picture: Picture, shapes: Shapes, session_id: str, live: LivePresence) -> Ready:
    """What a session is told first; `live` adds what only memory knows."""
    user = picture.user
    shown = [(each, presence.seen_by(each, live)) for each in picture.relationships]
    return Ready(
        v=API_VERSION,
        user=Account(
            str(user.id),
            user.username,
            user.avatar,
            shapes.avatar(user.id, user.avatar),
            user.email_verified,
            user.badges,
        ),
        session_id=session_id,
        resume_gateway_url=f"ws{shapes.origin.removeprefix('http')}/gateway",
        application=Application(str(user.id)),
        relationships=[shapes.relationship_listed(each, seen) for each, seen in shown],
        private_channels=[shapes.conversation(each) for each in picture.conversations],
        unread_counts=shapes.counts(picture.unread),
        presences=[
            shapes.presence_update(seen) for _, seen in shown if seen.status != "offline"
        ],
        settings=shapes.messaging_settings(user),
        server_version=__version__,
    )
