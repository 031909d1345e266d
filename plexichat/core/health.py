"""What the house says of its own state to those who look after it."""

from plexichat.store import health as rows
from plexichat.store.db import Snapshot, Tx
from plexichat.store.health import Files

__all__ = ["Files", "files", "look", "touch"]


def look(snap: Snapshot) -> int:
    """Read something; return the number of the last commit."""
    return snap.commit


def touch(tx: Tx) -> None:
    """Write something that changes nothing, down to the disk; Full if nothing new is taken in."""
    tx.claim()
    rows.touch(tx)


def files(snap: Snapshot) -> Files:
    """How many files people have here, and how many bytes they are."""
    return rows.files(snap)
