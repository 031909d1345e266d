"""Mutuals: the servers and friends that two people have in common."""

from plexichat.core import users
from plexichat.store import relationships
from plexichat.store import servers as server_rows
from plexichat.store.db import Snapshot
from plexichat.store.relationships import FRIEND, Relation
from plexichat.store.servers import Server


def servers(snap: Snapshot, user_id: int, other_id: int) -> list[Server]:
    """By name."""
    users.get(snap, other_id)
    theirs = set(server_rows.ids_of(snap, other_id))
    return [server for server in server_rows.of(snap, user_id) if server.id in theirs]


def friends(snap: Snapshot, user_id: int, other_id: int) -> list[Relation]:
    """By name, as the first of the two stands to them."""
    users.get(snap, other_id)
    theirs = relationships.friends(snap, other_id)
    found = (each for each in relationships.of(snap, user_id) if each.status == FRIEND)
    return sorted(
        (each for each in found if each.user_id in theirs), key=lambda each: each.username.lower()
    )
