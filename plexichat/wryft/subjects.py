"""What a socket is about, by the channel that its client names (contract 13)."""

from dataclasses import dataclass

from plexichat.core import channels, permissions, servers
from plexichat.core.errors import Forbidden, NotFound
from plexichat.core.events import Able, Audience, Members
from plexichat.store.channels import Channel
from plexichat.store.db import Snapshot
from plexichat.wryft import places
from plexichat.wryft.dialect import read_id
from plexichat.wryft.events import Topic

CONNECT = permissions.VIEW | permissions.BITS["voice.connect"]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a socket is about, and who may hear what is said there."""

    topic: Topic
    audience: Audience
    channel: Channel | None = None


def find(snap: Snapshot, user_id: int, place: str) -> Subject:
    """What a place names, for whoever may listen there; others are refused."""
    kind, dash, id = place.partition("-")
    if dash and kind in ("user", "server", "voice"):
        number = read_id(id, "channel")
        if kind == "user":
            if number != user_id:
                raise Forbidden(*channels.ACCESS_DENIED)
            return Subject(("user", number), frozenset((user_id,)))
        if kind == "server":
            servers.member(snap, user_id, number)
            return Subject(("server", number), Members(number))
        channel = channels.get(snap, user_id, number, needed=CONNECT)
        if channel.server_id is None:
            raise NotFound("channel_not_found", "Channel not found")
        return Subject(("voice", number), Able(channel.server_id, CONNECT, number), channel)
    found = places.find(snap, user_id, place)
    if found is None:
        raise NotFound("channel_not_found", "Channel not found")
    return Subject(("channel", found.id), channels.audience(found), found)
