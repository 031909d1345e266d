"""What a role or a member may do otherwise in a channel, as three booleans (contract 05).

For a role or a member true allows and false denies. For everybody what is usual says nothing, to
view and to send and not to manage: the client makes that entry by itself when somebody looks. An
entry is known in its channel by the id of whom it is about.
"""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from plexichat.core import permissions, roles
from plexichat.core.errors import Invalid
from plexichat.core.server_channels import Place
from plexichat.store.rules import Override
from plexichat.web.requests import act, me, see
from plexichat.web.routes import Routes
from plexichat.wryft.dialect import already, read_id, uuid

routes = Routes("Channel permissions")

NAMES: Final = {
    "allow_view": ("channels.view", "messages.read"),
    "allow_send_messages": ("messages.send",),
    "allow_manage_messages": ("messages.manage",),
}
BITS: Final = {field: permissions.bits(*names) for field, names in NAMES.items()}
USUAL: Final = {"allow_view": True, "allow_send_messages": True, "allow_manage_messages": False}


class OverrideShape(Struct):
    id: str
    channel_id: str
    role_id: str | None
    user_id: str | None
    allow_view: bool
    allow_send_messages: bool
    allow_manage_messages: bool


class Changes(Struct):
    allow_view: bool | None = None
    allow_send_messages: bool | None = None
    allow_manage_messages: bool | None = None


class NewOverride(Changes):
    role_id: str | None = None
    user_id: str | None = None


@routes.get("/guilds/<guild_id>/channels/<channel_id>/permissions")
async def list_overrides(guild_id: int, channel_id: int) -> list[OverrideShape]:
    """Who may do what otherwise in a channel."""
    found = await see(roles.overrides, me().id, channel_id, Place(guild_id))
    return [_shape(channel_id, each) for each in found]


@routes.post("/guilds/<guild_id>/channels/<channel_id>/permissions")
async def put(guild_id: int, channel_id: int, body: NewOverride) -> OverrideShape:
    """Say what a role or a member may do in a channel, whatever was said before."""
    if (body.role_id is None) == (body.user_id is None):
        raise Invalid("invalid_target", "Invalid input: role_id or user_id")
    for name in NAMES:
        if getattr(body, name) is None:
            raise Invalid("invalid_input", f"Invalid input: {name}")
    if body.role_id is not None:
        kind, target_id = "role", read_id(body.role_id, "role")
    else:
        kind, target_id = "member", read_id(body.user_id or "", "user")
    switched = _switched(body, everybody=target_id == guild_id)
    allow = {name: is_on is True for name, is_on in switched.items()}
    deny = {name: is_on is False for name, is_on in switched.items()}
    made = await act(
        roles.put_override, me().id, channel_id, kind, target_id, allow, deny, Place(guild_id)
    )
    return _shape(channel_id, made)


@routes.patch("/guilds/<guild_id>/channels/<channel_id>/permissions/<permission_id>")
async def change(
    guild_id: int, channel_id: int, permission_id: int, body: Changes
) -> OverrideShape:
    """Say some of that differently."""
    switched = _switched(body, everybody=permission_id == guild_id)
    after = await act(
        roles.change_override, me().id, channel_id, permission_id, switched, Place(guild_id)
    )
    return _shape(channel_id, after)


@routes.delete(
    "/guilds/<guild_id>/channels/<channel_id>/permissions/<permission_id>", status=204
)
async def delete(guild_id: int, channel_id: int, permission_id: int) -> None:
    """Let a role or a member do in a channel what they may do elsewhere."""
    with already("override_not_found"):
        await act(
            roles.delete_override, me().id, channel_id, None, permission_id, Place(guild_id)
        )


def _switched(body: Changes, *, everybody: bool) -> Mapping[str, bool | None]:
    """What the booleans that are given say of permissions."""
    switched: dict[str, bool | None] = {}
    for field, names in NAMES.items():
        is_on: bool | None = getattr(body, field)
        if is_on is not None:
            says_nothing = everybody and is_on is USUAL[field]
            switched |= dict.fromkeys(names, None if says_nothing else is_on)
    return switched


def _shape(channel_id: int, override: Override) -> OverrideShape:
    target = uuid(override.target_id)
    role_id, user_id = (target, None) if override.kind == "role" else (None, target)
    allowed = (
        not override.deny & bits if USUAL[field] else bool(override.allow & bits)
        for field, bits in BITS.items()
    )  # fmt: skip
    return OverrideShape(target, uuid(channel_id), role_id, user_id, *allowed)
