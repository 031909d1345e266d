"""Messages of channels (contract 07)."""

from typing import Annotated

from msgspec import Meta, Struct

from plexichat.core import messages, receipts
from plexichat.core.errors import Invalid, NotFound
from plexichat.core.messages import Draft, History, Page
from plexichat.store.channels import Channel
from plexichat.web.requests import Reply, act, house, me, see
from plexichat.web.routes import Routes
from plexichat.wryft import places, shapes
from plexichat.wryft.dialect import file_digits, read_id
from plexichat.wryft.shapes import Message

routes = Routes("Messages")


class Given(Struct):
    file_url: str


class NewMessage(Struct):
    text: str | None = None
    content: str | None = None
    attachments: list[Given] | None = None
    reply_to_id: str | None = None


class Edit(Struct):
    text: str | None = None
    content: str | None = None


class Query(Struct):
    limit: Annotated[int, Meta(ge=1, le=messages.PAGE_LIMIT)] = messages.PAGE
    before: str | None = None


@routes.get("/messages/<channel>")
async def history(channel: str, query: Query) -> list[Message]:
    """The newest messages of a channel, the oldest of them first."""
    found = await see(places.find, me().id, channel)
    if found is None:
        return []
    house().sockets.visits.note(me().id, found)
    return [shapes.message(found, view) for view in (await page(found, query)).messages[::-1]]


@routes.post("/messages/<channel>")
async def send(channel: str, body: NewMessage) -> Message:
    """Say something in a channel."""
    found = await at(channel)
    house().sockets.visits.note(me().id, found)
    draft = drafted(body)
    here = house()
    rules = here.config.messages
    sent = await act(messages.send, me().id, found.id, draft, rules, here.online(found.id))
    return shapes.message(found, sent)


@routes.patch("/messages/<channel>/<message_id>")
async def edit(channel: str, message_id: int, body: Edit) -> Reply:
    """Say one's own message differently."""
    await change((await at(channel)).id, message_id, body)
    return Reply()


@routes.delete("/messages/<channel>/<message_id>")
async def delete(channel: str, message_id: int) -> Reply:
    """Delete a message of one's own, or anybody's where one manages them."""
    await act(messages.delete, me().id, (await at(channel)).id, message_id)
    return Reply()


async def at(place: str) -> Channel:
    """The channel of a key; refused where there is none."""
    found = await see(places.find, me().id, place)
    if found is None:
        raise NotFound("channel_not_found", "Channel not found")
    return found


async def page(channel: Channel, query: Query) -> History:
    """What somebody reads of a channel, and thereby receives."""
    here = house()
    before = None if query.before is None else read_id(query.before, "message")
    wanted = Page(query.limit, before)
    found = await see(messages.page, me().id, channel.id, wanted, here.online(channel.id))
    if found.news is not None:
        here.upkeep.soon(receipts.deliver, me().id, channel.id, found.news)
    return found


def drafted(body: NewMessage) -> Draft:
    """What somebody wants to say; the client may call it `text` or `content`."""
    reply_to = None if body.reply_to_id is None else read_id(body.reply_to_id, "message")
    text = body.content if body.text is None else body.text
    return Draft(text, reply_to, tuple(_file(each.file_url) for each in body.attachments or ()))


async def change(channel_id: int, message_id: int, body: Edit) -> None:
    here = house()
    text = body.content if body.text is None else body.text
    rules, online = here.config.messages, here.online(channel_id)
    await act(messages.edit, me().id, channel_id, message_id, text, rules, online)


def _file(url: str) -> str:
    """The random digits of the name of an upload."""
    found = file_digits(url)
    if found is None:
        raise Invalid("invalid_attachment", "Invalid content: attachment is no upload of yours")
    return found
