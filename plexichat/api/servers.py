"""Servers: beginning, finding and leaving them (contract group servers)."""

from msgspec import Struct

from plexichat.api import shapes_servers as shapes
from plexichat.api.shapes import SUCCESS, Success
from plexichat.api.shapes_servers import Server
from plexichat.core import servers
from plexichat.core.errors import Invalid
from plexichat.web.requests import act, house, me, see
from plexichat.web.routes import Routes

routes = Routes("Servers")

MEMBER = ("400 Invalid server ID", "403 Access denied", "404 Server not found")


class NewServer(Struct):
    name: str | None = None
    description: str | None = None


@routes.get("/servers")
async def mine() -> list[Server]:
    """The servers one belongs to, by name."""
    return [shapes.server(house().shapes, found) for found in await see(servers.mine, me().id)]


@routes.post("/servers", errors=("400 Invalid input: name", "400 Server limit"))
async def create(body: NewServer) -> Server:
    """Begin a server of one's own, with a channel `general`."""
    if body.name is None:
        raise Invalid("invalid_name", "Invalid input: name")
    made = await act(servers.create, me().id, body.name, body.description)
    return shapes.server(house().shapes, made)


@routes.get("/servers/<server_id>", errors=MEMBER)
async def show(server_id: int) -> Server:
    """A server one belongs to."""
    return shapes.server(house().shapes, await see(servers.show, me().id, server_id))


@routes.post("/servers/<server_id>/leave", errors=(*MEMBER, "403 Owners cannot leave"))
async def leave(server_id: int) -> Success:
    """Belong to a server no more; its owner has to pass it on first."""
    await act(servers.leave, me().id, server_id)
    return SUCCESS


@routes.get("/servers/<server_id>/permissions", errors=MEMBER)
async def permissions(server_id: int) -> dict[str, bool]:
    """What one may do in a server, every permission by name."""
    return await see(servers.allowed, me().id, server_id)
