"""The audit log of a server: one line for everything done with a right that not everybody has.

So are those who come and go, and what becomes of a message once it is said.
"""

from collections.abc import Mapping

import msgspec

from plexichat.store import audit as rows
from plexichat.store.db import Tx

Changes = Mapping[str, tuple[object, object]]


def record(
    tx: Tx,
    server_id: int,
    actor_id: int,
    action: str,
    target_type: str | None = None,
    target_id: int | str | None = None,
    target_name: str | None = None,
    changes: Changes | None = None,
    reason: str | None = None,
    channel_id: int | None = None,
) -> None:
    """Write a line; `changes` are (old, new) by field, those that differ count.

    A line about a channel, named by `channel_id`, is for whoever may view that.
    """
    told = {
        field: {"old": old, "new": new}
        for field, (old, new) in (changes or {}).items()
        if old != new
    }
    rows.insert(
        tx,
        server_id,
        actor_id,
        action,
        target_type,
        None if target_id is None else str(target_id),
        target_name,
        msgspec.json.encode(told).decode() if told else None,
        reason,
        channel_id,
    )
