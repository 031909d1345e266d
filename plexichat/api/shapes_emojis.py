"""Objects of the wire about custom emoji."""

from collections.abc import Iterable

from msgspec import Struct

from plexichat.api.shapes import Id, Seconds, Shapes, created
from plexichat.store import emojis


class Emoji(Struct):
    """A server's own emoji; anybody may see its picture."""

    id: Id
    server_id: Id
    name: str
    animated: bool
    url: str
    created_by: Id
    uploader_username: str | None
    created_at: Seconds
    available: bool = True


class EmojisTold(Struct):
    guild_id: Id
    server_id: Id
    emojis: list[Emoji]


def emoji(shapes: Shapes, found: emojis.Emoji) -> Emoji:
    return Emoji(
        str(found.id), str(found.server_id), found.name, found.animated,
        shapes.emoji(found.file) or "", str(found.created_by), found.creator, created(found.id),
    )  # fmt: skip


def told(shapes: Shapes, server_id: int, found: Iterable[emojis.Emoji]) -> EmojisTold:
    return EmojisTold(str(server_id), str(server_id), [emoji(shapes, each) for each in found])
