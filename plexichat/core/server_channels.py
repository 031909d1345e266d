"""Channels of a server: making, naming, ordering and ending them.

Whoever may not view a channel finds no trace of it, not even as the category of another. Who gains
or loses sight of one hears of it by what memory learns of the rules (`audiences`).
"""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, fields, replace

from msgspec import UNSET, UnsetType

from plexichat.core import audit, channels, permissions, servers
from plexichat.core.channels import WRITTEN
from plexichat.core.errors import Conflict, Forbidden, Invalid, NotFound
from plexichat.core.events import Leftovers
from plexichat.core.slowmode import LONGEST_SECONDS
from plexichat.store import audit as audit_rows
from plexichat.store import channels as rows
from plexichat.store import invites as invite_rows
from plexichat.store import rules as rule_rows
from plexichat.store.channels import Channel, Conversation
from plexichat.store.db import Snapshot, Tx

KINDS = ("text", "announcement", "voice", "category", "stage")
PER_SERVER = 500
NAME_LENGTHS = range(1, 101)
TOPIC_LENGTH = 1024
HIGHEST_POSITION = (1 << 31) - 1

MANAGE = permissions.BITS["channels.manage"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be different about a channel, by column; None leaves it.

    An empty topic takes it away, as None does with the category.
    """

    name: str | None = None
    topic: str | None = None
    position: int | None = None
    category_id: int | UnsetType | None = UNSET
    nsfw: bool | None = None
    slowmode_seconds: int | None = None
    read_receipts: bool | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a channel has to be, and of which kind, for whoever names both."""

    server_id: int
    kinds: Collection[str] = KINDS


def all(snap: Snapshot, user_id: int, server_id: int) -> list[Channel]:
    """The channels that a member may view, by position."""
    servers.member(snap, user_id, server_id)
    return list(servers.world(snap, user_id, server_id).channels)


def written(snap: Snapshot, user_id: int, server_id: int) -> list[Channel]:
    """Those of them that take messages, the oldest first."""
    found = (each for each in all(snap, user_id, server_id) if each.kind in WRITTEN)
    return sorted(found, key=lambda channel: channel.id)


def refuse_hidden(snap: Snapshot, server_id: int, name: str) -> None:
    """Refuse whoever sees no channel to write in of a name, where there is one."""
    if _taken(snap, server_id, name):
        raise Forbidden(*channels.ACCESS_DENIED)


def find(
    snap: Snapshot, user_id: int, channel_id: int
) -> tuple[Channel, Conversation | None]:
    """Any channel, for whoever may view it or is one of its people; a DM as this person sees it."""
    channel = show(snap, user_id, channel_id)
    other = channels.recipient(channel, user_id)
    return channel, None if other is None else rows.conversation(snap, channel_id, other)


def show(snap: Snapshot, user_id: int, channel_id: int) -> Channel:
    channel = channels.get(snap, user_id, channel_id, needed=permissions.VIEW)
    if channel.category_id is None or _views(snap, user_id, channel.category_id):
        return channel
    return replace(channel, category_id=None)


def create(
    tx: Tx, user_id: int, server_id: int, kind: str, wanted: Wanted, *, unique: bool = False
) -> Channel:
    """Add a channel, at the end if nothing else is said.

    With `unique` no other in which one writes may have its name, so that a name will do to find it.
    """
    servers.acting(tx, user_id, server_id, MANAGE)
    if kind not in KINDS:
        raise Invalid("invalid_kind", "Invalid input: type")
    if wanted.name is None:
        raise Invalid("invalid_name", "Invalid input: name")
    columns = _columns(tx, user_id, server_id, kind, wanted)
    if unique and kind in WRITTEN:
        _refuse_namesake(tx, server_id, str(columns["name"]))
    count, end = rows.extent(tx, server_id)
    if count >= PER_SERVER:
        raise Invalid("channel_limit", "Channel limit")
    columns.setdefault("position", min(end, HIGHEST_POSITION))
    channel_id = rows.insert_in_server(tx, server_id, kind, **columns)
    named = str(columns["name"])
    _record(tx, server_id, user_id, "channel_create", channel_id, named, {"type": (None, kind)})
    servers.rules_changed(tx, server_id)
    return show(tx, user_id, channel_id)


def change(
    tx: Tx, user_id: int, channel_id: int, wanted: Wanted, place: Place | None = None
) -> Channel:
    before, server_id = _managed(tx, user_id, channel_id, place)
    columns = _columns(tx, user_id, server_id, before.kind, wanted)
    changes = {
        name: (getattr(before, name), value)
        for name, value in columns.items()
        if value != getattr(before, name)
    }
    if changes:
        rows.change(tx, channel_id, **{name: value for name, (_, value) in changes.items()})
        _record(tx, server_id, user_id, "channel_update", channel_id, before.name, changes)
        servers.rules_changed(tx, server_id)
    return show(tx, user_id, channel_id)


def delete(tx: Tx, user_id: int, channel_id: int, place: Place | None = None) -> None:
    """End a channel. What is in a category stays, in none; what was said goes bit by bit."""
    channel, server_id = _managed(tx, user_id, channel_id, place)
    hidden = not channels.is_public(tx, channel)
    rows.free_from(tx, server_id, channel_id)
    invite_rows.forget_channel(tx, server_id, channel_id)
    rows.end(tx, channel_id)
    if servers.get(tx, server_id).default_channel_id == channel_id:
        servers.put(tx, user_id, server_id, {"default_channel_id": None})
    _record(
        tx, server_id, user_id, "channel_delete", channel_id, channel.name,
        {"type": (channel.kind, None)},
    )  # fmt: skip
    if hidden:
        audit_rows.bury(tx, server_id, channel_id)
    servers.rules_changed(tx, server_id)
    tx.emit(Leftovers(audience=frozenset()))


def _record(
    tx: Tx,
    server_id: int,
    user_id: int,
    action: str,
    channel_id: int,
    name: str,
    changes: audit.Changes | None = None,
) -> None:
    audit.record(
        tx, server_id, user_id, action, "channel", channel_id, name, changes,
        channel_id=channel_id,
    )  # fmt: skip


def refuse_elsewhere(
    snap: Snapshot, user_id: int, channel_id: int, place: Place, needed: int
) -> None:
    """Refuse strangers to a place, then a channel that is not there; first who lacks `needed`."""
    who = servers.member(snap, user_id, place.server_id)
    channel = rows.by_id(snap, channel_id)
    if (
        channel is None
        or channel.server_id != place.server_id
        or channel.kind not in place.kinds
    ):
        servers.refuse_without(snap, who, needed)
        raise NotFound("channel_not_found", "Channel not found")


def _managed(
    tx: Tx, user_id: int, channel_id: int, place: Place | None
) -> tuple[Channel, int]:
    """A channel of a server, and the server, for whoever manages the channel."""
    if place is not None:
        refuse_elsewhere(tx, user_id, channel_id, place, MANAGE)
    seat = channels.enter(tx, user_id, channel_id, needed=permissions.VIEW)
    server_id = seat.channel.server_id
    if server_id is None:
        raise Forbidden("channel_access_denied", "Channel access denied")
    channels.refuse_without(seat, MANAGE)
    return seat.channel, server_id


def _views(snap: Snapshot, user_id: int, channel_id: int) -> bool:
    channel = rows.by_id(snap, channel_id)
    return channel is not None and channels.views(snap, user_id, channel)


def _columns(
    snap: Snapshot, user_id: int, server_id: int, kind: str, wanted: Wanted
) -> dict[str, object]:
    """What the row is to say, checked."""
    columns = {
        field.name: value
        for field in fields(wanted)
        if (value := getattr(wanted, field.name)) is not None and value is not UNSET
    }
    if wanted.name is not None:
        columns["name"] = _name(kind, wanted.name)
    if wanted.topic is not None:
        if len(wanted.topic) > TOPIC_LENGTH:
            raise Invalid("invalid_topic", "Invalid input: topic")
        columns["topic"] = wanted.topic or None
    if wanted.category_id is None:
        columns["category_id"] = None
    elif not isinstance(wanted.category_id, UnsetType):
        _check_category(snap, user_id, server_id, kind, wanted.category_id)
    if wanted.slowmode_seconds is not None and not 0 <= wanted.slowmode_seconds <= LONGEST_SECONDS:
        raise Invalid("invalid_slowmode", "Invalid input: slowmode_seconds")
    if wanted.position is not None and not 0 <= wanted.position <= HIGHEST_POSITION:
        raise Invalid("invalid_position", "Invalid input: position")
    return columns


def _name(kind: str, name: str) -> str:
    """A name as it is kept: where one writes, only small letters, digits and dashes."""
    kept = _dashed(name) if kind in WRITTEN else name.strip()
    if len(name) not in NAME_LENGTHS or len(kept) not in NAME_LENGTHS:
        raise Invalid("invalid_name", "Invalid input: name")
    return kept


def _dashed(name: str) -> str:
    """Letters (with their marks) and digits of any script, a dash for what is between them."""
    plain = unicodedata.normalize("NFC", name.lower())
    kept = (each if unicodedata.category(each)[0] in "LMN" else " " for each in plain)
    return "-".join("".join(kept).split())


def _refuse_namesake(snap: Snapshot, server_id: int, name: str) -> None:
    if _taken(snap, server_id, name):
        raise Conflict("channel_exists", "Channel name already exists")


def _taken(snap: Snapshot, server_id: int, name: str) -> bool:
    rules = rule_rows.of_server(snap, server_id)
    assert rules is not None
    return any(each.name == name and each.kind in WRITTEN for each in rules.channels.values())


def _check_category(
    snap: Snapshot, user_id: int, server_id: int, kind: str, category_id: int
) -> None:
    """Refuse what is no category of this server, or hidden from whoever asks."""
    category = rows.by_id(snap, category_id)
    if (
        kind == "category"
        or category is None
        or category.kind != "category"
        or category.server_id != server_id
        or not channels.views(snap, user_id, category)
    ):
        raise Invalid("invalid_category", "Invalid input: category_id")
