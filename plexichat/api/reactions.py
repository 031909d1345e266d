"""Reactions to messages (contract group reactions)."""

from typing import Annotated

from msgspec import Meta, Struct

from plexichat.api.shapes import SUCCESS, Id, Reaction, Seconds, Success
from plexichat.core import reactions
from plexichat.web.bodies import snowflake
from plexichat.web.requests import act, house, me, see
from plexichat.web.routes import Routes

routes = Routes("Reactions")

READING = (
    "400 Invalid channel ID", "400 Invalid message ID", "403 Access denied",
    "404 Channel not found", "404 Message not found",
)  # fmt: skip


class Reactor(Struct):
    user_id: Id
    reacted_at: Seconds


class Page(Struct):
    limit: Annotated[int, Meta(ge=1, le=reactions.PAGE_LIMIT)] = reactions.PAGE
    after: str = "0"


@routes.get("/channels/<channel_id>/messages/<message_id>/reactions", errors=READING)
async def all(channel_id: int, message_id: int) -> list[Reaction]:
    """The reactions to a message, in the order they were first added."""
    found = await see(reactions.of, me().id, channel_id, message_id)
    return [house().shapes.reaction(each) for each in found]


@routes.get(
    "/channels/<channel_id>/messages/<message_id>/reactions/<path:emoji>",
    errors=(*READING, "400 Invalid user ID", "400 Invalid emoji"),
)
async def reactors(
    channel_id: int, message_id: int, emoji: str, query: Page
) -> list[Reactor]:
    """Who reacts with an emoji, by id, from the one that follows `after`."""
    after = snowflake(query.after, "user")
    found = await see(
        reactions.reactors, me().id, channel_id, message_id, emoji, after, query.limit
    )
    return [Reactor(str(each.user_id), each.reacted_at // 1000) for each in found]


@routes.put(
    "/channels/<channel_id>/messages/<message_id>/reactions/<path:emoji>",
    bucket="react",
    errors=(
        *READING, "400 Invalid emoji", "400 Reaction limit", "403 Permission denied",
        "403 Cannot react to this message",
    ),
)  # fmt: skip
async def add(channel_id: int, message_id: int, emoji: str) -> Success:
    """React to a message with one emoji of Unicode, or a custom one as `<:name:id>`."""
    await act(reactions.add, me().id, channel_id, message_id, emoji)
    return SUCCESS


@routes.delete(
    "/channels/<channel_id>/messages/<message_id>/reactions/<path:emoji>",
    bucket="react",
    errors=(*READING, "400 Invalid emoji"),
)
async def remove(channel_id: int, message_id: int, emoji: str) -> Success:
    """Take one's own reaction back."""
    await act(reactions.remove, me().id, channel_id, message_id, emoji)
    return SUCCESS


@routes.delete(
    "/channels/<channel_id>/messages/<message_id>/reactions",
    errors=(*READING, "403 Not authorized to clear reactions"),
)
async def clear(channel_id: int, message_id: int) -> Success:
    """Take everybody's reactions off a message; needs `messages.manage`."""
    await act(reactions.clear, me().id, channel_id, message_id)
    return SUCCESS
