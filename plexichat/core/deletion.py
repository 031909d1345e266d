"""Deleting an account: some days in which a login takes it back, then bit by bit.

What somebody said to others stays, unless the admin wants it gone, and nobody is its author any
more. Who owns a server hands it over or ends it first.
"""

from dataclasses import replace

from plexichat import config
from plexichat.core import (
    accounts,
    channels,
    messages,
    pictures,
    profiles,
    reactions,
    sessions,
    two_factor,
    users,
)
from plexichat.core import servers as server_rules
from plexichat.core.errors import Forbidden, Invalid
from plexichat.core.events import (
    Leftovers,
    RelationshipChanged,
    UserUpdated,
)
from plexichat.store import channels as channel_rows
from plexichat.store import deletion as rows
from plexichat.store import relationships
from plexichat.store import users as user_rows
from plexichat.store.db import Snapshot, Tx

DAY_MS = 86_400_000
ROWS_AT_ONCE = 300


def schedule(
    tx: Tx, user_id: int, was: bytes, code: str | None, rules: config.AccountDeletion
) -> None:
    """Delete an account after its grace; `was` is the hash that the password was proved against."""
    if not rules.enabled:
        raise Forbidden("deletion_disabled", "Account deletion is disabled")
    if accounts.credentials(tx, user_id).password_hash != was:
        raise Invalid("incorrect_password", "Incorrect password")
    user = users.get(tx, user_id)
    if user.totp_enabled:
        if not code:
            raise Invalid("code_required", "2FA code required")
        if not two_factor.take(tx, user_id, code):
            raise Invalid("invalid_code", "Invalid code")
    refuse_owner(tx, user_id)
    begin(tx, user_id, tx.now + rules.grace_days * DAY_MS)


def refuse_owner(snap: Snapshot, user_id: int) -> None:
    if rows.owned(snap, user_id):
        raise Invalid("owns_servers", "Owns servers: hand them over or delete them first")


def begin(tx: Tx, user_id: int, at: int) -> None:
    """Let an account end at a moment; whoever calls has checked that it may."""
    user_rows.change(user_id, deletion_at=at)
    if at <= tx.now:
        tx.emit(Leftovers(audience=frozenset()))
    sessions.close(tx, user_id, [session.id for session in sessions.mine(tx, user_id)])


def purge(tx: Tx, keep_messages: bool = True) -> bool:
    """Take away a little of an account whose time is up; False when there is none."""
    user_id = rows.due(tx)
    if user_id is None:
        return False
    server_id = rows.server_of(tx, user_id)
    if not keep_messages and _unsay(tx, user_id):
        return True
    if server_id is not None:
        server_rules.dismiss(tx, server_id, user_id)
    elif (
        not _part(tx, user_id)
        and not reactions.withdraw(tx, user_id, ROWS_AT_ONCE)
        and not pictures.forget_of(tx, user_id, ROWS_AT_ONCE)
        and not any(rows.delete_some(tx, table, user_id, ROWS_AT_ONCE) for table in rows.MANY)
    ):
        _forget(tx, user_id)
    return True


def _unsay(tx: Tx, user_id: int) -> bool:
    """Delete some of what somebody said; False when there is nothing."""
    said = rows.said(tx, user_id, messages.DELETED_AT_ONCE)
    for channel_id in {place for place, _ in said}:
        channel = channel_rows.by_id(tx, channel_id)
        assert channel is not None
        messages.erase(tx, channel, [id for place, id in said if place == channel_id])
    return bool(said)


def _part(tx: Tx, user_id: int) -> bool:
    """End some of what stands between somebody and others; False when there is nothing."""
    found = rows.relations(tx, user_id, ROWS_AT_ONCE)
    for one, other in found:
        relationships.put(tx, one, other, None, tx.now, None)
        if one != user_id:
            told = frozenset((one,))
            tx.emit(RelationshipChanged(audience=told, user_id=user_id, relation=None))
    return bool(found)


def _forget(tx: Tx, user_id: int) -> None:
    """Take away the rest, and leave a place without a name."""
    before = users.get(tx, user_id)
    pictures.replaced(tx, before.avatar, None)
    profiles.forget(tx, user_id)
    nobody = replace(before, username="", email=None, avatar=None)
    tx.emit(UserUpdated(audience=users.acquaintances(tx, user_id), user=nobody, private=False))
    notes = channels.notes(tx, user_id)
    if notes is not None:
        channel_rows.end(tx, notes.id)
        tx.emit(Leftovers(audience=frozenset()))
    rows.delete_rest(tx, user_id)
    user_rows.change(
        user_id, username=None, email=None, password_hash=b"", is_admin=0, avatar=None,
        badges="[]", email_verified=0, age_verified=0, totp_enabled=0, deletion_at=None,
    )  # fmt: skip
