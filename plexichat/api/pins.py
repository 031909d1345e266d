"""Pinned messages of a channel (contract group messages)."""

from plexichat.api.shapes import SUCCESS, Message, Success
from plexichat.core import pins
from plexichat.web.requests import act, house, me, see
from plexichat.web.routes import Routes

routes = Routes("Pins")


@routes.get(
    "/channels/<channel_id>/pins",
    errors=("400 Invalid channel ID", "403 Access denied", "404 Channel not found"),
)
async def list_pins(channel_id: int) -> list[Message]:
    """The pinned messages of a channel, the one pinned last first."""
    here = house()
    found = await see(pins.of, me().id, channel_id, here.online(channel_id))
    return [here.shapes.message(view) for view in found]


@routes.put(
    "/channels/<channel_id>/pins/<message_id>",
    errors=(
        "400 Invalid channel ID", "400 Invalid message ID", "400 Pin limit reached",
        "403 Access denied",
        "403 Permission denied", "404 Channel not found", "404 Message not found",
    ),
)  # fmt: skip
async def pin(channel_id: int, message_id: int) -> Success:
    """Pin a message."""
    here = house()
    at_most = here.config.messages.max_pins
    await act(pins.pin, me().id, channel_id, message_id, at_most, here.online(channel_id))
    return SUCCESS


@routes.delete(
    "/channels/<channel_id>/pins/<message_id>",
    errors=(
        "400 Invalid channel ID", "400 Invalid message ID", "403 Access denied",
        "403 Permission denied",
        "404 Channel not found", "404 Message not found",
    ),
)  # fmt: skip
async def unpin(channel_id: int, message_id: int) -> Success:
    """Unpin a message."""
    await act(pins.unpin, me().id, channel_id, message_id, house().online(channel_id))
    return SUCCESS
