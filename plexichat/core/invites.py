"""Invites: codes that let people into a server, and where the door is locked, onto this house.

A code lives until it expires or has let in as many as it may; every join counts one. Uses are
counted in the transaction that lets somebody in, so a code never lets in one too many. One that is
used up is remembered for a while, only to say so.
"""

import secrets
import string
from dataclasses import dataclass

from plexichat.core import audit, channels, permissions, servers
from plexichat.core.errors import Conflict, Forbidden, Invalid, NotFound
from plexichat.core.events import Able, InviteCreated, InviteDeleted
from plexichat.store import bans as ban_rows
from plexichat.store import invites as rows
from plexichat.store import rules as rule_rows
from plexichat.store import servers as server_rows
from plexichat.store.db import Snapshot, Tx
from plexichat.store.invites import Invite
from plexichat.store.servers import Server

CODE_LENGTH = 12
ALPHABET = string.ascii_letters + string.digits
PER_SERVER = 1000
REMEMBERED_MS = 7 * 86_400_000
LONGEST_SECONDS = 10 * 365 * 86_400
MOST_USES = 1_000_000

NOT_FOUND = ("invite_not_found", "Invite not found")
CREATE = permissions.BITS["invites.create"]
MANAGE = permissions.BITS["invites.manage"]
MANAGE_SERVER = permissions.BITS["server.manage"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """How long a code lives and how many it lets in, 0 for no end, and whether they may stay.

    `until` says instead of `max_age` when it ends, in Unix milliseconds.
    """

    max_age: int = 0
    max_uses: int = 0
    temporary: bool = False
    until: int | None = None
    length: int = CODE_LENGTH


@dataclass(frozen=True, slots=True)
class Door:
    """An invite, the server it leads to, and whether who looks is at home there."""

    invite: Invite
    server: Server | None
    is_member: bool = False


def create(tx: Tx, user_id: int, channel_id: int, wanted: Wanted) -> Invite:
    """Make a code for the server of a channel; whoever manages invites hears of it."""
    seat = channels.enter(tx, user_id, channel_id, needed=permissions.VIEW)
    server_id = seat.channel.server_id
    if server_id is None:
        raise Forbidden("channel_access_denied", "Channel access denied")
    channels.refuse_without(seat, CREATE)
    return _make(tx, user_id, server_id, channel_id, wanted)


def create_for(tx: Tx, user_id: int, server_id: int, wanted: Wanted) -> Invite:
    """The same for a server as a whole."""
    servers.acting(tx, user_id, server_id, CREATE)
    return _make(tx, user_id, server_id, None, wanted)


def issue(tx: Tx, server_id: int | None, wanted: Wanted) -> Invite:
    """Make a code that is nobody's: for an account here, and for a server if one is named."""
    return _make(tx, None, server_id, None, wanted)


def _make(
    tx: Tx, user_id: int | None, server_id: int | None, channel_id: int | None, wanted: Wanted
) -> Invite:
    expires_at = tx.now + wanted.max_age * 1000 if wanted.max_age else wanted.until
    if expires_at is not None and not tx.now < expires_at <= tx.now + LONGEST_SECONDS * 1000:
        raise Invalid("invalid_expiry", "Invalid input: expires_at")
    if server_id is not None and rows.count(tx, server_id) >= PER_SERVER:
        raise Invalid("invite_limit", "Invite limit")
    invite = Invite(
        "".join(secrets.choice(ALPHABET) for _ in range(wanted.length)),
        server_id,
        channel_id,
        user_id,
        0,
        wanted.max_uses,
        0 if expires_at is None else -(-(expires_at - tx.now) // 1000),
        wanted.temporary,
        tx.now,
        expires_at,
    )
    rows.insert(tx, invite)
    if server_id is not None:
        if user_id is not None:
            _record(tx, user_id, invite, "invite_create")
        tx.emit(InviteCreated(audience=_managers(server_id, channel_id), invite=invite))
    return invite


def every(snap: Snapshot) -> list[Door]:
    """All codes that lead somewhere, the newest first."""
    servers_by_id = {server.id: server for server in server_rows.every(snap)}
    return [
        Door(invite, None if invite.server_id is None else servers_by_id[invite.server_id])
        for invite in rows.every(snap)
        if invite.live(snap.now)
    ]


def withdraw(tx: Tx, code: str) -> Invite:
    """Let a code lead nowhere, whoever made it."""
    invite = _live(tx, code)
    if invite is None:
        raise NotFound("invite_not_found", f"there is no invite {code}")
    _forget(tx, invite)
    return invite


def show(snap: Snapshot, code: str, user_id: int | None = None) -> Door:
    """Where a code leads, for anybody who has it."""
    invite = _live(snap, code)
    if invite is None:
        raise NotFound(*NOT_FOUND)
    if invite.server_id is None:
        return Door(invite, None)
    at_home = (
        user_id is not None and rule_rows.standing(snap, invite.server_id, user_id) is not None
    )
    return Door(invite, servers.get(snap, invite.server_id), at_home)


def of_server(snap: Snapshot, user_id: int, server_id: int) -> list[Invite]:
    """A server's invites, the newest first; none to a channel that this member may not view."""
    who = servers.acting(snap, user_id, server_id, MANAGE | MANAGE_SERVER)
    rules = rule_rows.of_server(snap, server_id)
    assert rules is not None
    seen = permissions.seen(rules, who.standing)
    return [
        invite
        for invite in rows.of_server(snap, server_id)
        if invite.live(snap.now) and (invite.channel_id is None or invite.channel_id in seen)
    ]


def delete(tx: Tx, user_id: int, code: str) -> None:
    """Let a code lead nowhere; for who made it and who manages invites."""
    invite = _live(tx, code)
    if invite is None:
        raise NotFound(*NOT_FOUND)
    if invite.server_id is None:
        raise Forbidden(*channels.PERMISSION_DENIED)
    standing = rule_rows.standing(tx, invite.server_id, user_id)
    if standing is None:
        raise Forbidden(*channels.PERMISSION_DENIED)
    if invite.inviter_id != user_id:
        servers.acting(tx, user_id, invite.server_id, MANAGE | MANAGE_SERVER)
    _record(tx, user_id, invite, "invite_delete")
    _forget(tx, invite)


def redeem(tx: Tx, user_id: int, code: str) -> int:
    """Let somebody into the server that a code leads to; return which it is."""
    invite, server_id = _leading(tx, user_id, code)
    if rule_rows.standing(tx, server_id, user_id) is not None:
        raise Conflict("already_member", "Already a member of this server")
    _enter(tx, user_id, invite, server_id)
    return server_id


def accept(tx: Tx, user_id: int, code: str) -> Server:
    """The same; whoever is in the server already is simply there, and counts for nothing."""
    invite, server_id = _leading(tx, user_id, code)
    if rule_rows.standing(tx, server_id, user_id) is None:
        _enter(tx, user_id, invite, server_id)
    return servers.get(tx, server_id)


def _leading(snap: Snapshot, user_id: int, code: str) -> tuple[Invite, int]:
    """An invite for somebody who may follow it, and the server to which it leads."""
    invite = rows.by_code(snap, code)
    if invite is None or invite.server_id is None or invite.expired(snap.now):
        raise NotFound(*NOT_FOUND)
    if invite.spent:
        raise NotFound("invite_spent", "Invite not found")
    if ban_rows.by_id(snap, invite.server_id, user_id) is not None:
        raise Forbidden("banned", "You are banned from this server")
    return invite, invite.server_id


def _enter(tx: Tx, user_id: int, invite: Invite, server_id: int) -> None:
    servers.refuse_one_more(tx, user_id)
    _use(tx, invite)
    _record(tx, user_id, invite, "invite_use")
    servers.admit(tx, user_id, server_id, temporary=invite.temporary)


def check_registration(snap: Snapshot, mode: str, code: str | None) -> None:
    """Refuse where the admin has closed the door, or locked it and this is no key."""
    if mode == "closed":
        raise Forbidden("registration_disabled", "Registration is disabled")
    if mode == "invite" and (code is None or _live(snap, code) is None):
        raise Forbidden("invalid_invite", "Invalid invite code")


def register(tx: Tx, user_id: int, mode: str, code: str | None) -> None:
    """Let a new account in by the code it came with: onto the house, and into a server."""
    check_registration(tx, mode, code)
    invite = None if code is None else _live(tx, code)
    if invite is None:
        return  # the door is open: a code that is dead by now leads nowhere, and needs to lead
    if invite.server_id is not None:
        redeem(tx, user_id, invite.code)
    elif mode == "invite":
        _use(tx, invite)


def forget_expired(tx: Tx, limit: int) -> int:
    """Forget up to `limit` codes whose time is over; return how many."""
    gone = rows.expired(tx, limit)
    for invite in gone:
        if invite.spent:
            rows.delete(tx, invite.code)
        else:
            _forget(tx, invite)
    return len(gone)


def _live(snap: Snapshot, code: str) -> Invite | None:
    invite = rows.by_code(snap, code)
    return invite if invite is not None and invite.live(snap.now) else None


def _use(tx: Tx, invite: Invite) -> None:
    """Count somebody who came in; after the last one the code leads nowhere."""
    rows.use(tx, invite.code)
    if invite.uses + 1 == invite.max_uses:
        rows.keep_until(tx, invite.code, tx.now + REMEMBERED_MS)
        _tell_gone(tx, invite)


def _forget(tx: Tx, invite: Invite) -> None:
    rows.delete(tx, invite.code)
    _tell_gone(tx, invite)


def _tell_gone(tx: Tx, invite: Invite) -> None:
    if invite.server_id is not None and server_rows.by_id(tx, invite.server_id) is not None:
        audience = _managers(invite.server_id, invite.channel_id)
        tx.emit(
            InviteDeleted(audience=audience, server_id=invite.server_id, code=invite.code)
        )


def _record(tx: Tx, user_id: int, invite: Invite, action: str) -> None:
    """Note what was done with a code, for whoever may know of the channel it is for."""
    assert invite.server_id is not None
    audit.record(
        tx, invite.server_id, user_id, action, "invite", invite.code, invite.code,
        channel_id=invite.channel_id,
    )  # fmt: skip


def _managers(server_id: int, channel_id: int | None) -> Able:
    """Whoever manages invites, and may know of the channel."""
    return Able(server_id, MANAGE, channel_id)
