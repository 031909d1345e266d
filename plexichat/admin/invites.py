"""Requests about invites: keys to an account here, and to servers."""

import datetime as dt

import msgspec

from plexichat.admin.words import Tell, moment
from plexichat.app import House
from plexichat.core import invites, stewardship
from plexichat.core.invites import Door, Wanted
from plexichat.store.db import Tx


class Invite(msgspec.Struct, frozen=True, tag="invite"):
    """Without a server, it is for an account alone; `max_uses` 0 is any number."""

    code: str
    url: str
    server_id: str | None
    server: str | None
    uses: int
    max_uses: int
    created_at: dt.datetime | None
    expires_at: dt.datetime | None


class Invites(msgspec.Struct, frozen=True, tag="invites"):
    invites: list[Invite]


class ListInvites(msgspec.Struct, frozen=True, tag="invites list"):
    async def perform(self, house: House, tell: Tell) -> Invites:
        return Invites([_invite(house, each) for each in await house.db.read(invites.every)])


class CreateInvite(msgspec.Struct, frozen=True, tag="invite create"):
    """0 seconds and 0 uses are no end."""

    server: str | None
    seconds: int
    uses: int

    async def perform(self, house: House, tell: Tell) -> Invite:
        wanted = Wanted(self.seconds, self.uses, temporary=False)
        return _invite(house, await house.db.write(_issue, self.server, wanted))


class RevokeInvite(msgspec.Struct, frozen=True, tag="invite revoke"):
    code: str

    async def perform(self, house: House, tell: Tell) -> Invite:
        gone = await house.db.write(invites.withdraw, self.code)
        return _invite(house, Door(gone, None))


def _issue(tx: Tx, name: str | None, wanted: Wanted) -> Door:
    server = None if name is None else stewardship.find(tx, name)
    if server is None:
        return Door(invites.issue(tx, None, wanted), None)
    return Door(invites.issue(tx, server.id, wanted), server)


def _invite(house: House, door: Door) -> Invite:
    one = door.invite
    return Invite(
        one.code, house.shapes.invitation(one.code),
        None if one.server_id is None else str(one.server_id),
        None if door.server is None else door.server.name,
        one.uses, one.max_uses, moment(one.created_at), moment(one.expires_at),
    )  # fmt: skip


REQUESTS = (ListInvites, CreateInvite, RevokeInvite)
ANSWERS = (Invite, Invites)
