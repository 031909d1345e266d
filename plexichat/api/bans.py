"""Bans of a server (contract group servers)."""

from typing import Annotated

from msgspec import Meta, Struct

from plexichat.api import shapes_servers as shapes
from plexichat.api.servers import MEMBER
from plexichat.api.shapes import SUCCESS, Success
from plexichat.api.shapes_servers import Ban
from plexichat.core import bans
from plexichat.core.bans import PAGE_LIMIT
from plexichat.web.bodies import snowflake
from plexichat.web.requests import act, me, see
from plexichat.web.routes import Routes

routes = Routes("Bans")

PERMITTED = (*MEMBER, "403 Permission denied")


class Listing(Struct):
    limit: Annotated[int, Meta(ge=1, le=PAGE_LIMIT)] = PAGE_LIMIT
    after: str = "0"


class NewBan(Struct):
    reason: str | None = None
    delete_message_days: int | None = None


@routes.get("/servers/<server_id>/bans", errors=(*PERMITTED, "400 Invalid user ID"))
async def listed(server_id: int, query: Listing) -> list[Ban]:
    """Who may not belong to a server, in the order of their ids, from the one after `after`."""
    after = snowflake(query.after, "user")
    found = await see(bans.page, me().id, server_id, after, query.limit)
    return [shapes.ban(each) for each in found]


@routes.put(
    "/servers/<server_id>/bans/<user_id>",
    errors=(
        *PERMITTED, "400 Invalid user ID", "400 Invalid input: reason or delete_message_days",
        "404 Server or user not found", "409 Already exists",
    ),
)  # fmt: skip
async def put(server_id: int, user_id: int, body: NewBan) -> Success:
    """Send somebody away for good, or keep somebody out who never was a member.

    What they said in the last `delete_message_days` (0 to 7) is deleted soon after.
    """
    await act(bans.put, me().id, server_id, user_id, body.reason, body.delete_message_days or 0)
    return SUCCESS


@routes.delete(
    "/servers/<server_id>/bans/<user_id>",
    errors=(*PERMITTED, "400 Invalid user ID", "404 Ban not found"),
)
async def lift(server_id: int, user_id: int) -> Success:
    """Let somebody come back who was banned."""
    await act(bans.lift, me().id, server_id, user_id)
    return SUCCESS
