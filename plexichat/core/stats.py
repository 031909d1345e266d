"""Stats: what somebody's time here comes to, in numbers that anybody here may see."""

from plexichat.core import users
from plexichat.store import stats as rows
from plexichat.store.db import Snapshot
from plexichat.store.stats import Stats


def of(snap: Snapshot, user_id: int) -> Stats:
    users.get(snap, user_id)
    return rows.of(snap, user_id)
