"""Bans: who may not belong to a server, whether they did before or not."""

from plexichat import ids
from plexichat.core import audit, members, permissions, servers
from plexichat.core.errors import Conflict, Forbidden, Invalid, NotFound
from plexichat.core.events import Able, BanLifted, Banned, Leftovers
from plexichat.store import bans as rows
from plexichat.store import members as member_rows
from plexichat.store import servers as server_rows
from plexichat.store import users
from plexichat.store.bans import Ban
from plexichat.store.db import Snapshot, Tx

PAGE_LIMIT = 1000
REASON_LENGTH = 512
DAYS = range(8)
DAY_MS = 24 * 3_600_000
NEITHER = "Server or user not found"

BAN = permissions.BITS["members.ban"]


def page(snap: Snapshot, user_id: int, server_id: int, after: int, limit: int) -> list[Ban]:
    """Bans in the order of the ids of whom they keep out, from the one that follows `after`."""
    servers.acting(snap, user_id, server_id, BAN)
    return rows.page(snap, server_id, after, limit)


def put(
    tx: Tx, user_id: int, server_id: int, banned_id: int, reason: str | None, days: int = 0
) -> None:
    """Send somebody away for good; whoever may ban hears of it.

    What they said in the last `days` days goes soon after this call.
    """
    if server_rows.by_id(tx, server_id) is None:
        raise NotFound("server_not_found", NEITHER)
    who = servers.acting(tx, user_id, server_id, BAN)
    if days not in DAYS:
        raise Invalid("invalid_days", "Invalid input: delete_message_days")
    if reason is not None and len(reason) > REASON_LENGTH:
        raise Invalid("invalid_reason", "Invalid input: reason")
    banned = users.by_id(tx, banned_id)
    if banned is None:
        raise NotFound("user_not_found", NEITHER)
    if banned_id == user_id:
        raise Forbidden("hierarchy", "Permission denied")
    if member_rows.by_id(tx, server_id, banned_id) is not None:
        members.refuse_not_above(tx, who, banned_id)
    if rows.by_id(tx, server_id, banned_id) is not None:
        raise Conflict("already_banned", "Already exists")
    words_from = ids.floor(tx.now - days * DAY_MS) if days else None
    rows.insert(tx, server_id, banned_id, reason or None, user_id, words_from)
    ban = rows.by_id(tx, server_id, banned_id)
    assert ban is not None
    tx.emit(Banned(audience=Able(server_id, BAN), ban=ban))
    servers.dismiss(tx, server_id, banned_id)
    if days:
        tx.emit(Leftovers(audience=frozenset()))
    audit.record(
        tx, server_id, user_id, "member_ban", "member", banned_id, banned.username, reason=reason
    )


def lift(tx: Tx, user_id: int, server_id: int, banned_id: int) -> None:
    """Let somebody come back who was banned."""
    servers.acting(tx, user_id, server_id, BAN)
    if not rows.delete(tx, server_id, banned_id):
        raise NotFound("ban_not_found", "Ban not found")
    tx.emit(BanLifted(audience=Able(server_id, BAN), server_id=server_id, user_id=banned_id))
    free = users.by_id(tx, banned_id)
    name = None if free is None else free.username
    audit.record(tx, server_id, user_id, "member_unban", "member", banned_id, name)
