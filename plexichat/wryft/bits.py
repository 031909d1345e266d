"""Permissions as the 16 bits of this dialect, and what they are called in the house (contract 06).

A bit stands for one permission, or for the two that reading takes. The house knows others, which
nobody sees here and which stay as they are when the bits change.
"""

from collections.abc import Mapping
from typing import Final

from plexichat.core import permissions

NAMES: Final[Mapping[int, tuple[str, ...]]] = {
    0x0001: ("administrator",),
    0x0002: ("server.manage",),
    0x0004: ("roles.manage",),
    0x0008: ("channels.manage",),
    0x0010: ("members.kick",),
    0x0020: ("members.ban",),
    0x0040: ("invites.create",),
    0x0080: ("messages.manage",),
    0x0100: ("messages.send",),
    0x0200: ("channels.view", "messages.read"),
    0x0400: ("messages.mention_everyone",),
    0x0800: ("members.manage_nicknames",),
    0x1000: ("voice.connect",),
    0x2000: ("voice.speak",),
    0x4000: ("voice.mute_members",),
    0x8000: ("voice.deafen_members",),
}
ALL: Final = sum(NAMES)
DEFAULT: Final = 0x3340  # send, read, invite, connect, speak


def written(granted: int) -> int:
    """A set of the house's permissions as bits."""
    return sum(
        bit for bit, names in NAMES.items() if not permissions.bits(*names) & ~granted
    )


def read(bits: int) -> dict[str, bool]:
    """What bits say of each permission that they know."""
    return {name: bool(bits & bit) for bit, names in NAMES.items() for name in names}
