"""Messages of a channel: sending, reading back, finding, editing, deleting (contract messages)."""

from typing import Annotated, Any, ClassVar

from msgspec import Meta, Struct

from plexichat.api.shapes import SUCCESS, Message, Success
from plexichat.core import embeds, messages, receipts, search
from plexichat.core.messages import Draft, Page
from plexichat.web.bodies import snowflake
from plexichat.web.reference import inlined
from plexichat.web.requests import act, house, me, offered, see
from plexichat.web.routes import Routes

routes = Routes("Messages")


EMBEDS = Meta(
    description=f"at most {embeds.PER_MESSAGE}",
    extra_json_schema={"items": inlined(embeds.Embed)},  # which core reads itself
)
Content = Annotated[
    str, Meta(description="4000 characters at most, unless the admin says otherwise")
]


class Given(Struct):
    """An upload of one's own: its id, or the whole object that uploading it answered."""

    id: str | int | None = None
    url: str | None = None


class NewMessage(Struct):
    phrases: ClassVar = {
        "reply_to_id": "Invalid message ID",
        **dict.fromkeys(("content", "attachments", "embeds"), "Invalid content"),
    }
    content: Content | None = None
    reply_to_id: str | int | None = None
    attachments: list[Given | str | int] | None = None
    embeds: Annotated[list[Any], EMBEDS] | None = None


class EditedMessage(Struct):
    phrases: ClassVar = {"content": "Invalid content"}
    content: Content


class Several(Struct):
    message_ids: Annotated[list[str | int], Meta(description="at most 100")]


Limit = Annotated[int, Meta(ge=1, le=messages.PAGE_LIMIT)]


class Query(Struct):
    content: str
    limit: Limit = search.FOUND


class History(Struct):
    limit: Limit = messages.PAGE
    before: str | None = None
    after: str | None = None


@routes.post(
    "/channels/<channel_id>/messages",
    bucket="send_message",
    per="channel_id",
    errors=(
        "400 Invalid channel ID", "400 Empty message", "400 Invalid content",
        "400 Invalid message ID", "400 Invalid attachment ID",
        "403 Access denied", "403 Permission denied", "404 Channel not found",
    ),
)  # fmt: skip
async def send(channel_id: int, body: NewMessage) -> Message:
    """Send a message to a channel."""
    given = tuple(map(_upload, body.attachments or ()))
    draft = Draft(body.content, _optional(body.reply_to_id), given, body.embeds or ())
    here = house()
    rules = here.config.messages
    sent = await act(messages.send, me().id, channel_id, draft, rules, here.online(channel_id))
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
    found = await see(messages.page, me().id, channel_id, page, here.online(channel_id))
    if found.news is not None:
        here.upkeep.soon(receipts.deliver, me().id, channel_id, found.news)
    return [here.shapes.message(view) for view in found.messages]


@routes.get(
    "/channels/<channel_id>/messages/search",
    errors=(
        "400 Invalid channel ID", "400 Invalid input", "403 Access denied",
        "404 Channel not found", "503 Search module not available",
    ),
)  # fmt: skip
async def find(channel_id: int, query: Query) -> list[Message]:
    """The newest messages that hold every word of `content`, the last one perhaps unfinished."""
    offered("search")
    here = house()
    found = await see(
        search.messages, me().id, channel_id, query.content, query.limit, here.online(channel_id)
    )
    return [here.shapes.message(view) for view in found]


@routes.post(
    "/channels/<channel_id>/messages/bulk-delete",
    bucket="change_message",
    errors=(
        "400 Invalid channel ID", "400 Invalid input", "400 Invalid message ID",
        "403 Access denied", "403 Permission denied", "404 Channel not found",
    ),
)  # fmt: skip
async def delete_some(channel_id: int, body: Several) -> Success:
    """Delete up to 100 messages at once; those that do not exist are skipped."""
    message_ids = [snowflake(id, "message") for id in body.message_ids]
    await act(messages.delete_some, me().id, channel_id, message_ids)
    return SUCCESS


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
    view = await see(messages.get, me().id, channel_id, message_id, here.online(channel_id))
    return here.shapes.message(view)


@routes.patch(
    "/channels/<channel_id>/messages/<message_id>",
    bucket="change_message",
    errors=(
        "400 Invalid channel ID", "400 Invalid message ID", "400 Invalid content",
        "403 Not author", "403 Access denied", "403 Permission denied", "404 Channel not found",
        "404 Message not found",
    ),
)  # fmt: skip
async def edit(channel_id: int, message_id: int, body: EditedMessage) -> Message:
    """Edit a message. Only its author can."""
    here = house()
    edited = await act(
        messages.edit, me().id, channel_id, message_id, body.content,
        here.config.messages, here.online(channel_id),
    )  # fmt: skip
    return here.shapes.message(edited)


@routes.delete(
    "/channels/<channel_id>/messages/<message_id>",
    bucket="change_message",
    errors=(
        "400 Invalid channel ID", "400 Invalid message ID", "403 Access denied",
        "403 Permission denied",
        "404 Channel not found", "404 Message not found",
    ),
)  # fmt: skip
async def delete(channel_id: int, message_id: int) -> Success:
    """Delete a message of one's own."""
    await act(messages.delete, me().id, channel_id, message_id)
    return SUCCESS


def _upload(given: Given | str | int) -> int | str:
    """Which upload is meant: the id decides, else the file that the URL ends in."""
    id = given.id if isinstance(given, Given) else given
    if id is not None:
        return snowflake(id, "attachment")
    url = given.url if isinstance(given, Given) else None
    return (url or "").partition("?")[0].rpartition("/")[2]


def _optional(id: str | int | None) -> int | None:
    return None if id is None else snowflake(id, "message")
