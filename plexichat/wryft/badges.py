"""Badges and what they could be earned with (contract 12); ours are given, none is counted for."""

from uuid import uuid5

from msgspec import Struct

from plexichat.core import badges, stats, users
from plexichat.core.badges import RARITIES
from plexichat.web.requests import see
from plexichat.web.routes import Routes
from plexichat.wryft.dialect import SPACE

routes = Routes("Badges")


class Badge(Struct):
    id: str
    name: str
    description: str
    icon: str
    category: str
    rarity: badges.Rarity
    is_secret: bool


class Earned(Struct):
    """When it was given nobody has written down."""

    id: str
    badge: Badge
    earned_at: str | None = None
    progress: int | None = None


class Progress(Struct):
    badge: Badge
    current: int
    required: int
    percentage: float


class Stats(Struct):
    """What nobody counts here is 0."""

    messages_sent: int
    dms_sent: int
    friends_added: int
    servers_joined: int
    servers_created: int
    reactions_given: int
    files_uploaded: int
    reactions_received: int = 0
    voice_minutes: int = 0
    days_active: int = 0


@routes.get("/badges")
async def all() -> list[Badge]:
    """Every badge that there is, by rarity, then name."""
    found = sorted(
        badges.ALL.values(), key=lambda badge: (RARITIES.index(badge.rarity), badge.title)
    )
    return [_badge(each) for each in found]


@routes.get("/users/<user_id>/badges")
async def worn(user_id: int) -> list[Earned]:
    """The badges of somebody, the newest first."""
    user = await see(users.get, user_id)
    return [
        Earned(str(uuid5(SPACE, f"{user_id},{name}")), _badge(badges.known(name)))
        for name in reversed(user.badges)
    ]


@routes.get("/users/<user_id>/stats")
async def numbers(user_id: int) -> Stats:
    """What somebody's time here comes to."""
    found = await see(stats.of, user_id)
    return Stats(
        found.sent_in_servers, found.sent_in_dms, found.friends, found.servers,
        found.owned_servers, found.reactions, found.uploads,
    )  # fmt: skip


@routes.get("/users/<user_id>/badge-progress")
async def progress(user_id: int) -> list[Progress]:
    """How near somebody is to a badge that is counted for: there is none."""
    await see(users.get, user_id)
    return []


def _badge(badge: badges.Badge) -> Badge:
    return Badge(
        str(uuid5(SPACE, badge.name)), badge.title, badge.description, badge.icon, "people",
        badge.rarity, False,
    )  # fmt: skip
