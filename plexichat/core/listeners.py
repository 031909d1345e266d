"""Whom an event may be meant for: people by name, or whoever has a right when it happens."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Members:
    """Everybody in a server, but for these."""

    server_id: int
    but: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Viewers:
    """Whoever may view a channel of a server."""

    server_id: int
    channel_id: int


@dataclass(frozen=True, slots=True)
class Outside:
    """Members of a server who may not view one of its channels."""

    server_id: int
    channel_id: int


@dataclass(frozen=True, slots=True)
class Readers:
    """Whoever may read a channel of a server, but for these."""

    server_id: int
    channel_id: int
    but: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Able:
    """Whoever has all of these permission bits in a server, or in one of its channels."""

    server_id: int
    needed: int
    channel_id: int | None = None


@dataclass(frozen=True, slots=True)
class Around:
    """Everybody in any of these servers, and these people besides, but for those."""

    server_ids: tuple[int, ...]
    also: frozenset[int] = frozenset()
    but: frozenset[int] = frozenset()


Audience = frozenset[int] | Members | Viewers | Outside | Readers | Able | Around
