"""Servers: beginning, finding and leaving them (contract group servers)."""

from typing import Annotated, ClassVar

from msgspec import UNSET, Meta, Struct, UnsetType

from plexichat.api import shapes_servers as shapes
from plexichat.api.shapes import SUCCESS, Success
from plexichat.api.shapes_servers import Server
from plexichat.core import servers
from plexichat.core.servers import Changes
from plexichat.web.bodies import snowflake
from plexichat.web.requests import act, house, me, see
from plexichat.web.routes import Routes

routes = Routes("Servers")

MEMBER = ("400 Invalid server ID", "403 Access denied", "404 Server not found")


Name = Annotated[str, Meta(min_length=2)]


class NewServer(Struct):
    name: Name
    description: str | None = None


class ServerChanges(Struct):
    name: Name | None = None
    description: str | None = None
    default_channel_id: str | int | UnsetType | None = UNSET


class Heir(Struct):
    phrases: ClassVar = {"user_id": "Invalid user ID"}
    user_id: str | int


@routes.get("/servers")
async def mine() -> list[Server]:
    """The servers one belongs to, by name."""
    return [shapes.server(house().shapes, found) for found in await see(servers.mine, me().id)]


@routes.post(
    "/servers", bucket="create_server", errors=("400 Invalid input: name", "400 Server limit")
)
async def create(body: NewServer) -> Server:
    """Begin a server of one's own, with a channel `general`."""
    made = await act(servers.create, me().id, body.name, body.description)
    return shapes.server(house().shapes, made)


@routes.get("/servers/<server_id>", bucket="read_server", errors=MEMBER)
async def show(server_id: int) -> Server:
    """A server one belongs to."""
    return shapes.server(house().shapes, await see(servers.show, me().id, server_id))


@routes.patch(
    "/servers/<server_id>",
    errors=(
        *MEMBER, "400 Invalid input: name, description or default_channel_id",
        "400 Invalid channel ID", "403 Permission denied",
    ),
)  # fmt: skip
async def change(server_id: int, body: ServerChanges) -> Server:
    """Change what a server says about itself; needs `server.manage`.

    `null` or `"0"` as the default channel means none, an empty description takes it away.
    """
    channel_id = None
    if not isinstance(body.default_channel_id, UnsetType):
        channel_id = snowflake(body.default_channel_id or 0, "channel")
    wanted = Changes(body.name, body.description, channel_id)
    after = await act(servers.change, me().id, server_id, wanted)
    return shapes.server(house().shapes, after)


@routes.patch(
    "/servers/<server_id>/owner",
    errors=(*MEMBER, "400 Invalid user ID", "403 Not owner", "404 Member not found"),
)
async def hand_over(server_id: int, body: Heir) -> Server:
    """Make another member the owner."""
    heir_id = snowflake(body.user_id, "user")
    after = await act(servers.hand_over, me().id, server_id, heir_id)
    return shapes.server(house().shapes, after)


@routes.delete(
    "/servers/<server_id>", bucket="end_server", errors=(*MEMBER, "403 Not owner")
)
async def end(server_id: int) -> Success:
    """End a server for everybody; only its owner can."""
    await act(servers.end, me().id, server_id)
    return SUCCESS


@routes.post("/servers/<server_id>/leave", errors=(*MEMBER, "403 Owners cannot leave"))
async def leave(server_id: int) -> Success:
    """Belong to a server no more; its owner has to pass it on first."""
    await act(servers.leave, me().id, server_id)
    return SUCCESS


@routes.get("/servers/<server_id>/permissions", errors=MEMBER)
async def permissions(server_id: int) -> dict[str, bool]:
    """What one may do in a server, every permission by name."""
    return await see(servers.allowed, me().id, server_id)
