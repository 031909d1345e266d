"""Direct messages (contract 08)."""

from collections.abc import Iterator
from contextlib import contextmanager

from plexichat.core import channels, messages
from plexichat.core.errors import NotFound
from plexichat.store.channels import Channel
from plexichat.web.requests import Reply, act, house, see
from plexichat.web.routes import Routes
from plexichat.wryft import shapes
from plexichat.wryft.dialect import answered
from plexichat.wryft.messages import Edit, NewMessage, Query, change, drafted, page
from plexichat.wryft.selves import refuse_other
from plexichat.wryft.shapes import DirectMessage, Dm

routes = Routes("Direct messages")


@routes.get("/dms/<user_id>")
async def all(user_id: int) -> list[Dm]:
    """One's conversations, the one with the latest activity first."""
    refuse_other(user_id)
    found = await see(channels.conversations, user_id)
    return [shapes.conversation(each, user_id) for each in found]


@routes.get("/dms/<user_id>/<other_user_id>")
async def open(user_id: int, other_user_id: int) -> Dm:
    """The conversation with somebody, begun at the first call."""
    refuse_other(user_id)
    return shapes.conversation(await act(channels.open_dm, user_id, other_user_id), user_id)


@routes.get("/dms/<user_id>/<dm_id>/messages")
async def history(user_id: int, dm_id: int, query: Query) -> list[DirectMessage]:
    """The newest messages of a conversation, the oldest of them first."""
    found = await page(await _dm(user_id, dm_id), query)
    return [shapes.direct_message(view) for view in found.messages[::-1]]


@routes.post("/dms/<user_id>/<dm_id>/messages")
async def send(user_id: int, dm_id: int, body: NewMessage) -> DirectMessage:
    """Say something to somebody."""
    channel, here = await _dm(user_id, dm_id), house()
    rules, online = here.config.messages, here.online(channel.id)
    return shapes.direct_message(
        await act(messages.send, user_id, channel.id, drafted(body), rules, online)
    )


@routes.patch("/dms/<user_id>/<dm_id>/messages/<message_id>")
async def edit(user_id: int, dm_id: int, message_id: int, body: Edit) -> Reply:
    """Say one's own message differently."""
    channel = await _dm(user_id, dm_id)
    with _alone():
        await change(channel.id, message_id, body)
    return Reply()


@routes.delete("/dms/<user_id>/<dm_id>/messages/<message_id>")
async def delete(user_id: int, dm_id: int, message_id: int) -> Reply:
    """Delete a message of one's own."""
    channel = await _dm(user_id, dm_id)
    with _alone():
        await act(messages.delete, user_id, channel.id, message_id)
    return Reply()


@contextmanager
def _alone() -> Iterator[None]:
    """There is no message of the other's for who changes messages."""
    with (
        answered("not_author", 404, "Message not found"),
        answered("permission_denied", 404, "Message not found"),
    ):
        yield


async def _dm(user_id: int, dm_id: int) -> Channel:
    refuse_other(user_id)
    channel = await see(channels.get, user_id, dm_id)
    if channel.server_id is not None:
        raise NotFound("channel_not_found", "Channel not found")
    return channel
