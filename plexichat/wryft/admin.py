"""What admins see and do (contract 12). They stand at the same door as in every admin API."""

import time
from collections.abc import Callable
from typing import Annotated, Concatenate, Final, ParamSpec

from msgspec import Meta, Struct

from plexichat import ids
from plexichat.core import administration, deeds, overview, stewardship
from plexichat.core.deeds import Deed
from plexichat.core.errors import Forbidden
from plexichat.store.administration import Account
from plexichat.store.db import Tx
from plexichat.store.servers import Server
from plexichat.web import panel
from plexichat.web.requests import act, current, house, me, see
from plexichat.web.routes import Routes
from plexichat.wryft.auth import ADMIN_LEVEL
from plexichat.wryft.dialect import already, iso, uuid

P = ParamSpec("P")

routes = Routes("Admin")

DAY_SECONDS: Final = 86_400


class Numbers(Struct):
    total_users: int
    new_users_week: int
    total_guilds: int
    new_guilds_week: int
    total_messages: int
    messages_today: int
    total_banned: int
    users_online: int


class User(Struct):
    id: str
    username: str
    email: str
    created_at: str
    is_premium: bool
    is_banned: bool
    admin_level: int


class Guild(Struct):
    id: str
    name: str
    owner_id: str
    member_count: int
    created_at: str


class Paging(Struct):
    page: Annotated[int, Meta(ge=1, le=1_000_000)] = 1
    limit: Annotated[int, Meta(ge=1, le=100)] = 50


class Ban(Struct):
    reason: str | None = None
    duration_days: Annotated[int, Meta(ge=1, le=36_500)] | None = None


class Why(Struct):
    reason: str | None = None


class Done(Struct):
    success: bool = True


@routes.get("/admin/stats")
async def numbers() -> Numbers:
    """Numbers about everything that is here."""
    await _enter()
    found = await see(overview.look)
    new = await see(overview.recent)
    return Numbers(
        found.people, new.people, found.servers, new.servers, found.messages, new.messages,
        new.suspended, len(house().hub.online()),
    )  # fmt: skip


@routes.get("/admin/users")
async def users(query: Paging) -> list[User]:
    """People, the newest first."""
    await _enter()
    skipped = (query.page - 1) * query.limit
    now = int(time.time() * 1000)
    found = await see(administration.newest, query.limit, skipped)
    return [_user(each, now) for each in found]


@routes.post("/admin/users/<user_id>/ban")
async def ban(user_id: int, body: Ban) -> Done:
    """Let somebody in no more, for some days or until further notice."""
    days = body.duration_days
    deed = Deed("users.ban", "user", user_id, {"reason": body.reason, "duration_days": days})
    seconds = None if days is None else days * DAY_SECONDS
    await _do(deed, administration.suspend, user_id, seconds)
    return Done()


@routes.post("/admin/users/<user_id>/unban")
async def unban(user_id: int) -> Done:
    """Let somebody in again."""
    with already("not_suspended"):
        await _do(Deed("users.unban", "user", user_id), administration.restore, user_id)
    return Done()


@routes.delete("/admin/users/<user_id>")
async def delete_user(user_id: int, body: Why) -> Done:
    """End an account."""
    deed = Deed("users.delete", "user", user_id, {"reason": body.reason})
    await _do(deed, administration.purge, user_id)
    return Done()


@routes.get("/admin/guilds")
async def guilds(query: Paging) -> list[Guild]:
    """Guilds, the newest first."""
    await _enter()
    skipped = (query.page - 1) * query.limit
    found = sorted(await see(stewardship.every), key=lambda each: -each.server.id)
    return [_guild(each.server) for each in found[skipped : skipped + query.limit]]


@routes.delete("/admin/guilds/<guild_id>")
async def delete_guild(guild_id: int, body: Why) -> Done:
    """End a guild."""
    deed = Deed("servers.delete", "server", guild_id, {"reason": body.reason})
    await _do(deed, stewardship.dissolve, guild_id)
    return Done()


def _user(account: Account, now: int) -> User:
    return User(
        uuid(account.id), account.username, account.email or "", iso(ids.unix_ms(account.id)),
        False, account.suspended_until > now, ADMIN_LEVEL if account.is_admin else 0,
    )  # fmt: skip


def _guild(server: Server) -> Guild:
    return Guild(
        uuid(server.id), server.name, uuid(server.owner_id), server.member_count,
        iso(ids.unix_ms(server.id)),
    )  # fmt: skip


async def _enter() -> None:
    await panel.stand_at_door(current())
    if not me().is_admin:
        raise Forbidden(*deeds.NO_ADMIN)


async def _do(
    deed: Deed, fn: Callable[Concatenate[Tx, P], object], *args: P.args, **kwargs: P.kwargs
) -> None:
    """Do something as an admin, and write it down."""
    await _enter()
    await act(deeds.done_by, me().id, current().address, deed, fn, *args, **kwargs)
