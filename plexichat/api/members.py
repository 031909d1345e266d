"""Members of a server: finding, naming, silencing and dismissing them (contract group servers)."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from plexichat.api import shapes_servers as shapes
from plexichat.api.servers import MEMBER
from plexichat.api.shapes import SUCCESS, Success
from plexichat.api.shapes_servers import Member
from plexichat.core import members
from plexichat.core.members import PAGE, PAGE_LIMIT, Changes
from plexichat.web.bodies import moment, snowflake
from plexichat.web.requests import act, house, me, see
from plexichat.web.routes import Routes

routes = Routes("Members")

PERMITTED = (*MEMBER, "400 Invalid member ID", "403 Permission denied", "404 Member not found")


class Listing(Struct):
    limit: Annotated[int, Meta(ge=1, le=PAGE_LIMIT)] = PAGE
    after: str = "0"


class MemberChanges(Struct):
    nickname: str | UnsetType | None = UNSET
    timeout_until: int | UnsetType | None = UNSET
    timeout_reason: str | UnsetType | None = UNSET


@routes.get("/servers/<server_id>/members", errors=(*MEMBER, "400 Invalid user ID"))
async def listed(server_id: int, query: Listing) -> list[Member]:
    """Members in the order of their ids, from the one that follows `after`."""
    after = snowflake(query.after, "user")
    found = await see(members.page, me().id, server_id, after, query.limit)
    return shapes.roster(house().shapes, found, house().presence)


@routes.get(
    "/servers/<server_id>/members/<member_id>",
    errors=(*MEMBER, "400 Invalid member ID", "404 Member not found"),
)
async def show(server_id: int, member_id: int) -> Member:
    """One member; the id is the person's."""
    found = await see(members.get, me().id, server_id, member_id)
    return shapes.roster(house().shapes, found, house().presence)[0]


@routes.patch(
    "/servers/<server_id>/members/<member_id>",
    errors=(*PERMITTED, "400 Invalid input: nickname, timeout_until or timeout_reason"),
)
async def change(server_id: int, member_id: int, body: MemberChanges) -> Member:
    """Name a member, or silence them until a Unix second; `null` takes either back.

    One's own nickname is free. Others' need `members.manage_nicknames`, a time-out `members.kick`.
    """
    until = body.timeout_until
    wanted = Changes(
        body.nickname, moment(until) if isinstance(until, int) else until, body.timeout_reason
    )
    after = await act(members.change, me().id, server_id, member_id, wanted)
    return shapes.roster(house().shapes, after, house().presence)[0]


@routes.delete("/servers/<server_id>/members/<member_id>", errors=PERMITTED)
async def kick(server_id: int, member_id: int) -> Success:
    """Send a member away; they may come back with an invite."""
    await act(members.kick, me().id, server_id, member_id)
    return SUCCESS
