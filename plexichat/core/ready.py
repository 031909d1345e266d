"""The picture a person starts from when a socket opens: READY before + events = READY after."""

from collections.abc import Collection
from dataclasses import dataclass

from plexichat.core import channels, reading, relationships, servers, users
from plexichat.core.views import World
from plexichat.store import members
from plexichat.store import relationships as relation_rows
from plexichat.store.channels import Conversation
from plexichat.store.db import Snapshot
from plexichat.store.relationships import Relation
from plexichat.store.users import User


@dataclass(frozen=True, slots=True)
class Picture:
    """One person's world at a commit."""

    commit: int
    user: User
    conversations: list[Conversation]
    relationships: list[Relation]
    unread: dict[int, int]
    worlds: list[World]
    near: frozenset[int]
    apart: frozenset[int]


def picture(snap: Snapshot, user_id: int, here: Collection[int]) -> Picture:
    """The world of this person; `near` are those of the people `here` who share a server."""
    return Picture(
        commit=snap.commit,
        user=users.get(snap, user_id),
        conversations=channels.conversations(snap, user_id),
        relationships=relationships.mine(snap, user_id),
        unread=reading.unread_everywhere(snap, user_id),
        worlds=[servers.world(snap, user_id, server.id) for server in servers.mine(snap, user_id)],
        near=members.near(snap, user_id, here),
        apart=relation_rows.apart(snap, user_id),
    )
