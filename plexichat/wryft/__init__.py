"""The Wryft dialect: the same house for those who speak of guilds, UUIDs and ISO times."""

from typing import Final

from plexichat.wryft import health
from plexichat.wryft.dialect import DIALECT

GROUPS: Final = (health.routes,)

__all__ = ["DIALECT", "GROUPS"]
