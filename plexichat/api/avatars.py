"""Pictures of people: showing, giving and removing them (contract group avatars)."""

from typing import Final

from msgspec import Struct

from plexichat.api.shapes import SUCCESS, Success
from plexichat.core import avatars
from plexichat.web import files
from plexichat.web.requests import Headers, Reply, act, house, me, see
from plexichat.web.routes import Routes
from plexichat.web.uploads import keep, received

routes = Routes("Avatars")

PUBLIC: Final[Headers] = [
    (b"access-control-allow-origin", b"*"),
    (b"cache-control", b"public, max-age=300, must-revalidate"),
    files.SANDBOX,
]
REFUSALS: Final = (
    "400 Invalid file type", "400 File too large", "507 Insufficient storage",
)  # fmt: skip


class AvatarGiven(Struct):
    success: bool
    avatar_url: str
    width: int
    height: int
    size: int
    animated: bool


@routes.get(
    "/avatars/users/<user_id>",
    public=True,
    bucket="download",
    gives="image/*",
    errors=("400 Invalid user ID",),
)
async def show(user_id: int) -> Reply:
    """Somebody's picture, or their initials where there is none."""
    return await picture(await see(avatars.of, user_id))


async def picture(seen: avatars.Seen) -> Reply:
    """The file that is shown, or the drawing in its place."""
    if seen.file is not None and (shown := await developed(seen.file)) is not None:
        return shown
    drawing = seen.drawing.encode()
    return files.whole(drawing, "image/svg+xml", files.tag(drawing), PUBLIC)


async def developed(file: str) -> Reply | None:
    """A picture that we made, for anybody; None when it is gone."""
    shelf = house().shelf
    name, _, ending = file.partition(".")
    if files.known(f'"{name}"'):
        return files.unchanged(f'"{name}"', PUBLIC)
    content = await shelf.run(shelf.files.read, file)
    if content is None:
        return None
    return files.whole(content, files.PICTURES[ending], f'"{name}"', PUBLIC)


@routes.post(
    "/users/@me/avatar", bucket="upload", takes="multipart/form-data", errors=REFUSALS
)
@routes.post("/avatars/users/@me", bucket="upload", takes="multipart/form-data", errors=REFUSALS)
async def give() -> AvatarGiven:
    """Show the picture in the part `file` from now on, made small enough."""
    here, my_id = house(), me().id
    async with received(avatars.MAX_BYTES) as given, here.shelf.incoming() as made:
        made_small = await here.shelf.develop(given.file.path, made.path, avatars.SIDE)
        user = await keep(
            made, made_small.suffix, lambda name: act(avatars.put, my_id, name)
        )
    return AvatarGiven(
        True, here.shapes.avatar(my_id, user.avatar) or "",
        made_small.width, made_small.height, made_small.size, made_small.animated,
    )  # fmt: skip


@routes.delete("/avatars/users/@me")
async def remove() -> Success:
    """Show initials again."""
    await act(avatars.remove, me().id)
    return SUCCESS
