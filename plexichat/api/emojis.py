"""Custom emoji of servers (contract group emojis)."""

from msgspec import Struct

from plexichat.api import shapes_emojis as shapes
from plexichat.api.shapes import SUCCESS, Success
from plexichat.api.shapes_emojis import Emoji
from plexichat.core import emojis
from plexichat.web.requests import act, house, me, see
from plexichat.web.routes import Routes
from plexichat.web.uploads import keep, received

routes = Routes("Emoji")

READING = ("400 Invalid server ID", "403 Not a member of this server", "404 Server not found")
WRITING = (
    "400 Invalid server ID", "400 Invalid input: name", "403 Missing emojis.manage permission",
    "404 Server not found", "409 Emoji name already exists",
)  # fmt: skip
ONE = ("400 Invalid emoji ID", "404 Emoji not found")


class Counts(Struct):
    static: int
    animated: int
    max_static: int
    max_animated: int


class Name(Struct):
    name: str | None = None


@routes.get("/servers/<server_id>/emojis", errors=READING)
async def all(server_id: int) -> list[Emoji]:
    """A server's emoji, the oldest first."""
    found = await see(emojis.all, me().id, server_id)
    return [shapes.emoji(house().shapes, each) for each in found]


@routes.post(
    "/servers/<server_id>/emojis",
    bucket="upload",
    takes="multipart/form-data",
    file="image",
    fields=("name",),
    errors=(
        *WRITING, "400 Invalid file type", "400 File too large", "400 Emoji limit",
        "507 Insufficient storage",
    ),
)  # fmt: skip
async def create(server_id: int) -> Emoji:
    """Add the picture in the part `image` under the name in the part `name`.

    The name is 2 to 32 of `a-z0-9_` in lower case; the picture is PNG, GIF, WebP or JPEG. Needs
    `emojis.manage` or `server.manage`.
    """
    here, my_id = house(), me().id
    await see(emojis.check, my_id, server_id)
    at_most = here.config.servers.emojis
    async with received(emojis.MAX_BYTES, "image") as given, here.shelf.incoming() as made:
        name = emojis.read(given.fields.get("name"))
        picture = await here.shelf.develop(given.file.path, made.path, emojis.SIDE)
        emoji = await keep(
            made,
            picture.suffix,
            lambda file: act(
                emojis.create, my_id, server_id, name, picture.animated, file, at_most
            ),
        )
    return shapes.emoji(here.shapes, emoji)


@routes.get("/servers/<server_id>/emojis/counts", errors=READING)
async def count(server_id: int) -> Counts:
    """How many emoji a server has, and may have, that stand still and that move."""
    found = await see(emojis.count, me().id, server_id)
    at_most = house().config.servers.emojis
    return Counts(found.static, found.animated, at_most, at_most)


@routes.get("/servers/<server_id>/emojis/<emoji_id>", errors=(*READING, *ONE))
async def show(server_id: int, emoji_id: int) -> Emoji:
    """One of a server's emoji."""
    return shapes.emoji(house().shapes, await see(emojis.get, me().id, server_id, emoji_id))


@routes.patch("/servers/<server_id>/emojis/<emoji_id>", errors=(*WRITING, *ONE))
async def rename(server_id: int, emoji_id: int, body: Name) -> Emoji:
    """Call an emoji something else; needs `emojis.manage` or `server.manage`."""
    renamed = await act(emojis.rename, me().id, server_id, emoji_id, body.name)
    return shapes.emoji(house().shapes, renamed)


@routes.delete(
    "/servers/<server_id>/emojis/<emoji_id>",
    errors=(
        "400 Invalid server ID", "403 Missing emojis.manage permission", "404 Server not found",
        *ONE,
    ),
)  # fmt: skip
async def delete(server_id: int, emoji_id: int) -> Success:
    """Remove an emoji and its picture; needs `emojis.manage` or `server.manage`."""
    await act(emojis.delete, me().id, server_id, emoji_id)
    return SUCCESS
