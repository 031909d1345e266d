"""Channels as this dialect addresses them: by id, as `dm-<id>`, as `<guild>-<name>`, or by name.

A bare name means the channel of that name which its person opened last; the client has no better.
Where several of a guild have one name, the oldest keeps it and the others have a number behind it.
"""

from collections import OrderedDict
from collections.abc import Sequence

from plexichat.core import channels, permissions, server_channels, servers
from plexichat.core.errors import Invalid, NotFound
from plexichat.store.channels import Channel
from plexichat.store.db import Snapshot
from plexichat.wryft.dialect import FORM, read_id, uuid

REMEMBERED = 10_000
DM = "dm-"
UUID_LENGTH = 36


class Visits:
    """Which channel of a name somebody opened last, for as long as it is likely to matter."""

    def __init__(self) -> None:
        self._last: OrderedDict[tuple[int, str], int] = OrderedDict()

    def note(self, user_id: int, channel: Channel) -> None:
        if channel.server_id is not None:
            key = user_id, channel.name
            self._last[key] = channel.id
            self._last.move_to_end(key)
            if len(self._last) > REMEMBERED:
                self._last.popitem(last=False)

    def last(self, user_id: int, name: str) -> int | None:
        return self._last.get((user_id, name))


def key(channel: Channel) -> str:
    """How the client names a channel."""
    if channel.server_id is None:
        return DM + uuid(channel.id)
    return f"{uuid(channel.server_id)}-{channel.name}"


def find(snap: Snapshot, user_id: int, place: str) -> Channel | None:
    """The channel of a key, for whoever may read it; None for a name that its guild has not.

    Refused as in core, and as 400 when it is no key at all.
    """
    if FORM.fullmatch(place):
        return channels.get(snap, user_id, read_id(place, "channel"))
    if place.startswith(DM):
        channel = channels.get(snap, user_id, read_id(place.removeprefix(DM), "channel"))
        if channel.server_id is not None:
            raise NotFound("channel_not_found", "Channel not found")
        return channel
    guild, dash, name = place[:UUID_LENGTH], place[UUID_LENGTH:][:1], place[UUID_LENGTH + 1 :]
    if dash != "-" or not name:
        raise Invalid("invalid_channel", "Invalid channel id")
    server_id = read_id(guild, "channel")
    found = _named(snap, user_id, server_id, name)
    if found is None:
        server_channels.refuse_hidden(snap, server_id, name)
        return None
    return channels.get(snap, user_id, found.id)


def guess(snap: Snapshot, user_id: int, place: str, last: int | None) -> Channel | None:
    """The same, and for a bare name the one that was opened last, or the first of that name."""
    if place.startswith(DM) or FORM.fullmatch(place[:UUID_LENGTH]):
        return find(snap, user_id, place)
    mine = sorted(servers.mine(snap, user_id), key=lambda server: server.id)
    found = [_named(snap, user_id, server.id, place) for server in mine]
    for channel in sorted(filter(None, found), key=lambda channel: channel.id != last):
        if channels.reads(snap, user_id, channel.id):
            return channel
    return None


def names(written: Sequence[Channel]) -> dict[int, str]:
    """What channels of one guild that take messages are called; the oldest come first."""
    own, given = {channel.name for channel in written}, dict[int, str]()
    for channel in written:
        name, number = channel.name, 1
        while name in given.values() or (number > 1 and name in own):
            number += 1
            name = f"{channel.name}-{number}"
        given[channel.id] = name
    return given


def _named(snap: Snapshot, user_id: int, server_id: int, name: str) -> Channel | None:
    written = server_channels.written(snap, user_id, server_id)
    called = names(written)
    return next((channel for channel in written if called[channel.id] == name), None)


def view(snap: Snapshot, user_id: int, place: str) -> Channel | None:
    """A channel of any kind, for whoever may view it."""
    if FORM.fullmatch(place):
        return channels.get(
            snap, user_id, read_id(place, "channel"), needed=permissions.VIEW
        )
    return find(snap, user_id, place)
