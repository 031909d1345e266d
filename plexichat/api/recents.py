"""Where one was last (contract 11, section 4)."""

from typing import Annotated

from msgspec import Meta, Struct

from plexichat.api.shapes import Id, Seconds, optional
from plexichat.core import recents
from plexichat.store.recents import Recent
from plexichat.web.bodies import snowflake
from plexichat.web.requests import act, me, see
from plexichat.web.routes import Routes

routes = Routes("Last chat")


class Chat(Struct):
    conversation_id: Id
    last_message_id: Id | None
    scroll_position: int | None
    updated_at: Seconds


class NewChat(Struct):
    conversation_id: str | int
    last_message_id: str | int | None = None
    scroll_position: Annotated[int, Meta(ge=-(1 << 53), le=1 << 53)] | None = None


class LastChat(Struct):
    last_chat: Chat | None


class Put(Struct):
    success: bool
    last_chat: Chat


class RecentChats(Struct):
    recent_chats: list[Chat]


class Query(Struct):
    limit: Annotated[int, Meta(ge=1, le=recents.KEPT)] = 10


@routes.get("/features/users/@me/last-chat")
async def show() -> LastChat:
    """The conversation one was in last."""
    found = await see(recents.mine, me().id, 1)
    return LastChat(_chat(found[0]) if found else None)


@routes.put(
    "/features/users/@me/last-chat",
    errors=(
        "400 Invalid input", "400 Invalid channel ID", "400 Invalid message ID",
        "403 Access denied", "404 Channel not found",
    ),
)  # fmt: skip
async def put(body: NewChat) -> Put:
    """Note where one is, for one's other clients."""
    channel_id = snowflake(body.conversation_id, "channel")
    last = body.last_message_id
    message_id = None if last is None else snowflake(last, "message")
    return Put(
        True, _chat(await act(recents.put, me().id, channel_id, message_id, body.scroll_position))
    )


@routes.get("/features/users/@me/recent-chats", errors=("400 Invalid input",))
async def show_some(query: Query) -> RecentChats:
    """The conversations one was in last, the latest first."""
    return RecentChats([_chat(each) for each in await see(recents.mine, me().id, query.limit)])


def _chat(recent: Recent) -> Chat:
    return Chat(
        str(recent.channel_id), optional(recent.message_id), recent.scroll_position,
        recent.at // 1000,
    )  # fmt: skip
