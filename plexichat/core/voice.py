"""Voice channels: who is in which, and who may be.

Somebody is in a channel until they leave it, are not heard of for half a minute, or may not connect
there any more. The house only remembers it; what is said goes from one to the other.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from plexichat.core import channels, permissions, servers
from plexichat.core.errors import Invalid
from plexichat.store import members as member_rows
from plexichat.store import rules as rule_rows
from plexichat.store.channels import Channel
from plexichat.store.db import Snapshot

STALE_MS = 30_000
CONNECT = permissions.BITS["voice.connect"]
SPOKEN = frozenset(("voice", "stage"))  # the kinds of channels that one talks in


class Voice:
    """Everybody in a voice channel. Belongs to the event loop; times in milliseconds."""

    def __init__(self) -> None:
        self._heard: dict[int, dict[int, int]] = {}  # channel, who, when they were heard of last

    def join(self, channel_id: int, user_id: int, now: int) -> None:
        self._forget_stale(now)
        self._heard.setdefault(channel_id, {})[user_id] = now

    def leave(self, channel_id: int, user_id: int) -> None:
        there = self._heard.get(channel_id, {})
        there.pop(user_id, None)
        if not there:
            self._heard.pop(channel_id, None)

    def heartbeat(self, channel_id: int, user_id: int, now: int) -> None:
        """Somebody is still there; whoever is not stays away."""
        self._forget_stale(now)
        if user_id in self._heard.get(channel_id, {}):
            self._heard[channel_id][user_id] = now

    def everybody(self, now: int) -> Mapping[int, tuple[int, ...]]:
        """Who is in which channel, in the order in which they came."""
        self._forget_stale(now)
        return {channel_id: tuple(there) for channel_id, there in self._heard.items()}

    def _forget_stale(self, now: int) -> None:
        for channel_id, there in list(self._heard.items()):
            for user_id, heard_at in list(there.items()):
                if now - heard_at > STALE_MS:
                    self.leave(channel_id, user_id)


@dataclass(frozen=True, slots=True)
class Talking:
    """A channel, and who is in it by id and name."""

    channel_id: int
    people: tuple[tuple[int, str], ...]


def check(snap: Snapshot, user_id: int, channel_id: int) -> Channel:
    """The channel, for somebody who may talk to whoever is in it."""
    channel = channels.get(
        snap, user_id, channel_id, channels.PERMISSION_DENIED, permissions.VIEW | CONNECT
    )
    if channel.kind not in SPOKEN:
        raise Invalid("no_voice_channel", "Invalid channel: nobody talks there")
    return channel


def present(
    snap: Snapshot, user_id: int, server_id: int, there: Mapping[int, Collection[int]]
) -> list[Talking]:
    """Who is in the voice channels of a server that a member views; those with nobody left out."""
    servers.member(snap, user_id, server_id)
    found = []
    for channel in servers.world(snap, user_id, server_id).channels:
        people = tuple(
            (each, member.username)
            for each in there.get(channel.id, ())
            if (member := member_rows.by_id(snap, server_id, each)) is not None
            and _connects(snap, each, server_id, channel.id)
        )
        if people:
            found.append(Talking(channel.id, people))
    return found


def _connects(snap: Snapshot, user_id: int, server_id: int, channel_id: int) -> bool:
    rules = rule_rows.for_member(snap, server_id, user_id, channel_id)
    standing = rule_rows.standing(snap, server_id, user_id)
    if rules is None or standing is None:
        return False
    return bool(permissions.in_channel(rules, standing, channel_id, snap.now) & CONNECT)
