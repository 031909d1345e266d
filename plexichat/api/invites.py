"""Invites to servers (contract group channels)."""

from typing import Annotated

from msgspec import Meta, Struct

from plexichat.api import shapes_invites as shapes
from plexichat.api.shapes import SUCCESS, Success
from plexichat.api.shapes_invites import Invite, InviteShown, Joined
from plexichat.core import invites
from plexichat.core.invites import LONGEST_SECONDS, MOST_USES, Wanted
from plexichat.web.requests import act, me, see
from plexichat.web.routes import Routes

routes = Routes("Invites")

DAY = 86_400


class NewInvite(Struct):
    max_age: Annotated[int, Meta(ge=0, le=LONGEST_SECONDS)] | None = None
    max_uses: Annotated[int, Meta(ge=0, le=MOST_USES)] | None = None
    temporary: bool | None = None


@routes.post(
    "/channels/<channel_id>/invites",
    errors=(
        "400 Invalid channel ID", "400 Invalid input", "400 Invite limit", "403 Access denied",
        "403 Channel access denied", "403 Permission denied", "404 Channel not found",
    ),
)  # fmt: skip
async def create(channel_id: int, body: NewInvite) -> Invite:
    """Make a code for a channel's server; needs `invites.create` in the channel.

    It lives a day unless `max_age` (seconds) says otherwise. Who comes in by a temporary one goes
    with their last connection, unless they were given a role.
    """
    age = DAY if body.max_age is None else body.max_age
    wanted = Wanted(age, body.max_uses or 0, bool(body.temporary))
    return shapes.invite(await act(invites.create, me().id, channel_id, wanted))


@routes.get("/channels/invites/<invite_code>", public=True, errors=("404 Invite not found",))
async def show(invite_code: str) -> InviteShown:
    """Where a code leads."""
    return shapes.shown(await see(invites.show, invite_code))


@routes.post(
    "/channels/invites/<invite_code>",
    errors=(
        "400 Member limit", "400 Server limit", "403 You are banned from this server",
        "404 Invite not found",
        "409 Already a member of this server",
    ),
)  # fmt: skip
async def redeem(invite_code: str) -> Joined:
    """Join the server that a code leads to."""
    return Joined(True, str(await act(invites.redeem, me().id, invite_code)))


@routes.delete(
    "/channels/invites/<invite_code>", errors=("403 Permission denied", "404 Invite not found")
)
async def delete(invite_code: str) -> Success:
    """Let a code lead nowhere; for who made it, and with `invites.manage` or `server.manage`."""
    await act(invites.delete, me().id, invite_code)
    return SUCCESS


@routes.get(
    "/servers/<server_id>/invites",
    errors=(
        "400 Invalid server ID", "403 Access denied", "403 Permission denied",
        "404 Server not found",
    ),
)  # fmt: skip
async def list_invites(server_id: int) -> list[Invite]:
    """A server's invites, the newest first; needs `invites.manage` or `server.manage`."""
    return [shapes.invite(each) for each in await see(invites.of_server, me().id, server_id)]
