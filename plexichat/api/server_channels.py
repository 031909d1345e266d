"""Channels of a server: listing, making and changing them (contract group channels)."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import astuple

from plexichat.api import shapes_servers
from plexichat.api.shapes import SUCCESS, Id, Person, Seconds, Success, created, optional
from plexichat.api.shapes_servers import ServerChannel
from plexichat.core import server_channels, slowmode
from plexichat.core.server_channels import HIGHEST_POSITION, TOPIC_LENGTH, Wanted
from plexichat.core.slowmode import LONGEST_SECONDS
from plexichat.store.channels import Channel, Conversation
from plexichat.web.bodies import snowflake
from plexichat.web.requests import act, house, me, see
from plexichat.web.routes import Routes

routes = Routes("Server channels")

CHANNEL = ("400 Invalid channel ID", "403 Access denied", "404 Channel not found")
MANAGED = (*CHANNEL, "403 Channel access denied", "403 Permission denied")
SERVER = ("400 Invalid server ID", "403 Access denied", "404 Server not found")

Topic = Annotated[str, Meta(max_length=TOPIC_LENGTH)]
Position = Annotated[int, Meta(ge=0, le=HIGHEST_POSITION)]
Slowmode = Annotated[int, Meta(ge=0, le=LONGEST_SECONDS)]


class ChannelFields(Struct):
    name: str | None = None
    topic: Topic | None = None
    position: Position | None = None
    category_id: str | int | UnsetType | None = UNSET
    nsfw: bool | None = None
    slowmode_seconds: Slowmode | None = None
    read_receipts_enabled: bool | None = None


class NewChannel(ChannelFields, kw_only=True):
    name: str
    type: str | None = None
    channel_type: str | None = None


class AnyChannel(Struct):
    """A channel of a server or a personal one; `type` is a copy of `channel_type`."""

    id: Id
    server_id: Id | None
    guild_id: Id | None
    name: str
    channel_type: str
    type: str
    topic: str | None
    position: int
    category_id: Id | None
    nsfw: bool
    slowmode_seconds: int
    read_receipts_enabled: bool
    created_at: Seconds
    last_message_id: Id | None
    recipient_id: Id | None = None
    recipient: Person | None = None


class Interval(Struct):
    interval_ms: Annotated[int, Meta(ge=0, le=LONGEST_SECONDS * 1000)] | None = None


class SlowmodeShape(Struct):
    channel_id: Id
    slowmode_seconds: int


@routes.get("/servers/<server_id>/channels", bucket="list_channels", errors=SERVER)
async def list_channels(server_id: int) -> list[ServerChannel]:
    """The channels of a server that one may view, by position."""
    found = await see(server_channels.all, me().id, server_id)
    return [shapes_servers.server_channel(channel) for channel in found]


@routes.post(
    "/servers/<server_id>/channels",
    errors=(
        *SERVER, "400 Invalid input", "400 Invalid category ID", "400 Channel limit",
        "403 Permission denied",
    ),
)  # fmt: skip
async def create(server_id: int, body: NewChannel) -> ServerChannel:
    """Add a channel; needs `channels.manage`.

    `type` is text (if nothing else is said), announcement, voice, stage or category.
    """
    kind = body.type or body.channel_type or "text"
    made = await act(server_channels.create, me().id, server_id, kind, _wanted(body))
    return shapes_servers.server_channel(made)


@routes.get("/channels/<channel_id>", errors=CHANNEL)
async def show(channel_id: int) -> AnyChannel:
    """A channel that one may view, or a conversation of one's own."""
    channel, seen = await see(server_channels.find, me().id, channel_id)
    if channel.server_id is None:
        return _personal(channel, seen)
    return AnyChannel(*astuple(shapes_servers.server_channel(channel)))


@routes.patch(
    "/channels/<channel_id>", errors=(*MANAGED, "400 Invalid input", "400 Invalid category ID")
)
async def change(channel_id: int, body: ChannelFields) -> ServerChannel:
    """Change a channel of a server; needs `channels.manage`.

    `null` or `"0"` as the category means none, an empty topic takes it away.
    """
    after = await act(server_channels.change, me().id, channel_id, _wanted(body))
    return shapes_servers.server_channel(after)


@routes.delete("/channels/<channel_id>", errors=MANAGED)
async def delete(channel_id: int) -> Success:
    """End a channel of a server with all that was said in it; needs `channels.manage`."""
    await act(server_channels.delete, me().id, channel_id)
    return SUCCESS


@routes.get("/features/channels/<channel_id>/slowmode", errors=CHANNEL)
async def show_slowmode(channel_id: int) -> SlowmodeShape:
    """How long one waits in a channel before writing again."""
    channel = await see(server_channels.show, me().id, channel_id)
    return SlowmodeShape(str(channel.id), channel.slowmode_seconds)


@routes.put("/features/channels/<channel_id>/slowmode", errors=(*MANAGED, "400 Invalid input"))
async def change_slowmode(channel_id: int, body: Interval) -> SlowmodeShape:
    """Set that, in milliseconds that are rounded up to seconds; needs `channels.manage`."""
    seconds = slowmode.seconds(body.interval_ms)
    after = await act(
        server_channels.change, me().id, channel_id, Wanted(slowmode_seconds=seconds)
    )
    return SlowmodeShape(str(after.id), after.slowmode_seconds)


def _wanted(body: ChannelFields) -> Wanted:
    category_id = body.category_id
    if not isinstance(category_id, UnsetType):
        category_id = snowflake(category_id or 0, "category") or None
    return Wanted(
        body.name, body.topic, body.position, category_id, body.nsfw, body.slowmode_seconds,
        body.read_receipts_enabled,
    )  # fmt: skip


def _personal(channel: Channel, seen: Conversation | None) -> AnyChannel:
    """A DM is called after the other person; nobody else's rules apply there."""
    shapes = house().shapes
    other = None if seen is None else shapes.opened(seen).recipient
    return AnyChannel(
        str(channel.id), None, None, "Personal Notes" if other is None else other.username,
        channel.kind, channel.kind, None, 0, None, False, 0, True, created(channel.id),
        optional(channel.last_message_id), None if other is None else other.id, other,
    )  # fmt: skip
