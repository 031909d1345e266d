"""Messages of a channel: sending and reading them back (contract group messages)."""

from typing import Annotated, Any

from msgspec import Meta, Struct

from plexichat.api.shapes import Message
from plexichat.core import messages
from plexichat.core.errors import Invalid
from plexichat.core.messages import Draft, Page
from plexichat.web.bodies import snowflake
from plexichat.web.requests import act, house, me, see
from plexichat.web.routes import Routes

routes = Routes("Messages")


class Given(Struct):
    """An upload of one's own: its id, or the whole object that uploading it answered."""

    id: str | int | None = None
    url: str | None = None


class NewMessage(Struct):
    content: str | None = None
    reply_to_id: str | int | None = None
    attachments: list[Given | str | int] | None = None
    embeds: list[Any] | None = None


class History(Struct):
    limit: Annotated[int, Meta(ge=1, le=messages.PAGE_LIMIT)] = messages.PAGE
    before: str | None = None
    after: str | None = None


@routes.post(
    "/channels/<channel_id>/messages",
    bucket="send_message",
    per="channel_id",
    errors=(
        "400 Invalid channel ID", "400 Empty message", "400 Invalid content",
        "403 Permission denied", "404 Channel not found",
    ),
)  # fmt: skip
async def send(channel_id: int, body: NewMessage) -> Message:
    """Send a message to a channel."""
    if body.embeds:
        raise Invalid("invalid_content", "Invalid content: embeds")
    given = tuple(map(_upload, body.attachments or ()))
    draft = Draft(body.content, _optional(body.reply_to_id), given)
    here = house()
    rules = here.config.messages
    sent = await act(messages.send, me().id, channel_id, draft, rules, here.hub.online())
    return here.shapes.message(sent)


@routes.get(
    "/channels/<channel_id>/messages",
    bucket="list_messages",
    errors=(
        "400 Invalid channel ID", "400 Invalid input", "400 Invalid message ID",
        "403 Access denied", "404 Channel not found",
    ),
)  # fmt: skip
async def history(channel_id: int, query: History) -> list[Message]:
    """A page of messages: the newest first, or after `after` the oldest first."""
    here = house()
    page = Page(query.limit, _optional(query.before), _optional(query.after))
    found = await see(messages.page, me().id, channel_id, page, here.hub.online())
    return [here.shapes.message(view) for view in found]


@routes.get(
    "/channels/<channel_id>/messages/<message_id>",
    errors=(
        "400 Invalid channel ID", "400 Invalid message ID", "403 Access denied",
        "404 Channel not found", "404 Message not found",
    ),
)  # fmt: skip
async def show(channel_id: int, message_id: int) -> Message:
    """One message."""
    here = house()
    view = await see(messages.get, me().id, channel_id, message_id, here.hub.online())
    return here.shapes.message(view)


def _upload(given: Given | str | int) -> int | str:
    """Which upload is meant: the id decides, else the file that the URL ends in."""
    id = given.id if isinstance(given, Given) else given
    if id is not None:
        return snowflake(id, "attachment")
    url = given.url if isinstance(given, Given) else None
    return (url or "").partition("?")[0].rpartition("/")[2]


def _optional(id: str | int | None) -> int | None:
    return None if id is None else snowflake(id, "message")
