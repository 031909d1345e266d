"""Guilds: beginning, finding, changing and leaving them, and who is in them (contract 05)."""

from typing import Final

from msgspec import UNSET, Struct, UnsetType

from plexichat.core import members, servers
from plexichat.core.errors import Invalid
from plexichat.core.layout import Planned
from plexichat.core.pictures import Given
from plexichat.core.servers import Changes
from plexichat.web.requests import act, house, me, see
from plexichat.web.routes import Routes
from plexichat.wryft import shapes_guilds as shapes
from plexichat.wryft.dialect import already, given
from plexichat.wryft.shapes_guilds import Guild, Member, PublicGuild

routes = Routes("Guilds")

WRITTEN: Final = (Planned("text", "general"),)
SPOKEN: Final = (Planned("voice", "General"), Planned("voice", "Lounge", 1))
PLAN: Final = (
    Planned("category", "Text Channels", 0, WRITTEN),
    Planned("category", "Voice Channels", 1, SPOKEN),
)


class NewGuild(Struct):
    name: str | None = None
    icon: str | None = None
    is_public: bool = False


class GuildChanges(Struct):
    name: str | None = None
    icon: str | None = None
    banner: str | None = None


class Settings(Struct):
    is_public: bool | None = None
    description: str | None = None
    icon_url: str | None = None
    banner_url: str | None = None


@routes.get("/guilds")
async def mine() -> list[Guild]:
    """One's guilds, the newest first."""
    found = await see(servers.mine, me().id)
    return [shapes.guild(each) for each in sorted(found, key=lambda each: -each.id)]


@routes.post("/guilds")
async def create(body: NewGuild) -> Guild:
    """Begin a guild of one's own, with channels to write and to talk in."""
    made = await act(
        servers.create, me().id, _name(body.name), None, PLAN, is_public=body.is_public,
        icon=None if not body.icon else given(body.icon, "icon"),
    )  # fmt: skip
    return shapes.guild(made)


@routes.get("/guilds/public", public=True)
async def public() -> list[PublicGuild]:
    """The largest of the guilds that anybody may find."""
    return [shapes.public_guild(each) for each in await see(servers.public)]


@routes.patch("/guilds/<guild_id>")
async def change(guild_id: int, body: GuildChanges) -> Guild:
    """Call a guild something else, or give it other pictures; for who manages it."""
    nameless = body.name is None and (body.icon is not None or body.banner is not None)
    wanted = Changes(
        name=None if nameless else _name(body.name),
        icon=_picture(body.icon, "icon"),
        banner=_picture(body.banner, "banner"),
    )
    return shapes.guild(await act(servers.change, me().id, guild_id, wanted))


@routes.patch("/guilds/<guild_id>/settings")
async def settle(guild_id: int, body: Settings) -> None:
    """Change what a guild shows of itself; an empty text takes it away."""
    wanted = Changes(
        description=body.description,
        is_public=body.is_public,
        icon=_picture(body.icon_url, "icon_url"),
        banner=_picture(body.banner_url, "banner_url"),
    )
    await act(servers.change, me().id, guild_id, wanted)


@routes.delete("/guilds/<guild_id>", status=204)
async def end(guild_id: int) -> None:
    """End a guild for everybody; only its owner can."""
    await act(servers.end, me().id, guild_id)


@routes.get("/guilds/<guild_id>/members")
async def list_members(guild_id: int) -> list[Member]:
    """Everybody in a guild, by name."""
    everybody = await see(members.page, me().id, guild_id, 0, servers.MEMBERS_PER_SERVER)
    return shapes.members(everybody, house().presence)


@routes.post("/guilds/<guild_id>/leave", status=204)
async def leave(guild_id: int) -> None:
    """Belong to a guild no more; its owner cannot."""
    with already("access_denied"):
        await act(servers.leave, me().id, guild_id)


def _name(name: str | None) -> str:
    if name is None:
        raise Invalid("invalid_name", "Invalid input: name")
    return name.strip()


def _picture(url: str | None, field: str) -> Given | UnsetType | None:
    """A picture that was uploaded, none for an empty address, or nothing said."""
    if not url:
        return UNSET if url is None else None
    return given(url, field)
