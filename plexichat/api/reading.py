"""How far one has read, and what waits (contract group messages)."""

from typing import Annotated

from msgspec import Meta, Struct

from plexichat.api.shapes import SUCCESS, Id, Seconds, Success, optional, seconds
from plexichat.core import reading
from plexichat.core.errors import Invalid
from plexichat.web.bodies import snowflake
from plexichat.web.examples import ID
from plexichat.web.requests import act, house, me, see
from plexichat.web.routes import Routes

CHANNELS_AT_ONCE = 1_000
CHANNELS_PER_CALL = 100

routes = Routes("Read state")


class Upto(Struct):
    message_id: str | None = None


class From(Struct):
    message_id: str | int | None = None


Marks = Annotated[
    dict[str, str | int | None],
    Meta(description="channel to the last message read there, null for all", examples=[{ID: ID}]),
]


class Acknowledged(Struct):
    messages_marked: int
    success: bool = True


class AllRead(Struct):
    channels_marked: int
    success: bool = True


class Unread(Struct):
    channel_id: Id
    unread_count: int


class UnreadCounts(Struct):
    unread_counts: dict[Id, int]


class LastRead(Struct):
    channel_id: Id
    last_read_message_id: Id | None
    last_read_at: Seconds | None


class MarkedUnread(Struct):
    unread_count: int
    success: bool = True


@routes.post(
    "/channels/<channel_id>/messages/ack",
    errors=(
        "400 Invalid channel ID", "400 Invalid message ID", "403 Access denied",
        "404 Channel not found",
    ),
)  # fmt: skip
async def ack(channel_id: int, query: Upto) -> Acknowledged:
    """Read a channel up to and including a message, or to its end."""
    upto = None if query.message_id is None else snowflake(query.message_id, "message")
    return Acknowledged(await act(reading.ack, me().id, channel_id, upto))


@routes.post(
    "/channels/ack/bulk",
    errors=("400 Invalid channel ID", "400 Invalid message ID", "400 Invalid input"),
)
async def ack_some(body: Marks) -> Success:
    """Read several channels; those that are not one's own are skipped."""
    if len(body) > CHANNELS_AT_ONCE:
        raise Invalid("too_many_channels", f"Invalid input: over {CHANNELS_AT_ONCE} channels")
    marks = [
        (snowflake(channel_id, "channel"), None if upto is None else snowflake(upto, "message"))
        for channel_id, upto in body.items()
    ]
    for start in range(0, len(marks), CHANNELS_PER_CALL):
        await act(reading.ack_some, me().id, marks[start : start + CHANNELS_PER_CALL])
    return SUCCESS


@routes.get(
    "/channels/<channel_id>/messages/unread",
    errors=("400 Invalid channel ID", "403 Access denied", "404 Channel not found"),
)
async def unread(channel_id: int) -> Unread:
    """How many messages wait in a channel."""
    return Unread(str(channel_id), await see(reading.unread, me().id, channel_id))


@routes.get("/users/@me/unread")
async def unread_everywhere() -> UnreadCounts:
    """How many messages wait in each channel and conversation where any do."""
    counts = await see(reading.unread_everywhere, me().id)
    return UnreadCounts(house().shapes.counts(counts))


@routes.post(
    "/servers/<server_id>/messages/read-all",
    errors=("400 Invalid server ID", "403 Access denied", "404 Server not found"),
)
async def read_all(server_id: int) -> AllRead:
    """Read everything in every channel of a server."""
    waiting = await see(reading.waiting, me().id, server_id)
    marked = 0
    for start in range(0, len(waiting), CHANNELS_PER_CALL):
        marks = [(channel_id, None) for channel_id in waiting[start : start + CHANNELS_PER_CALL]]
        marked += await act(reading.ack_some, me().id, marks)
    return AllRead(marked)


@routes.get(
    "/channels/<channel_id>/messages/last-read",
    errors=("400 Invalid channel ID", "403 Access denied", "404 Channel not found"),
)
async def last_read(channel_id: int) -> LastRead:
    """How far one has read in a channel, and when."""
    last = await see(reading.last, me().id, channel_id)
    return LastRead(str(channel_id), optional(last.read_id or None), seconds(last.read_at))


@routes.post(
    "/channels/<channel_id>/messages/mark-unread",
    errors=(
        "400 Invalid channel ID", "400 Invalid message ID", "403 Access denied",
        "404 Channel not found", "404 Message not found",
    ),
)  # fmt: skip
async def mark_unread(channel_id: int, body: From) -> MarkedUnread:
    """Make a message, or the newest, unread with all that follow it."""
    first = None if body.message_id is None else snowflake(body.message_id, "message")
    return MarkedUnread(await act(reading.mark_unread, me().id, channel_id, first))
