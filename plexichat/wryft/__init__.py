"""The Wryft dialect: the same house for those who speak of guilds, UUIDs and ISO times."""

from typing import Final

from plexichat.wryft import dms, guilds, health, messages, reactions, typing
from plexichat.wryft.dialect import DIALECT
from plexichat.wryft.places import Visits

GROUPS: Final = tuple(
    group.routes
    for group in (
        health,
        guilds,
        messages,
        dms,
        reactions,
        typing,
    )
)

__all__ = ["DIALECT", "GROUPS", "Visits"]
