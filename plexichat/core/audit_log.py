"""Reading the audit log, for whoever may view it in a server.

What it says of a channel is only for whoever may view that. Of one that has ended hidden from
@everyone, administrators alone learn what it was. What a line quotes of messages is forgotten after
a week.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import msgspec
from msgspec.structs import replace

from plexichat import ids
from plexichat.core import permissions, servers
from plexichat.store import audit as rows
from plexichat.store import rules as rule_rows
from plexichat.store import servers as server_rows
from plexichat.store.audit import Entry
from plexichat.store.db import Snapshot, Tx
from plexichat.store.users import User

PLACES = {"default_channel_id", "category_id"}  # fields whose value is a channel
SEEN_BY_ALL = (  # every member sees these happen
    "server_create", "server_update", "channel_create", "channel_update", "channel_delete",
    "role_create", "role_update", "role_delete", "member_join", "member_leave",
)  # fmt: skip
QUOTED_MS = 7 * 86_400_000
VIEW_LOG = permissions.BITS["server.view_audit_log"]


@dataclass(frozen=True, slots=True)
class Log:
    """Lines of the log, with whoever of the people in them still exists."""

    entries: list[Entry]
    actors: Mapping[int, User]


def read(snap: Snapshot, user_id: int, server_id: int, before: int | None, limit: int) -> Log:
    """A server's log, newest first, for whoever may view it."""
    servers.acting(snap, user_id, server_id, VIEW_LOG)
    return _log(snap, user_id, (server_id,), before, limit, None)


def glance(snap: Snapshot, user_id: int, server_id: int, limit: int) -> Log:
    """The newest lines for any member: all that they may view, or else what everybody saw."""
    servers.member(snap, user_id, server_id)
    actions = None if _may_view(snap, user_id, server_id) else SEEN_BY_ALL
    return _log(snap, user_id, (server_id,), None, limit, actions)


def forget_words(tx: Tx, limit: int) -> int:
    """Let up to `limit` old lines quote no message any more; return how many."""
    return rows.forget_words(tx, ids.floor(tx.now - QUOTED_MS), limit)


def read_all(
    snap: Snapshot, user_id: int, server_id: int | None, action: str | None, limit: int
) -> Log:
    """The logs of every server in which somebody may view them, or of one."""
    actions = None if action is None else (action,)
    if server_id is not None:
        servers.acting(snap, user_id, server_id, VIEW_LOG)
        return _log(snap, user_id, (server_id,), None, limit, actions)
    viewed = tuple(
        each for each in server_rows.ids_of(snap, user_id) if _may_view(snap, user_id, each)
    )
    return _log(snap, user_id, viewed, None, limit, actions)


def _may_view(snap: Snapshot, user_id: int, server_id: int) -> bool:
    rules = rule_rows.for_member(snap, server_id, user_id, None)
    standing = rule_rows.standing(snap, server_id, user_id)
    if rules is None or standing is None:
        return False
    return bool(permissions.in_server(rules, standing, snap.now) & VIEW_LOG)


def _log(
    snap: Snapshot,
    user_id: int,
    server_ids: tuple[int, ...],
    before: int | None,
    limit: int,
    actions: Collection[str] | None,
) -> Log:
    bound = ids.LARGEST if before is None else before
    hidden = {each for server_id in server_ids for each in _hidden(snap, user_id, server_id)}
    found = rows.of_servers(snap, server_ids, bound, limit, actions, hidden)
    entries = [_without(entry, hidden) for entry in found]
    return Log(entries, rows.actors(snap, entries))


def _hidden(snap: Snapshot, user_id: int, server_id: int) -> set[int]:
    """The channels of which a member learns nothing, those included that are no more."""
    who = servers.member(snap, user_id, server_id)
    if permissions.in_server(who.rules, who.standing, snap.now) == permissions.ALL:
        return set()
    rules = rule_rows.of_server(snap, server_id)
    assert rules is not None
    unseen = rules.channels.keys() - permissions.seen(rules, who.standing).keys()
    return unseen | rows.buried(snap, server_id)


def _without(entry: Entry, hidden: set[int]) -> Entry:
    """The line as somebody reads it who learns nothing of the hidden channels."""
    if not hidden or entry.changes is None or not any(name in entry.changes for name in PLACES):
        return entry
    changes: dict[str, dict[str, object]] = msgspec.json.decode(entry.changes)
    for name in PLACES & changes.keys():
        for side in ("old", "new"):
            if changes[name][side] in hidden:
                changes[name][side] = None
    told = {name: sides for name, sides in changes.items() if sides["old"] != sides["new"]}
    return replace(entry, changes=msgspec.json.encode(told).decode() if told else None)
