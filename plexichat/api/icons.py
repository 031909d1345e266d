"""Pictures of servers: showing, giving and removing them (contract groups avatars and servers)."""

from typing import Final

from msgspec import Struct

from plexichat.api import shapes_servers as shapes
from plexichat.api.avatars import REFUSALS, picture
from plexichat.api.servers import MEMBER
from plexichat.api.shapes import SUCCESS, Success
from plexichat.api.shapes_servers import Server
from plexichat.core import icons
from plexichat.core.avatars import SIDE
from plexichat.core.imaging import Picture
from plexichat.store import servers as rows
from plexichat.web.requests import Reply, act, house, me, see
from plexichat.web.routes import Routes
from plexichat.web.uploads import keep, received

routes = Routes("Icons")

PERMITTED: Final = (*MEMBER, "403 Permission denied")


class IconGiven(Struct):
    success: bool
    icon_url: str
    width: int
    height: int
    size: int
    animated: bool


@routes.get(
    "/avatars/servers/<server_id>",
    public=True,
    bucket="download",
    gives="image/*",
    errors=("400 Invalid server ID",),
)
async def show(server_id: int) -> Reply:
    """A server's picture, or its initials where there is none."""
    return await picture(await see(icons.of, server_id))


@routes.post(
    "/servers/<server_id>/icon",
    bucket="upload",
    takes="multipart/form-data",
    errors=(*PERMITTED, *REFUSALS),
)
async def put(server_id: int) -> Server:
    """Show the picture in the part `file` from now on; needs `server.manage`."""
    server, _ = await _given(server_id, icons.SMALL_BYTES)
    return shapes.server(house().shapes, server)


@routes.post(
    "/avatars/servers/<server_id>",
    bucket="upload",
    takes="multipart/form-data",
    errors=(*PERMITTED, *REFUSALS),
)
async def give(server_id: int) -> IconGiven:
    """Show the picture in the part `file` from now on; needs `server.manage`."""
    server, made = await _given(server_id, icons.MAX_BYTES)
    url = shapes.icon(house().shapes, server_id, server.icon) or ""
    return IconGiven(True, url, made.width, made.height, made.size, made.animated)


@routes.delete("/avatars/servers/<server_id>", errors=PERMITTED)
async def remove(server_id: int) -> Success:
    """Show initials again; needs `server.manage`."""
    await act(icons.put, me().id, server_id, None)
    return SUCCESS


async def _given(server_id: int, limit: int) -> tuple[rows.Server, Picture]:
    here, my_id = house(), me().id
    await see(icons.check, my_id, server_id)
    async with received(limit) as given, here.shelf.incoming() as made:
        developed = await here.shelf.develop(given.file.path, made.path, SIDE)
        server = await keep(
            made, developed.suffix, lambda name: act(icons.put, my_id, server_id, name)
        )
    return server, developed
