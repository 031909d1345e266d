"""Requests about servers, and about who may do what in them."""

import datetime as dt

import msgspec

from plexichat import ids
from plexichat.admin.words import Tell, moment
from plexichat.app import House
from plexichat.core import permissions, stewardship
from plexichat.core.stewardship import Estate


class Server(msgspec.Struct, frozen=True, tag="server"):
    id: str
    name: str
    owner_id: str
    owner: str
    members: int
    created_at: dt.datetime | None


class Servers(msgspec.Struct, frozen=True, tag="servers"):
    servers: list[Server]


class Channel(msgspec.Struct, frozen=True):
    id: str
    kind: str
    name: str


class Role(msgspec.Struct, frozen=True):
    id: str
    name: str
    position: int
    permissions: list[str]


class ServerShown(msgspec.Struct, frozen=True, tag="server shown"):
    server: Server
    channels: list[Channel]
    roles: list[Role]


class Decision(msgspec.Struct, frozen=True):
    """`because` is the kind of thing that decided, `roles` which ones if it was roles."""

    permission: str
    allowed: bool
    because: permissions.By
    roles: list[str]


class Explanation(msgspec.Struct, frozen=True, tag="explanation"):
    """Who stands above whom is for the position of the highest role to say, and for ownership."""

    username: str
    server: str
    channel: str
    owner: bool
    highest_role: str
    position: int
    timeout_until: dt.datetime | None
    permissions: list[Decision]


class ListServers(msgspec.Struct, frozen=True, tag="servers list"):
    async def perform(self, house: House, tell: Tell) -> Servers:
        return Servers([_server(each) for each in await house.db.read(stewardship.every)])


class ShowServer(msgspec.Struct, frozen=True, tag="server show"):
    name: str

    async def perform(self, house: House, tell: Tell) -> ServerShown:
        found = await house.db.read(stewardship.show, self.name)
        return ServerShown(
            _server(found),
            [Channel(str(each.id), each.kind, each.name) for each in found.channels],
            [
                Role(str(each.id), each.name, each.position, _allowed(each.permissions))
                for each in found.roles
            ],
        )


class TransferServer(msgspec.Struct, frozen=True, tag="server transfer"):
    name: str
    heir: str

    async def perform(self, house: House, tell: Tell) -> Server:
        return _server(await house.db.write(stewardship.transfer, self.name, self.heir))


class EndServer(msgspec.Struct, frozen=True, tag="server delete"):
    name: str

    async def perform(self, house: House, tell: Tell) -> Server:
        found = await house.db.read(stewardship.show, self.name)
        await house.db.write(stewardship.end, str(found.server.id))
        return _server(found)


class ExplainPermissions(msgspec.Struct, frozen=True, tag="permissions explain"):
    name: str
    channel_id: str

    async def perform(self, house: House, tell: Tell) -> Explanation:
        found = await house.db.read(stewardship.explain, self.name, self.channel_id)
        owner = found.reasons["administrator"].by == "owner"
        return Explanation(
            found.username, found.server.name, found.channel.name, owner, found.top.name,
            found.top.position, moment(found.timeout_until),
            [
                Decision(name, one.allowed, one.by, [found.roles[id] for id in one.ids])
                if one.by != "member override"
                else Decision(name, one.allowed, one.by, [])
                for name, one in found.reasons.items()
            ],
        )  # fmt: skip


def _server(estate: Estate) -> Server:
    one = estate.server
    return Server(
        str(one.id), one.name, str(one.owner_id), estate.owner, one.member_count,
        moment(ids.unix_ms(one.id)),
    )  # fmt: skip


def _allowed(bits: int) -> list[str]:
    return [name for name, allowed in permissions.names(bits).items() if allowed]


REQUESTS = (ListServers, ShowServer, TransferServer, EndServer, ExplainPermissions)
ANSWERS = (Server, Servers, ServerShown, Explanation)
