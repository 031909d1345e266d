"""Roles and who wears them (contract 06)."""

from typing import Annotated

from msgspec import Meta, Struct

from plexichat.core import roles
from plexichat.core.errors import Invalid
from plexichat.core.roles import Wanted
from plexichat.store.rules import Role
from plexichat.web.requests import act, me, see
from plexichat.web.routes import Routes
from plexichat.wryft import bits
from plexichat.wryft.dialect import already, answered, read_id, uuid

routes = Routes("Roles")

COLOUR = "#99aab5"

Bits = Annotated[int, Meta(ge=0, le=bits.ALL)]
Position = Annotated[int, Meta(ge=0)]


class RoleShape(Struct):
    id: str
    guild_id: str
    name: str
    color: str
    position: int
    permissions: int
    mentionable: bool
    hoist: bool


class NewRole(Struct):
    name: str | None = None
    color: str = COLOUR
    permissions: Bits = bits.DEFAULT
    mentionable: bool = True
    hoist: bool = False


class RoleChanges(Struct):
    name: str | None = None
    color: str | None = None
    position: Position | None = None
    permissions: Bits | None = None
    mentionable: bool | None = None
    hoist: bool | None = None


class Wearer(Struct):
    user_id: str | None = None


@routes.get("/guilds/<guild_id>/roles")
async def list_roles(guild_id: int) -> list[RoleShape]:
    """A guild's roles, the highest first."""
    return [_shape(role) for role in await see(roles.all, me().id, guild_id)]


@routes.post("/guilds/<guild_id>/roles")
async def create(guild_id: int, body: NewRole) -> RoleShape:
    """Add a role above all others that stand below one's own."""
    if body.name is None:
        raise Invalid("invalid_name", "Invalid input: name")
    wanted = Wanted(
        body.name, body.color, bits.read(body.permissions), body.hoist, body.mentionable,
        roles.ROLES_PER_SERVER,
    )  # fmt: skip
    return _shape(await act(roles.create, me().id, guild_id, wanted))


@routes.patch("/guilds/<guild_id>/roles/<role_id>")
async def update(guild_id: int, role_id: int, body: RoleChanges) -> RoleShape:
    """Change a role below one's own highest, or move it."""
    switched = None if body.permissions is None else bits.read(body.permissions)
    wanted = Wanted(
        body.name, body.color, None, body.hoist, body.mentionable, body.position, switched
    )
    return _shape(await act(roles.update, me().id, guild_id, role_id, wanted))


@routes.delete("/guilds/<guild_id>/roles/<role_id>", status=204)
async def delete(guild_id: int, role_id: int) -> None:
    """Remove a role below one's own highest."""
    with already("role_not_found"), answered("default_role", 400):
        await act(roles.delete, me().id, guild_id, role_id)


@routes.post("/guilds/<guild_id>/roles/<role_id>/members")
async def give(guild_id: int, role_id: int, body: Wearer) -> None:
    """Let a member wear a role."""
    member_id = read_id(body.user_id or "", "user")
    await act(roles.give, me().id, guild_id, member_id, role_id)


@routes.delete("/guilds/<guild_id>/roles/<role_id>/members/<user_id>", status=204)
async def take(guild_id: int, role_id: int, user_id: int) -> None:
    """Take a role from a member."""
    with answered("default_role", 400):
        await act(roles.take, me().id, guild_id, user_id, role_id)


@routes.get("/guilds/<guild_id>/members/<user_id>/roles")
async def worn(guild_id: int, user_id: int) -> list[RoleShape]:
    """The roles that a member was given, so without @everyone."""
    return [_shape(role) for role in await see(roles.worn, me().id, guild_id, user_id)]


def _shape(role: Role) -> RoleShape:
    return RoleShape(
        uuid(role.id), uuid(role.server_id), role.name, role.color or COLOUR, role.position,
        bits.written(role.permissions), role.mentionable, role.hoist,
    )  # fmt: skip
