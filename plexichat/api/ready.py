"""READY: the world a session begins with (contract 16, section 3)."""

from collections.abc import Collection

from msgspec import Struct

from plexichat import __version__
from plexichat.api.shapes import (
    Account,
    DMChannel,
    Id,
    MessagingSettings,
    PresenceUpdate,
    RelationshipListed,
    Shapes,
)
from plexichat.api.shapes_servers import Guild, guild
from plexichat.core.presence import LivePresence
from plexichat.core.ready import Picture
from plexichat.store.relationships import FRIEND

API_VERSION = 10


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
    guilds: list[Guild]


def ready(
    picture: Picture,
    shapes: Shapes,
    session_id: str,
    live: LivePresence,
    present: Collection[int],
) -> Ready:
    """What a session is told first; `live` adds what only memory knows.

    `present` are the connected people of the same servers at this moment.
    """
    user = picture.user
    followed = _followed(picture, present)
    shown = [
        (each, live.shown(each.user_id).status if each.user_id in followed else "offline")
        for each in picture.relationships
    ]
    return Ready(
        v=API_VERSION,
        user=shapes.oneself(user),
        session_id=session_id,
        resume_gateway_url=f"ws{shapes.origin.removeprefix('http')}/gateway",
        application=Application(str(user.id)),
        relationships=[shapes.relationship_listed(each, seen) for each, seen in shown],
        private_channels=[shapes.conversation(each) for each in picture.conversations],
        unread_counts=shapes.counts(picture.unread),
        presences=_presences(followed, shapes, live),
        settings=shapes.messaging_settings(user),
        server_version=__version__,
        guilds=[guild(shapes, world, (world.member,)) for world in picture.worlds],
    )


def _followed(picture: Picture, present: Collection[int]) -> frozenset[int]:
    """Whose comings and goings one is told: friends, and those one shares a server with."""
    friends = {each.user_id for each in picture.relationships if each.status == FRIEND}
    near = picture.near.union(present) - picture.apart - {picture.user.id}
    return near.union(friends)


def _presences(
    followed: Collection[int], shapes: Shapes, live: LivePresence
) -> list[PresenceUpdate]:
    """Who of them is seen to be here."""
    seen = (live.shown(user_id) for user_id in sorted(followed))
    return [shapes.presence_update(each) for each in seen if each.status != "offline"]
