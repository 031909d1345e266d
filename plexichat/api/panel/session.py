"""An admin's own session: proving the password again, changing it, logging out."""

from typing import Annotated

from msgspec import Meta, Struct

from plexichat.api.shapes import SUCCESS, Id, Seconds, Success, created
from plexichat.core import admin_sessions, two_factor, users
from plexichat.core.deeds import Deed
from plexichat.web import panel
from plexichat.web.requests import see
from plexichat.web.routes import Routes

routes = Routes("Admin: session", guard=panel.INSIDE)

Password = Annotated[str, Meta(min_length=1, max_length=200)]


class Proof(Struct):
    password: Password


class Proved(Struct):
    success: bool
    expires_at: Seconds


class PasswordChange(Struct):
    current_password: Password
    new_password: Password


class SecurityStatus(Struct):
    admin_id: Id
    username: str
    email: str | None
    created_at: Seconds
    last_login: Seconds
    otp_required: bool
    otp_enabled: bool
    must_setup_otp: bool
    backup_codes_remaining: int


@routes.post("/admin/logout")
async def log_out() -> Success:
    """End this session."""
    await panel.act(Deed("auth.logout"), admin_sessions.log_out, panel.admin())
    return SUCCESS


@routes.post("/admin/auth/step-up", errors=("400 Invalid input", "401 Invalid password"))
async def step_up(body: Proof) -> Proved:
    """Give one's password again: for a few minutes, dangerous routes take this session's token."""
    return Proved(True, await panel.prove(body.password) // 1000)


@routes.post(
    "/admin/auth/change-password",
    errors=("400 Invalid input", "400 Weak password", "401 Invalid password"),
)
async def change_password(body: PasswordChange) -> Success:
    """Set one's own password; every session of one's own but this one ends."""
    await panel.change_password(body.current_password, body.new_password)
    return SUCCESS


@routes.get("/admin/auth/security-status", errors=("404 User not found",))
async def security_status() -> SecurityStatus:
    """How well one's own account is kept."""
    me = panel.admin()
    user, factor = await see(users.get, me.id), await see(two_factor.status, me.id)
    return SecurityStatus(
        str(me.id), user.username, user.email, created(me.id), created(me.session_id), False,
        factor.enabled, False, factor.backup_codes_left,
    )  # fmt: skip
