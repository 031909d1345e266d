"""People, for admins: looking for them, letting them in, noting something (contract 15, 2)."""

import time
from typing import Annotated

from msgspec import Meta, Struct

from plexichat.api.panel import people
from plexichat.api.panel.people import AdminUser, AdminUserDetail
from plexichat.api.shapes import SUCCESS, Id, Seconds, Success
from plexichat.core import administration, overview, recovery, sessions
from plexichat.core.deeds import Deed
from plexichat.core.recovery import Link
from plexichat.web import panel
from plexichat.web.requests import house, see
from plexichat.web.routes import Routes

routes = Routes("Admin: people", guard=panel.INSIDE)

Limit = Annotated[int, Meta(ge=1, le=100)]
Offset = Annotated[int, Meta(ge=0, le=1_000_000_000)]


class Search(Struct):
    q: Annotated[str, Meta(min_length=1, max_length=254)]
    limit: Limit = 20
    offset: Offset = 0


class Paging(Struct):
    limit: Limit = 50
    offset: Offset = 0


class Users(Struct):
    users: list[AdminUser]


class UserPage(Struct):
    users: list[AdminUser]
    total: int


class NewUser(Struct):
    username: str
    password: str | None = None
    email: str | None = None


class NewUserMade(Struct):
    """Without a password that was given, whoever opens the link sets one."""

    user: AdminUser
    recovery_url: str | None
    expires_at: Seconds | None


class RecoveryLink(Struct):
    success: bool
    recovery_url: str
    expires_at: Seconds


class Badges(Struct):
    success: bool
    badges: tuple[str, ...]


class AdminNotes(Struct):
    user_id: Id
    notes: str


class NewNotes(Struct):
    notes: Annotated[str, Meta(max_length=5000)]


@routes.get("/admin/users/search", errors=("400 Invalid input",))
async def search(query: Search) -> Users:
    """People whose name or address holds a text, or whose id it is."""
    found = await see(
        administration.search, query.q, limit=query.limit, offset=query.offset
    )
    return Users([people.line(account) for account in found])


@routes.get("/admin/users", errors=("400 Invalid input",))
async def list_all(query: Paging) -> UserPage:
    """Everybody, in the order in which they came."""
    found = await see(administration.search, limit=query.limit, offset=query.offset)
    total = (await see(overview.look)).people
    return UserPage([people.line(account) for account in found], total)


@routes.post(
    "/admin/users",
    errors=("400 Invalid input", "400 Weak password", "409 Already exists"),
)
async def create(body: NewUser) -> NewUserMade:
    """Make an account, whether or not registration is open."""
    account, link = await panel.make_account(body.username, body.email, body.password)
    url, expires_at = (None, None) if link is None else _shown(link)
    return NewUserMade(people.line(account), url, expires_at)


@routes.get("/admin/users/<user_id>", errors=("404 User not found",))
async def show(user_id: int) -> AdminUserDetail:
    """Somebody, with what concerns their getting in."""
    account = await see(administration.show, user_id)
    logins = await see(sessions.mine, user_id)
    last = max((session.id for session in logins), default=None)
    return people.detail(account, last, int(time.time() * 1000))


@routes.post("/admin/users/<user_id>/reset-password", errors=(panel.FRESH, "404 User not found"))
async def reset_password(user_id: int) -> RecoveryLink:
    """Make a link with which somebody sets a new password; until then the old one holds."""
    hours = house().config.recovery.link_hours
    deed = Deed("users.reset_password", "user", user_id)
    link = await panel.act_freshly(deed, recovery.link, user_id, hours)
    return RecoveryLink(True, *_shown(link))


@routes.get("/admin/users/<user_id>/notes", errors=("404 User not found",))
async def notes(user_id: int) -> AdminNotes:
    """What admins noted about somebody."""
    return AdminNotes(str(user_id), await see(overview.notes, user_id))


@routes.post("/admin/users/<user_id>/notes", errors=("400 Invalid input", "404 User not found"))
async def put_notes(user_id: int, body: NewNotes) -> Success:
    """Note something about somebody, in place of what was noted before."""
    await panel.act(Deed("users.notes", "user", user_id), overview.put_notes, user_id, body.notes)
    return SUCCESS


@routes.post(
    "/admin/users/<user_id>/badges/<badge>", errors=("400 Invalid badge", "404 User not found")
)
async def give_badge(user_id: int, badge: str) -> Badges:
    """Give somebody a badge."""
    return await _badge(user_id, badge, worn=True)


@routes.delete(
    "/admin/users/<user_id>/badges/<badge>", errors=("400 Invalid badge", "404 User not found")
)
async def take_badge(user_id: int, badge: str) -> Badges:
    """Take a badge from somebody."""
    return await _badge(user_id, badge, worn=False)


async def _badge(user_id: int, badge: str, *, worn: bool) -> Badges:
    deed = Deed("users.badges", "user", user_id, {"badge": badge, "worn": worn})
    return Badges(
        True, await panel.act(deed, administration.set_badge, user_id, badge, worn=worn)
    )


def _shown(link: Link) -> tuple[str, int]:
    return house().shapes.recovery(link.token), link.expires_at // 1000
