"""Roles, who wears them, and overrides in a channel (contract groups servers and channels)."""

from typing import Annotated

from msgspec import Meta, Struct

from plexichat.api import shapes_servers as shapes
from plexichat.api.shapes import SUCCESS, Id, Success
from plexichat.api.shapes_servers import Permissions, Role
from plexichat.core import permissions, roles
from plexichat.core.errors import Invalid
from plexichat.core.roles import Wanted
from plexichat.store.rules import Override
from plexichat.web.requests import act, me, see
from plexichat.web.routes import Routes

routes = Routes("Roles")

SERVER = ("400 Invalid server ID", "404 Server not found", "403 Access denied")
MANAGED = (*SERVER, "403 Permission denied")
ROLE = (*MANAGED, "400 Invalid role ID", "404 Role not found")
WORN = (*MANAGED, "400 Invalid member ID", "400 Invalid role ID", "404 Member or role not found")
CHANNEL = (
    "400 Invalid channel ID", "403 Access denied", "403 Channel access denied",
    "403 Permission denied", "404 Channel not found",
)  # fmt: skip
TARGET = (
    *CHANNEL, "400 Invalid input", "400 Invalid target ID", "404 Role not found",
    "404 Member not found", "404 Not found",
)  # fmt: skip


class RoleFields(Struct):
    name: str | None = None
    color: str | None = None
    permissions: Permissions | None = None
    hoist: bool | None = None
    mentionable: bool | None = None


class RoleChanges(RoleFields):
    position: Annotated[int, Meta(ge=0)] | None = None


class Overriding(Struct):
    allow: Permissions | None = None
    deny: Permissions | None = None


class OverrideShape(Struct):
    """What a role or member is allowed or denied in a channel, whatever they may elsewhere."""

    target_type: str
    target_id: Id
    allow: Permissions
    deny: Permissions


@routes.get("/servers/<server_id>/roles", errors=SERVER)
async def list_roles(server_id: int) -> list[Role]:
    """A server's roles, the highest first."""
    return [shapes.role(role) for role in await see(roles.all, me().id, server_id)]


@routes.post("/servers/<server_id>/roles", errors=(*MANAGED, "400 Invalid input"))
async def create(server_id: int, body: RoleFields) -> Role:
    """Add a role just above @everyone."""
    wanted = Wanted(body.name, body.color, body.permissions, body.hoist, body.mentionable)
    return shapes.role(await act(roles.create, me().id, server_id, wanted))


@routes.patch("/servers/<server_id>/roles/<role_id>", errors=(*ROLE, "400 Invalid input"))
async def update(server_id: int, role_id: int, body: RoleChanges) -> Role:
    """Change a role below one's own highest, or move it.

    `permissions` are all that it gives from now on; but if one of them is `false`, those that are
    not named stay as they are.
    """
    given = body.permissions or {}
    some = given if False in given.values() else None
    wanted = Wanted(
        body.name, body.color, body.permissions if some is None else None, body.hoist,
        body.mentionable, body.position, some,
    )  # fmt: skip
    return shapes.role(await act(roles.update, me().id, server_id, role_id, wanted))


@routes.delete("/servers/<server_id>/roles/<role_id>", errors=ROLE)
async def delete(server_id: int, role_id: int) -> Success:
    """Remove a role below one's own highest."""
    await act(roles.delete, me().id, server_id, role_id)
    return SUCCESS


@routes.put("/servers/<server_id>/members/<member_id>/roles/<role_id>", errors=WORN)
async def give(server_id: int, member_id: int, role_id: int) -> Success:
    """Let a member wear a role."""
    await act(roles.give, me().id, server_id, member_id, role_id)
    return SUCCESS


@routes.delete("/servers/<server_id>/members/<member_id>/roles/<role_id>", errors=WORN)
async def take(server_id: int, member_id: int, role_id: int) -> Success:
    """Take a role from a member."""
    await act(roles.take, me().id, server_id, member_id, role_id)
    return SUCCESS


@routes.get("/channels/<channel_id>/permissions", errors=CHANNEL)
async def list_overrides(channel_id: int) -> list[OverrideShape]:
    """What roles and members may do otherwise in a channel."""
    return [_shape(override) for override in await see(roles.overrides, me().id, channel_id)]


@routes.put("/channels/<channel_id>/permissions/<kind>/<target_id>", errors=TARGET)
async def put_override(
    channel_id: int, kind: str, target_id: int, body: Overriding
) -> OverrideShape:
    """Let a role or a member do more or less in a channel than elsewhere."""
    set_to = await act(
        roles.put_override, me().id, channel_id, _kind(kind), target_id,
        body.allow or {}, body.deny or {},
    )  # fmt: skip
    return _shape(set_to)


@routes.delete(
    "/channels/<channel_id>/permissions/<kind>/<target_id>",
    errors=(*TARGET, "404 Override not found"),
)
async def delete_override(channel_id: int, kind: str, target_id: int) -> Success:
    """Let a role or a member do in a channel what they may do elsewhere."""
    await act(roles.delete_override, me().id, channel_id, _kind(kind), target_id)
    return SUCCESS


def _kind(word: str) -> str:
    if word not in ("role", "member"):
        raise Invalid("invalid_target", "Invalid input: role or member")
    return word


def _shape(override: Override) -> OverrideShape:
    return OverrideShape(
        override.kind, str(override.target_id), _set(override.allow), _set(override.deny)
    )


def _set(bits: int) -> dict[str, bool]:
    return {name: True for name, has in permissions.names(bits).items() if has}
