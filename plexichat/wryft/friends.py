"""Friends, requests and blocks (contract 09).

A friendship has no row of its own: its id is what the ids of the two have not in common, so that
each of them finds the other by it.
"""

from typing import ClassVar, Final, Literal

from msgspec import Struct

from plexichat.core import relationships
from plexichat.store.relationships import BLOCKED, FRIEND, INCOMING, OUTGOING, Relation, Status
from plexichat.web.requests import Reply, act, me, see
from plexichat.web.routes import Routes
from plexichat.wryft.dialect import iso, picture_url, uuid

routes = Routes("Friends")

Word = Literal["pending", "accepted", "blocked"]
WORDS: Final[dict[Status, Word]] = {
    "friend": "accepted", "incoming": "pending", "outgoing": "pending", "blocked": "blocked",
}  # fmt: skip


class Friend(Struct):
    """What stands between oneself and `user_id`."""

    id: str
    user_id: str
    username: str
    avatar_url: str | None
    status: Word
    created_at: str


class Asked(Struct):
    phrases: ClassVar = {"username": "Username required"}
    username: str


@routes.get("/friends")
async def friends() -> list[Friend]:
    """One's friends, by name."""
    found = await _standing(FRIEND)
    return sorted(found, key=lambda each: each.username.lower())


@routes.get("/friends/requests/pending")
async def pending() -> list[Friend]:
    """Who asked, the newest first."""
    return await _standing(INCOMING)


@routes.get("/friends/requests/outgoing")
async def outgoing() -> list[Friend]:
    """Who was asked, the newest first."""
    return await _standing(OUTGOING)


@routes.get("/friends/blocked")
async def blocked() -> list[Friend]:
    """Whom one blocks, the newest first."""
    return await _standing(BLOCKED)


@routes.post("/friends/requests")
async def ask(body: Asked) -> Friend:
    """Ask somebody by name; a number behind `#` is passed over."""
    name = body.username.partition("#")[0]
    return _friend(await act(relationships.request_by_name, me().id, name))


@routes.post("/friends/requests/<friendship_id>/accept")
async def accept(friendship_id: int) -> Reply:
    """Become friends with somebody who asked."""
    await act(relationships.accept, me().id, me().id ^ friendship_id)
    return Reply()


@routes.post("/friends/requests/<friendship_id>/decline")
async def decline(friendship_id: int) -> Reply:
    """Refuse somebody who asked."""
    await act(relationships.decline, me().id, me().id ^ friendship_id)
    return Reply(status=204)


@routes.delete("/friends/<friend_user_id>")
async def part(friend_user_id: int) -> Reply:
    """End a friendship or a request; a block stays."""
    await act(relationships.part, me().id, friend_user_id)
    return Reply(status=204)


@routes.post("/friends/block/<user_id>")
async def block(user_id: int) -> Reply:
    """Block somebody; whatever was between the two is gone, but for their own block."""
    await act(relationships.keep_out, me().id, user_id)
    return Reply()


@routes.delete("/friends/block/<user_id>")
async def unblock(user_id: int) -> Reply:
    """Block somebody no more."""
    await act(relationships.unblock, me().id, user_id)
    return Reply(status=204)


async def _standing(status: Status) -> list[Friend]:
    return [_friend(each) for each in await see(relationships.standing, me().id, status)]


def _friend(relation: Relation) -> Friend:
    return Friend(
        uuid(me().id ^ relation.user_id), uuid(relation.user_id), relation.username,
        picture_url(relation.avatar), WORDS[relation.status], iso(relation.since),
    )  # fmt: skip
