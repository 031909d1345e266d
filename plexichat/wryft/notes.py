"""What somebody writes to themself (contract 12): the messages of a channel of their own."""

from typing import ClassVar

from msgspec import Struct

from plexichat.core import channels, messages
from plexichat.core.errors import NotFound
from plexichat.store.channels import Channel
from plexichat.web.requests import act, house, me, see
from plexichat.web.routes import Routes
from plexichat.wryft import shapes
from plexichat.wryft.messages import Edit, Given, NewMessage, Query, change, drafted, page
from plexichat.wryft.selves import refuse_other
from plexichat.wryft.shapes import Message

routes = Routes("Notes")


class NewNote(Struct):
    phrases: ClassVar = {"text": "Invalid input: text"}
    text: str
    user_id: str | None = None
    attachments: list[Given] | None = None


class NewText(Struct):
    phrases: ClassVar = {"text": "Invalid input: text"}
    text: str


class Deleted(Struct):
    success: bool = True


@routes.get("/notes/<user_id>")
async def read(user_id: int) -> list[Message]:
    """One's newest notes, the oldest of them first."""
    refuse_other(user_id)
    found = await see(channels.notes, me().id)
    if found is None:
        return []
    history = await page(found, Query(limit=messages.PAGE_LIMIT))
    return [shapes.message(found, view) for view in history.messages[::-1]]


@routes.post("/notes")
async def write(body: NewNote) -> Message:
    """Write something down."""
    here, found = house(), await act(channels.open_notes, me().id)
    draft = drafted(NewMessage(text=body.text, attachments=body.attachments))
    rules = here.config.messages
    sent = await act(messages.send, me().id, found.id, draft, rules, here.online(found.id))
    return shapes.message(found, sent)


@routes.put("/notes/<note_id>")
async def edit(note_id: int, body: NewText) -> Message:
    """Write something else there."""
    found = await _mine()
    await change(found.id, note_id, Edit(text=body.text))
    online = house().online(found.id)
    return shapes.message(found, await see(messages.get, me().id, found.id, note_id, online))


@routes.delete("/notes/<note_id>")
async def delete(note_id: int) -> Deleted:
    """Forget something."""
    await act(messages.delete, me().id, (await _mine()).id, note_id)
    return Deleted()


async def _mine() -> Channel:
    found = await see(channels.notes, me().id)
    if found is None:
        raise NotFound("message_not_found", "Message not found")
    return found
