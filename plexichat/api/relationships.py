"""Friends, friend requests and blocks (contract group relationships)."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from plexichat.api.shapes import SUCCESS, Relationship, RelationshipListed, Success
from plexichat.core import presence, relationships
from plexichat.web.bodies import snowflake
from plexichat.web.requests import act, house, me, see
from plexichat.web.routes import Routes

routes = Routes("Relationships")


class FriendRequest(Struct, forbid_unknown_fields=True):
    phrases: ClassVar = {"user_id": "Invalid user ID"}
    user_id: str | int
    message: Annotated[str, Meta(max_length=relationships.MESSAGE_LENGTH)] | None = None


class Block(Struct, forbid_unknown_fields=True):
    phrases: ClassVar = {"user_id": "Invalid user ID"}
    user_id: str | int


@routes.get("/relationships/@me", bucket="list_relationships")
async def list_relationships() -> list[RelationshipListed]:
    """Friends, then requests to and from oneself and blocks; the newest first in each."""
    here = house()
    found = await see(presence.related, me().id, here.presence.here())
    return [here.shapes.relationship_listed(relation, seen) for relation, seen in found]


@routes.post(
    "/relationships",
    bucket="request_friend",
    errors=(
        "400 Invalid input", "400 Invalid user ID", "400 Self request", "403 Blocked",
        "403 Permission denied",
        "404 User not found", "409 Already exists",
    ),
)  # fmt: skip
async def request(body: FriendRequest) -> Relationship:
    """Ask somebody to be friends."""
    other_id = snowflake(body.user_id, "user")
    asked = await act(relationships.request, me().id, other_id, body.message)
    return house().shapes.relationship(asked)


@routes.put(
    "/relationships/<user_id>/accept", errors=("400 Invalid user ID", "404 Request not found")
)
async def accept(user_id: int) -> Success:
    """Become friends with somebody who asked."""
    await act(relationships.accept, me().id, user_id)
    return SUCCESS


@routes.delete(
    "/relationships/<user_id>", errors=("400 Invalid user ID", "404 Relationship not found")
)
async def remove(user_id: int) -> Success:
    """Unfriend, decline, cancel or unblock, whichever fits what there is."""
    await act(relationships.remove, me().id, user_id)
    return SUCCESS


@routes.post(
    "/relationships/block",
    bucket="block",
    errors=(
        "400 Invalid input", "400 Invalid user ID", "400 Self block", "404 User not found",
        "409 Already blocked",
    ),
)  # fmt: skip
async def block(body: Block) -> Relationship:
    """Block somebody; whatever was between the two is gone."""
    other_id = snowflake(body.user_id, "user")
    return house().shapes.relationship(await act(relationships.block, me().id, other_id))
