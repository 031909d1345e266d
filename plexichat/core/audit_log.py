"""Reading the audit log, for whoever may view it in a server."""

from collections.abc import Mapping
from dataclasses import dataclass

from plexichat import ids
from plexichat.core import permissions, servers
from plexichat.store import audit as rows
from plexichat.store import rules as rule_rows
from plexichat.store import servers as server_rows
from plexichat.store.audit import Entry
from plexichat.store.db import Snapshot
from plexichat.store.users import User

VIEW_LOG = permissions.BITS["server.view_audit_log"]


@dataclass(frozen=True, slots=True)
class Log:
    """Lines of the log, with whoever of the people in them still exists."""

    entries: list[Entry]
    actors: Mapping[int, User]


def read(snap: Snapshot, user_id: int, server_id: int, before: int | None, limit: int) -> Log:
    """A server's log, newest first, for whoever may view it."""
    servers.acting(snap, user_id, server_id, VIEW_LOG)
    return _log(snap, (server_id,), before, limit, None)


def read_all(
    snap: Snapshot, user_id: int, server_id: int | None, action: str | None, limit: int
) -> Log:
    """The logs of every server in which somebody may view them, or of one."""
    if server_id is not None:
        servers.acting(snap, user_id, server_id, VIEW_LOG)
        return _log(snap, (server_id,), None, limit, action)
    viewed = tuple(
        each for each in server_rows.ids_of(snap, user_id) if _may_view(snap, user_id, each)
    )
    return _log(snap, viewed, None, limit, action)


def _may_view(snap: Snapshot, user_id: int, server_id: int) -> bool:
    rules = rule_rows.for_member(snap, server_id, user_id, None)
    standing = rule_rows.standing(snap, server_id, user_id)
    if rules is None or standing is None:
        return False
    return bool(permissions.in_server(rules, standing, snap.now) & VIEW_LOG)


def _log(
    snap: Snapshot, server_ids: tuple[int, ...], before: int | None, limit: int, action: str | None
) -> Log:
    bound = ids.LARGEST if before is None else before
    entries = rows.of_servers(snap, server_ids, bound, limit, action)
    return Log(entries, rows.actors(snap, entries))
