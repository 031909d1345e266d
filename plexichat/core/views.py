"""What core hands out about messages and people, as one person may see it."""

from msgspec import Struct

from plexichat.store.channels import Channel
from plexichat.store.emojis import Emoji
from plexichat.store.members import Member
from plexichat.store.messages import Message
from plexichat.store.reactions import Reaction
from plexichat.store.receipts import Reader
from plexichat.store.rules import Role
from plexichat.store.servers import Server


class MessageView(Struct, frozen=True):
    """A message and what became of it: who received it and who read it.

    `readers` is for its author only and names at most 100; `read` and `status` speak to one
    viewer and stay neutral in events.
    """

    message: Message
    delivery_count: int
    read_count: int
    readers: tuple[Reader, ...] = ()
    read: bool = False
    status: str | None = None
    reactions: tuple[Reaction, ...] = ()


class Presence(Struct, frozen=True):
    """How somebody is seen; `last_seen` in Unix milliseconds."""

    user_id: int
    status: str
    custom_status: str | None
    custom_emoji: str | None
    last_seen: int | None = None


class World(Struct, frozen=True):
    """A server as one member sees it: their channels, all roles, themself, and its emoji."""

    server: Server
    channels: tuple[Channel, ...]
    roles: tuple[Role, ...]
    member: Member
    emojis: tuple[Emoji, ...]
