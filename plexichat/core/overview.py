"""What an admin sees at a glance, and what admins note about people for each other."""

from plexichat import ids
from plexichat.core import users
from plexichat.store import overview as rows
from plexichat.store.db import Snapshot, Tx
from plexichat.store.overview import Overview, Recent

DAY_MS = 24 * 3_600_000


def look(snap: Snapshot) -> Overview:
    """Numbers about everything; active is who was here within a day."""
    return rows.look(snap, snap.now - DAY_MS)


def recent(snap: Snapshot) -> Recent:
    """What came within a week, and which messages within a day of the calendar (UTC)."""
    midnight = snap.now - snap.now % DAY_MS
    return rows.recent(snap, ids.floor(snap.now - 7 * DAY_MS), ids.floor(midnight))


def notes(snap: Snapshot, user_id: int) -> str:
    users.get(snap, user_id)
    return rows.notes(snap, user_id)


def put_notes(tx: Tx, user_id: int, text: str) -> None:
    users.get(tx, user_id)
    rows.put_notes(tx, user_id, text)
