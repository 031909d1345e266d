"""What an admin sees at a glance, and what admins note about people for each other."""

from plexichat.core import users
from plexichat.store import overview as rows
from plexichat.store.db import Snapshot, Tx
from plexichat.store.overview import Overview

ACTIVE_MS = 24 * 3_600_000


def look(snap: Snapshot) -> Overview:
    """Numbers about everything; active is who was here within a day."""
    return rows.look(snap, snap.now - ACTIVE_MS)


def notes(snap: Snapshot, user_id: int) -> str:
    users.get(snap, user_id)
    return rows.notes(snap, user_id)


def put_notes(tx: Tx, user_id: int, text: str) -> None:
    users.get(tx, user_id)
    rows.put_notes(tx, user_id, text)
