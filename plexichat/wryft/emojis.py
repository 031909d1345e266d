"""Emoji of guilds, whose pictures were uploaded before (contract 10)."""

from msgspec import Struct

from plexichat import ids
from plexichat.core import emojis
from plexichat.store.emojis import Emoji
from plexichat.web.requests import act, house, me, see
from plexichat.web.routes import Routes
from plexichat.wryft.dialect import already, file_url, given, iso, uuid

routes = Routes("Emoji")


class EmojiShape(Struct):
    id: str
    guild_id: str
    name: str
    image_url: str
    created_by: str
    created_at: str


class NewEmoji(Struct):
    name: str | None = None
    image_url: str | None = None


@routes.get("/guilds/<guild_id>/emoji")
async def list_emoji(guild_id: int) -> list[EmojiShape]:
    """A guild's emoji, by name."""
    found = await see(emojis.all, me().id, guild_id)
    return [_shape(emoji) for emoji in sorted(found, key=lambda emoji: emoji.name)]


@routes.post("/guilds/<guild_id>/emoji")
async def create(guild_id: int, body: NewEmoji) -> EmojiShape:
    """Add an emoji; for who manages them, or the guild."""
    picture = given(body.image_url or "", "image_url")
    at_most = house().config.servers.emojis
    return _shape(await act(emojis.create_from, me().id, guild_id, body.name, picture, at_most))


@routes.delete("/guilds/<guild_id>/emoji/<emoji_id>")
async def delete(guild_id: int, emoji_id: int) -> None:
    """Remove an emoji; messages keep it by name."""
    with already("emoji_not_found"):
        await act(emojis.delete, me().id, guild_id, emoji_id)


def _shape(emoji: Emoji) -> EmojiShape:
    return EmojiShape(
        uuid(emoji.id), uuid(emoji.server_id), emoji.name, file_url(emoji.file),
        uuid(emoji.created_by), iso(ids.unix_ms(emoji.id)),
    )  # fmt: skip
