"""Channels of guilds and their categories (contract 05)."""

from collections.abc import Mapping
from typing import Annotated, Final

from msgspec import UNSET, Meta, Struct, UnsetType

from plexichat.core import server_channels
from plexichat.core.channels import WRITTEN
from plexichat.core.errors import Invalid
from plexichat.core.server_channels import HIGHEST_POSITION, KINDS, Place, Wanted
from plexichat.store.channels import Channel
from plexichat.web.requests import act, me, see
from plexichat.web.routes import Routes
from plexichat.wryft import places
from plexichat.wryft.dialect import already, read_id, uuid

routes = Routes("Channels")

CATEGORIES: Final = ("category",)
ROOMS: Final = tuple(kind for kind in KINDS if kind not in CATEGORIES)

Position = Annotated[int, Meta(ge=0, le=HIGHEST_POSITION)]


class ChannelShape(Struct):
    """A channel to write in or to talk in; `type` is a copy of `channel_type`."""

    id: str
    guild_id: str
    name: str
    channel_type: str
    type: str
    position: int
    category_id: str | UnsetType


class NewChannel(Struct):
    name: str | None = None
    channel_type: str | None = None
    type: str | None = None
    category_id: str | None = None
    position: Position = 0


class Category(Struct):
    id: str
    guild_id: str
    name: str
    position: int


class NewCategory(Struct):
    name: str | None = None
    position: Position = 0


class CategoryChanges(Struct):
    name: str | None = None
    position: Position | None = None


@routes.get("/guilds/<guild_id>/channels")
async def list_channels(guild_id: int) -> list[ChannelShape]:
    """The channels of a guild that one may view, by position, then age."""
    found = await see(server_channels.all, me().id, guild_id)
    written = sorted(
        (channel for channel in found if channel.kind in WRITTEN), key=lambda channel: channel.id
    )
    names = places.names(written)
    return [_shape(channel, names) for channel in found if channel.kind in ROOMS]


@routes.post("/guilds/<guild_id>/channels")
async def create(guild_id: int, body: NewChannel) -> ChannelShape:
    """Add a channel; one to write in has a name of its own."""
    kind = body.channel_type or body.type or "text"
    if kind not in ("text", "voice"):
        raise Invalid("invalid_kind", "Invalid input: channel_type")
    category_id = None if body.category_id is None else read_id(body.category_id, "category")
    wanted = Wanted(body.name, position=body.position, category_id=category_id)
    made = await act(server_channels.create, me().id, guild_id, kind, wanted, unique=True)
    return _shape(made, {})


@routes.delete("/guilds/<guild_id>/channels/<channel_id>", status=204)
async def delete(guild_id: int, channel_id: int) -> None:
    """End a channel with all that was said in it."""
    with already("channel_not_found"):
        await act(server_channels.delete, me().id, channel_id, Place(guild_id, ROOMS))


@routes.get("/guilds/<guild_id>/categories")
async def list_categories(guild_id: int) -> list[Category]:
    """The categories of a guild that one may view, by position, then age."""
    found = await see(server_channels.all, me().id, guild_id)
    return [_category(channel) for channel in found if channel.kind in CATEGORIES]


@routes.post("/guilds/<guild_id>/categories")
async def create_category(guild_id: int, body: NewCategory) -> Category:
    """Add a category."""
    wanted = Wanted(body.name, position=body.position)
    return _category(await act(server_channels.create, me().id, guild_id, "category", wanted))


@routes.patch("/guilds/<guild_id>/categories/<category_id>")
async def change_category(guild_id: int, category_id: int, body: CategoryChanges) -> Category:
    """Call a category something else, or move it."""
    wanted, place = Wanted(body.name, position=body.position), Place(guild_id, CATEGORIES)
    return _category(await act(server_channels.change, me().id, category_id, wanted, place))


@routes.delete("/guilds/<guild_id>/categories/<category_id>", status=204)
async def delete_category(guild_id: int, category_id: int) -> None:
    """End a category; its channels are in none then."""
    with already("channel_not_found"):
        await act(server_channels.delete, me().id, category_id, Place(guild_id, CATEGORIES))


def _shape(channel: Channel, names: Mapping[int, str]) -> ChannelShape:
    kind = "text" if channel.kind in WRITTEN else "voice"
    category_id = UNSET if channel.category_id is None else uuid(channel.category_id)
    return ChannelShape(
        uuid(channel.id), uuid(channel.server_id or 0), names.get(channel.id, channel.name), kind,
        kind, channel.position, category_id,
    )  # fmt: skip


def _category(channel: Channel) -> Category:
    return Category(
        uuid(channel.id), uuid(channel.server_id or 0), channel.name, channel.position
    )
