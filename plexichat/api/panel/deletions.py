"""Accounts that are about to be deleted (contract 15, sections 2 and 8)."""

import time

from msgspec import Struct

from plexichat.api.shapes import SUCCESS, Id, Seconds, Success
from plexichat.core import administration
from plexichat.core.deeds import Deed
from plexichat.store.administration import Account
from plexichat.web import panel
from plexichat.web.bodies import moment
from plexichat.web.requests import house, see
from plexichat.web.routes import Routes

DAY_MS = 86_400_000

routes = Routes("Admin: deletions", guard=panel.INSIDE)


class Scheduled(Struct):
    user_id: Id
    username: str
    scheduled_at: Seconds
    deletion_at: Seconds
    days_left: int


class Deletions(Struct):
    deletions: list[Scheduled]


class Delay(Struct):
    deletion_at: int


@routes.get("/admin/users/scheduled-deletions")
async def list_all() -> Deletions:
    """Whose account is about to be deleted, the first to go first."""
    return Deletions([_shape(account) for account in await see(administration.deletions)])


@routes.post(
    "/admin/users/<user_id>/scheduled-deletions",
    errors=("400 Owns servers", panel.FRESH, "404 User not found"),
)
async def schedule(user_id: int) -> Scheduled:
    """Let an account end after the grace, unless its owner logs in before."""
    deed = Deed("users.schedule_deletion", "user", user_id)
    rules = house().config.account_deletion
    return _shape(await panel.act_freshly(deed, administration.schedule, user_id, rules))


@routes.post(
    "/admin/users/<user_id>/force-purge",
    errors=("400 Owns servers", panel.FRESH, "404 User not found"),
)
async def purge(user_id: int) -> Success:
    """Let an account end now; what is theirs goes bit by bit, and no login takes it back."""
    await panel.act_freshly(
        Deed("users.force_purge", "user", user_id), administration.purge, user_id
    )
    return SUCCESS


async def cancel(user_id: int) -> Success:
    """Let an account stay after all."""
    await panel.act(Deed("users.cancel_deletion", "user", user_id), administration.spare, user_id)
    return SUCCESS


async def delay(user_id: int, query: Delay) -> Success:
    """Let an account end at another moment, in seconds or milliseconds."""
    at = moment(query.deletion_at)
    deed = Deed("users.delay_deletion", "user", user_id, {"deletion_at": at // 1000})
    await panel.act(deed, administration.postpone, user_id, at)
    return SUCCESS


for method in (routes.post, routes.patch):
    method(
        "/admin/users/<user_id>/cancel-deletion",
        errors=("400 No deletion is scheduled", "404 User not found"),
    )(cancel)
    method(
        "/admin/users/<user_id>/delay-deletion",
        errors=("400 No deletion is scheduled", "404 User not found"),
    )(delay)


def _shape(account: Account) -> Scheduled:
    at = account.deletion_at or 0
    grace = house().config.account_deletion.grace_days * DAY_MS
    left = max(0, at - int(time.time() * 1000))
    return Scheduled(
        str(account.id), account.username, (at - grace) // 1000, at // 1000,
        -(-left // DAY_MS),
    )  # fmt: skip
