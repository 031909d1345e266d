"""Reactions: one row for each person and emoji (contract 07)."""

from msgspec import Struct

from plexichat.core import messages, reactions
from plexichat.core.errors import NotFound
from plexichat.web.requests import Reply, act, me, see
from plexichat.web.routes import Routes
from plexichat.wryft.dialect import between, uuid

routes = Routes("Reactions")


class Row(Struct):
    id: str
    message_id: str
    user_id: str
    emoji: str


class New(Struct):
    emoji: str


@routes.get("/messages/<message_id>/reactions")
@routes.get("/dms/messages/<message_id>/reactions")
async def all(message_id: int) -> list[Row]:
    """Who reacts to a message with what."""
    channel_id = await see(messages.place, message_id)
    found = await see(reactions.everybody, me().id, channel_id, message_id)
    return [_row(message_id, each.id, reactor.user_id, each.emoji) for each, reactor in found]


@routes.post("/messages/<message_id>/reactions")
@routes.post("/dms/messages/<message_id>/reactions")
async def add(message_id: int, body: New) -> Row:
    """React to a message; once more changes nothing."""
    channel_id = await see(messages.place, message_id)
    await act(reactions.add, me().id, channel_id, message_id, body.emoji)
    wanted = reactions.read(body.emoji)
    present = wanted.on(await see(reactions.of, me().id, channel_id, message_id))
    if present is None:  # taken away by somebody in the meantime
        raise NotFound("message_not_found", "Message not found")
    return _row(message_id, present.id, me().id, present.emoji)


@routes.delete("/messages/<message_id>/reactions/<path:emoji>")
@routes.delete("/dms/messages/<message_id>/reactions/<path:emoji>")
async def remove(message_id: int, emoji: str) -> Reply:
    """Take one's own reaction back."""
    channel_id = await see(messages.place, message_id)
    await act(reactions.remove, me().id, channel_id, message_id, emoji)
    return Reply(status=204)


def _row(message_id: int, reaction_id: int, user_id: int, emoji: str) -> Row:
    return Row(between(reaction_id, user_id), uuid(message_id), uuid(user_id), emoji)
