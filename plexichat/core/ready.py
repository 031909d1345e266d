"""The picture a person starts from when a socket opens: READY before + events = READY after."""

from dataclasses import dataclass

from plexichat.core import channels, reading, relationships, users
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


def picture(snap: Snapshot, user_id: int) -> Picture:
    return Picture(
        commit=snap.commit,
        user=users.get(snap, user_id),
        conversations=channels.conversations(snap, user_id),
        relationships=relationships.mine(snap, user_id),
        unread=reading.unread_everywhere(snap, user_id),
    )
