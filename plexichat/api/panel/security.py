"""Ending sessions and locking people out (contract 15, section 3)."""

from typing import Annotated

from msgspec import Meta, Struct

from plexichat.api.shapes import SUCCESS, Success
from plexichat.core import administration
from plexichat.core.deeds import Deed
from plexichat.web import bodies, panel
from plexichat.web.routes import Routes

routes = Routes("Admin: security", guard=panel.INSIDE)

ERRORS = ("400 Invalid input", "400 Invalid user ID", "404 User not found")


class Somebody(Struct):
    user_id: str | int


class Lock(Struct):
    user_id: str | int
    duration_seconds: Annotated[int, Meta(ge=1, le=10_000_000_000)] | None = None


class LoggedOut(Struct):
    success: bool
    revoked_count: int


@routes.post("/admin/security/force-logout", errors=(*ERRORS, panel.FRESH))
async def force_logout(body: Somebody) -> Success:
    """End every session of somebody, and close their sockets."""
    await _log_out(bodies.snowflake(body.user_id, "user"))
    return SUCCESS


@routes.post("/admin/users/<user_id>/logout-all", errors=(panel.FRESH, "404 User not found"))
async def log_out_one(user_id: int) -> Success:
    """The same, with the person in the path."""
    await _log_out(user_id)
    return SUCCESS


@routes.post("/admin/security/logout-all", errors=(panel.FRESH,))
async def log_out_everybody() -> LoggedOut:
    """End every session of everybody, and close every socket."""
    return LoggedOut(True, await panel.log_out_everybody())


@routes.post("/admin/security/lock-user", errors=(*ERRORS, "400 Own account", panel.FRESH))
async def lock(body: Lock) -> Success:
    """Let somebody in no more, for a while or until further notice; their sessions end."""
    user_id = bodies.snowflake(body.user_id, "user")
    details = {"duration_seconds": body.duration_seconds}
    await panel.act_freshly(
        Deed("security.lock_user", "user", user_id, details),
        administration.lock, panel.admin().id, user_id, body.duration_seconds,
    )  # fmt: skip
    return SUCCESS


@routes.post("/admin/security/unlock-user", errors=ERRORS)
async def unlock(body: Somebody) -> Success:
    """Let somebody in again, be they locked by an admin or by wrong passwords."""
    await _unlock(bodies.snowflake(body.user_id, "user"))
    return SUCCESS


@routes.post("/admin/users/<user_id>/unlock-user", errors=("404 User not found",))
async def unlock_one(user_id: int) -> Success:
    """The same, with the person in the path."""
    await _unlock(user_id)
    return SUCCESS


async def _log_out(user_id: int) -> None:
    deed = Deed("security.force_logout", "user", user_id)
    await panel.act_freshly(deed, administration.log_out, user_id)


async def _unlock(user_id: int) -> None:
    deed = Deed("security.unlock_user", "user", user_id)
    await panel.act(deed, administration.readmit, user_id)
