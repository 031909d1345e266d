"""Addresses from which nobody is answered, whoever it is.

The rows decide; `LiveBlocks` is their picture in the event loop's memory, changed by events in
commit order. An address is named as requests are counted: an IPv6 one by its /64.
"""

from collections.abc import Mapping
from math import inf

from plexichat.core.errors import Invalid, NotFound
from plexichat.core.events import AddressesBlocked
from plexichat.store import blocked_addresses as rows
from plexichat.store.blocked_addresses import Blocked
from plexichat.store.db import Snapshot, Tx

AT_MOST = 1000
HOUR_MS = 3_600_000


class LiveBlocks:
    """Every blocked address, and until when. Belongs to the event loop."""

    def __init__(self) -> None:
        self._until: Mapping[str, float] = {}

    def __bool__(self) -> bool:
        return bool(self._until)

    def apply(self, event: object) -> None:
        if isinstance(event, AddressesBlocked):
            self._until = event.until

    def load(self, until: Mapping[str, float]) -> None:
        self._until = until

    def holds(self, address: str, now: float) -> bool:
        """Whether nobody at this address is answered at `now`, in milliseconds."""
        return self._until.get(address, 0) > now


def load(snap: Snapshot) -> Mapping[str, float]:
    return {
        blocked.address: inf if blocked.expires_at is None else blocked.expires_at
        for blocked in rows.every(snap)
    }


def listed(snap: Snapshot) -> list[Blocked]:
    return rows.every(snap)


def block(
    tx: Tx, admin_id: int, here: str, address: str, reason: str | None, hours: int | None
) -> Blocked:
    """Answer nobody at an address, for some hours or until further notice; `here` is one's own."""
    if address == here:
        raise Invalid("own_address", "Own address: you would be locked out")
    if len(rows.every(tx)) >= AT_MOST:
        raise Invalid("too_many", "Invalid input: too many addresses are blocked")
    until = None if hours is None else tx.now + hours * HOUR_MS
    blocked = Blocked(address, reason, tx.now, admin_id, until)
    rows.put(tx, blocked)
    _tell(tx)
    return blocked


def unblock(tx: Tx, address: str) -> None:
    if not rows.delete(tx, address):
        raise NotFound("address_not_found", "Address not found")
    _tell(tx)


def forget_expired(tx: Tx, limit: int = 500) -> int:
    """Delete what is over; return how many, so that a job knows when to stop."""
    gone = rows.delete_expired(tx, limit)
    if gone:
        _tell(tx)
    return gone


def _tell(tx: Tx) -> None:
    tx.emit(AddressesBlocked(audience=frozenset(), until=load(tx)))
