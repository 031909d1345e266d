"""The Wryft dialect: the same house for those who speak of guilds, UUIDs and ISO times."""

from typing import Final

from plexichat.wryft import (
    admin,
    audit,
    auth,
    badges,
    calls,
    channels,
    dms,
    emojis,
    files,
    friends,
    guilds,
    health,
    invites,
    messages,
    notes,
    overrides,
    presence,
    profiles,
    reactions,
    roles,
    typing,
    uploads,
    users,
    voice,
)
from plexichat.wryft.dialect import DIALECT
from plexichat.wryft.sockets import PATH, Sockets

GROUPS: Final = tuple(
    group.routes
    for group in (
        health,
        guilds,
        channels,
        overrides,
        roles,
        invites,
        emojis,
        audit,
        voice,
        messages,
        auth,
        users,
        profiles,
        presence,
        badges,
        notes,
        admin,
        friends,
        uploads,
        files,
        dms,
        reactions,
        typing,
        calls,
    )
)

__all__ = ["DIALECT", "GROUPS", "PATH", "Sockets"]
