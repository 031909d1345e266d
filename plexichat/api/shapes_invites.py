"""Objects of the wire about invites."""

from msgspec import Struct

from plexichat.api.shapes import Id, Seconds, optional, seconds
from plexichat.core.invites import Door
from plexichat.store import invites


class Invite(Struct):
    """A code; `max_age` (seconds) and `max_uses` 0 are no end."""

    code: str
    server_id: Id
    channel_id: Id | None
    inviter_id: Id | None
    uses: int
    max_uses: int
    max_age: int
    temporary: bool
    created_at: Seconds
    expires_at: Seconds | None


class InviteShown(Struct):
    """Where a code leads; without a server it is good for an account here."""

    code: str
    server_id: Id | None
    server_name: str | None
    channel_id: Id | None
    inviter_id: Id | None
    uses: int
    max_uses: int
    expires_at: Seconds | None


class Joined(Struct):
    success: bool
    server_id: Id


class Told(Struct):
    code: str
    server_id: Id
    channel_id: Id | None
    inviter_id: Id | None


class InviteTold(Struct):
    guild_id: Id
    server_id: Id
    invite: Told


class InviteGone(Struct):
    guild_id: Id
    server_id: Id
    code: str


def invite(found: invites.Invite) -> Invite:
    return Invite(
        found.code, str(found.server_id), optional(found.channel_id), optional(found.inviter_id),
        found.uses, found.max_uses, found.max_age, found.temporary, found.created_at // 1000,
        seconds(found.expires_at),
    )  # fmt: skip


def shown(door: Door) -> InviteShown:
    found = door.invite
    name = None if door.server is None else door.server.name
    return InviteShown(
        found.code, optional(found.server_id), name, optional(found.channel_id),
        optional(found.inviter_id), found.uses, found.max_uses, seconds(found.expires_at),
    )  # fmt: skip


def told(found: invites.Invite) -> InviteTold:
    server_id = str(found.server_id)
    invite = Told(
        found.code, server_id, optional(found.channel_id), optional(found.inviter_id)
    )
    return InviteTold(server_id, server_id, invite)


def gone(server_id: int, code: str) -> InviteGone:
    return InviteGone(str(server_id), str(server_id), code)
