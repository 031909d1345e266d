"""Members of a server: finding them, sending them away, naming them, and time-outs.

Nobody acts on somebody who does not stand below them; one's own nickname is one's own.
"""

from collections.abc import Collection
from dataclasses import dataclass

from msgspec import UNSET, UnsetType

from plexichat.core import audit, permissions, servers
from plexichat.core.errors import Forbidden, Invalid, NotFound
from plexichat.core.events import MemberChanged, Members
from plexichat.core.servers import Acting
from plexichat.store import members as rows
from plexichat.store import relationships
from plexichat.store import rules as rule_rows
from plexichat.store.db import Snapshot, Tx
from plexichat.store.members import Member

PAGE = 100
PAGE_LIMIT = 1000
NICKNAME_LENGTH = 32
REASON_LENGTH = 512
TIMEOUT_MS = 28 * 24 * 3_600_000

KICK = permissions.BITS["members.kick"]
NAME = permissions.BITS["members.manage_nicknames"]


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be different about a member; None takes it away. Times in milliseconds."""

    nickname: str | UnsetType | None = UNSET
    timeout_until: int | UnsetType | None = UNSET
    timeout_reason: str | UnsetType | None = UNSET

    @property
    def timeout(self) -> bool:
        return self.timeout_until is not UNSET or self.timeout_reason is not UNSET


@dataclass(frozen=True, slots=True)
class Search:
    """Which members: those of these ids, or those whose name begins so, or all."""

    beginning: str = ""
    user_ids: tuple[int, ...] | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Roster:
    """Members as one of them sees them, to whom those who are `apart` by a block are offline."""

    members: list[Member]
    apart: frozenset[int]


def page(snap: Snapshot, user_id: int, server_id: int, after: int, limit: int) -> Roster:
    """Members in the order of their ids, from the one that follows `after`."""
    servers.member(snap, user_id, server_id)
    return _seen(snap, user_id, rows.page(snap, server_id, after, limit))


def get(snap: Snapshot, user_id: int, server_id: int, member_id: int) -> Roster:
    """One member."""
    servers.member(snap, user_id, server_id)
    return _seen(snap, user_id, [one(snap, server_id, member_id)])


def some(snap: Snapshot, user_id: int, server_id: int, member_ids: Collection[int]) -> Roster:
    """Those of these people who are members."""
    servers.member(snap, user_id, server_id)
    return _seen(snap, user_id, rows.some(snap, server_id, member_ids))


def ids(snap: Snapshot, user_id: int, server_id: int, wanted: Search) -> list[int]:
    """Whom a search finds, in order of their ids."""
    servers.member(snap, user_id, server_id)
    if wanted.user_ids is not None:
        found = [each.user_id for each in rows.some(snap, server_id, wanted.user_ids)]
    elif wanted.beginning:
        found = rows.named(snap, server_id, wanted.beginning, PAGE_LIMIT)
    else:
        found = rows.ids(snap, server_id)
    return found if wanted.limit is None else found[: wanted.limit]


def _seen(snap: Snapshot, user_id: int, found: list[Member]) -> Roster:
    return Roster(found, relationships.apart(snap, user_id))


def one(snap: Snapshot, server_id: int, member_id: int) -> Member:
    found = rows.by_id(snap, server_id, member_id)
    if found is None:
        raise NotFound("member_not_found", "Member not found")
    return found


def kick(tx: Tx, user_id: int, server_id: int, member_id: int) -> None:
    """Send somebody away; they may come back with an invite."""
    who = servers.acting(tx, user_id, server_id, KICK)
    gone = one(tx, server_id, member_id)
    refuse_not_above(tx, who, member_id)
    servers.dismiss(tx, server_id, member_id)
    audit.record(tx, server_id, user_id, "member_kick", "member", member_id, gone.username)


def change(tx: Tx, user_id: int, server_id: int, member_id: int, wanted: Changes) -> Roster:
    """Give a member another nickname, or a time-out; everybody in the server hears of it."""
    who = servers.member(tx, user_id, server_id)
    themself = member_id == user_id
    if wanted.nickname is not UNSET and not themself:
        servers.refuse_without(tx, who, NAME)
    if wanted.timeout:
        servers.refuse_without(tx, who, KICK)
    before = one(tx, server_id, member_id)
    if wanted.timeout or not themself:
        refuse_not_above(tx, who, member_id)
    columns = _columns(before, wanted, tx.now)
    if columns:
        rows.change(tx, server_id, member_id, **columns)
        if "timeout_until" in columns:
            servers.standing_changed(tx, server_id, member_id)
        after = one(tx, server_id, member_id)
        tx.emit(MemberChanged(audience=Members(server_id), member=after))
        audit.record(
            tx, server_id, user_id, "member_update", "member", member_id, after.username,
            {field: (getattr(before, field), getattr(after, field)) for field in columns},
            after.timeout_reason if wanted.timeout else None,
        )  # fmt: skip
    return get(tx, user_id, server_id, member_id)


def see_off(tx: Tx, user_id: int) -> None:
    """Somebody has gone: servers they may belong to only while they are here let go of them."""
    for server_id in rows.temporary(tx, user_id):
        servers.dismiss(tx, server_id, user_id)


def temporary(snap: Snapshot) -> list[int]:
    """Whoever would have to go from some server if they were not here."""
    return rows.temporary_people(snap)


def refuse_not_above(snap: Snapshot, who: Acting, member_id: int) -> None:
    """Refuse to act on a member who does not stand below."""
    server_id = who.rules.server_id
    target = rule_rows.standing(snap, server_id, member_id)
    rules = rule_rows.of_server(snap, server_id)
    if target is None or rules is None:
        raise Forbidden("hierarchy", "Permission denied")
    permissions.refuse_not_above(rules, who.standing, target)


def _columns(before: Member, wanted: Changes, now: int) -> dict[str, object]:
    """What a row has to say differently."""
    nickname = _text(before.nickname, wanted.nickname, NICKNAME_LENGTH, "nickname")
    reason = _text(before.timeout_reason, wanted.timeout_reason, REASON_LENGTH, "timeout_reason")
    until = before.timeout_until
    if not isinstance(wanted.timeout_until, UnsetType):
        until = wanted.timeout_until
        if until is not None and not now < until <= now + TIMEOUT_MS:
            raise Invalid("invalid_timeout", "Invalid input: timeout_until")
    if until is None:
        reason = None
    after = {"nickname": nickname, "timeout_until": until, "timeout_reason": reason}
    return {name: value for name, value in after.items() if value != getattr(before, name)}


def _text(before: str | None, wanted: str | UnsetType | None, limit: int, name: str) -> str | None:
    if isinstance(wanted, UnsetType):
        return before
    trimmed = (wanted or "").strip()
    if len(trimmed) > limit:
        raise Invalid("invalid_input", f"Invalid input: {name}")
    return trimmed or None
