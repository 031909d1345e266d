"""Invites to guilds (contract 06)."""

from typing import Annotated, Final

from msgspec import UNSET, Meta, Struct, UnsetType

from plexichat.core import invites
from plexichat.core.errors import NotFound
from plexichat.core.invites import MOST_USES, Wanted
from plexichat.web.requests import act, guest, house, me, see
from plexichat.web.routes import Routes
from plexichat.wryft import shapes_guilds as shapes
from plexichat.wryft.dialect import answered, iso, moment, uuid
from plexichat.wryft.shapes_guilds import Guild

routes = Routes("Invites")

CODE_LENGTH: Final = 8


class NewInvite(Struct):
    max_uses: Annotated[int, Meta(ge=0, le=MOST_USES)] | None = None
    expires_at: str | None = None


class Invite(Struct):
    """A code; `max_uses` and `expires_at` are null where there is no end."""

    code: str
    guild_id: str
    url: str
    max_uses: int | None
    uses: int
    expires_at: str | None


class InviteShown(Struct):
    guild_id: str
    guild_name: str
    guild_icon: str
    member_count: int
    is_member: bool
    guild_icon_url: str | UnsetType = UNSET


@routes.post("/guilds/<guild_id>/invites")
async def create(guild_id: int, body: NewInvite) -> Invite:
    """Make a code for a guild; it lives for ever unless something else is said."""
    until = None if body.expires_at is None else moment(body.expires_at, "expires_at")
    wanted = Wanted(max_uses=body.max_uses or 0, until=until, length=CODE_LENGTH)
    made = await act(invites.create_for, me().id, guild_id, wanted)
    return Invite(
        made.code, uuid(guild_id), f"{house().shapes.origin}/{made.code}", made.max_uses or None,
        made.uses, None if made.expires_at is None else iso(made.expires_at),
    )  # fmt: skip


@routes.get("/invites/<code>", public=True)
async def show(code: str) -> InviteShown:
    """Where a code leads, and whether one is at home there."""
    viewer = guest()
    door = await see(invites.show, code, None if viewer is None else viewer.id)
    if door.server is None:
        raise NotFound(*invites.NOT_FOUND)
    found = shapes.guild(door.server)
    return InviteShown(
        found.id, found.name, found.icon, found.member_count, door.is_member, found.icon_url
    )


@routes.post("/invites/<code>/join")
async def join(code: str) -> Guild:
    """Be in the guild that a code leads to."""
    with answered("invite_spent", 410, "Invite used up"):
        return shapes.guild(await act(invites.accept, me().id, code))
