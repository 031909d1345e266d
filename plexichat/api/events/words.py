"""How the gateway words what core tells, and which intent asks for it (contract 16, section 6).

`word` is taught by the modules beside this one.
"""

from functools import singledispatch
from typing import NamedTuple

from msgspec.structs import astuple

from plexichat.api.intents import ALWAYS, Intent
from plexichat.api.shapes import Shapes, optional
from plexichat.api.shapes_events import MessageTold, Place
from plexichat.core.events import Audience, Readers
from plexichat.core.views import MessageView


class Worded(NamedTuple):
    name: str
    d: object
    intent: Intent = ALWAYS


def server_of(audience: Audience) -> int | None:
    """The server in one of whose channels something happened; None for personal ones."""
    return audience.server_id if isinstance(audience, Readers) else None


def place(channel_id: int, server_id: int | None) -> Place:
    """The ids that everything carries which happens in a channel."""
    server = optional(server_id)
    return Place(channel_id=str(channel_id), server_id=server, guild_id=server)


def of_messages(audience: Audience) -> Intent:
    return Intent.DIRECT_MESSAGES if server_of(audience) is None else Intent.GUILD_MESSAGES


def of_reactions(audience: Audience) -> Intent:
    if server_of(audience) is None:
        return Intent.DIRECT_MESSAGE_REACTIONS
    return Intent.GUILD_MESSAGE_REACTIONS


def message_told(view: MessageView, audience: Audience, shapes: Shapes) -> MessageTold:
    server = optional(server_of(audience))
    return MessageTold(*astuple(shapes.message(view)), server_id=server, guild_id=server)


@singledispatch
def word(event: object, shapes: Shapes) -> Worded | None:
    """The event as a dispatch; None for what is told to nobody outside."""
    raise TypeError(f"no words for {type(event).__name__}")
