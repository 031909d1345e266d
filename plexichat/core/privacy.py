"""Privacy: who may ask somebody to be friends, write to them, and see that they are here."""

from dataclasses import dataclass

from msgspec.structs import replace

from plexichat.core import presence, users
from plexichat.core.errors import Forbidden
from plexichat.store import members, relationships
from plexichat.store import privacy as rows
from plexichat.store.db import Snapshot, Tx
from plexichat.store.privacy import Askers, Filter
from plexichat.store.users import Senders


@dataclass(frozen=True, slots=True)
class Changes:
    """What somebody wants set differently; None leaves it as it is."""

    requests_from: Askers | None = None
    dms_from: Senders | None = None
    hidden: bool | None = None
    filter: Filter | None = None


def update(tx: Tx, user_id: int, wanted: Changes, is_here: bool) -> None:
    """Change one's own settings; whoever may see less or more of one is told."""
    before = rows.of(tx, user_id)
    asked, filter = wanted.requests_from or before.requests_from, wanted.filter or before.filter
    rows.put(tx, replace(before, requests_from=asked, filter=filter))
    if wanted.dms_from is not None:
        users.change(tx, user_id, allow_dms_from=wanted.dms_from)
    if wanted.hidden is not None:
        presence.hide(tx, user_id, wanted.hidden, is_here)


def refuse_asking(snap: Snapshot, asker: int, other_id: int) -> None:
    """Refuse whoever may not ask `other_id` to be friends."""
    match rows.of(snap, other_id).requests_from:
        case "everyone":
            welcome = True
        case "friends_of_friends":
            welcome = bool(
                relationships.friends(snap, asker) & relationships.friends(snap, other_id)
            )
        case "server_members":
            welcome = bool(members.near(snap, asker, (other_id,)))
        case "none":
            welcome = False
    if not welcome:
        raise Forbidden("permission_denied", "Permission denied")
