"""Snowflakes: numbers that name things and sort by the moment they were made (contract 00, 2).

Bits 63-22 are milliseconds since 2024, 21-12 the place (one process: always 0), 11-0 a sequence.
A dialect that wants UUIDs gets a version-8 one (RFC 9562) that holds the number and sorts like it.
"""

from typing import Final
from uuid import UUID

EPOCH_MS: Final = 1_704_067_200_000
LARGEST: Final = (1 << 63) - 1  # what a column of SQLite holds
TIME_SHIFT: Final = 22
SEQUENCE: Final = (1 << 12) - 1
# A version-8 UUID: 48 bits, the version, 12 bits, the variant, 62 bits of which we fill four.
UUID_FIXED: Final = 8 << 76 | 2 << 62
UUID_FREE: Final = ((1 << 58) - 1) | UUID_FIXED


class Snowflakes:
    """Draws ids, each above the one before, also while the clock stands still or goes back."""

    def __init__(self, last: int = 0) -> None:
        self.last = last

    def next(self, now_ms: int) -> int:
        drawn = now_ms - EPOCH_MS << TIME_SHIFT
        if drawn <= self.last:
            drawn = self.last + 1
            if self.last & SEQUENCE == SEQUENCE:  # borrow the next millisecond
                drawn = (self.last >> TIME_SHIFT) + 1 << TIME_SHIFT
        self.last = drawn
        return drawn


def unix_ms(id: int) -> int:
    """When an id was made."""
    return (id >> TIME_SHIFT) + EPOCH_MS


def floor(unix_ms: int) -> int:
    """The lowest id of that millisecond, kept within what a column holds."""
    return min(max(unix_ms - EPOCH_MS, 0) << TIME_SHIFT, LARGEST)


def to_uuid(id: int) -> UUID:
    high, middle, low = id >> 16, id >> 4 & 0xFFF, id & 0xF
    return UUID(int=high << 80 | middle << 64 | low << 58 | UUID_FIXED)


def from_uuid(uuid: UUID) -> int | None:
    """The id that `to_uuid` put in; None for a UUID that it never makes."""
    number = uuid.int
    id = (number >> 80) << 16 | (number >> 64 & 0xFFF) << 4 | number >> 58 & 0xF
    if number & UUID_FREE != UUID_FIXED or id > LARGEST or to_uuid(id).int != number:
        return None
    return id
