"""Logging in as an admin (contract 15, section 1)."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from plexichat.api.shapes import Id
from plexichat.core.accounts import Challenge
from plexichat.web import bodies, panel
from plexichat.web.routes import Routes

routes = Routes("Admin: login", guard=panel.DOOR)


class Credentials(Struct):
    username: Annotated[str, Meta(min_length=1, max_length=100)]
    password: Annotated[str, Meta(min_length=1, max_length=200)]


class Answer(Struct):
    admin_id: str | int
    code: Annotated[str, Meta(min_length=6, max_length=8)]
    challenge_token: Annotated[str, Meta(min_length=10, max_length=200)]
    is_setup: bool = False


class AdminLogin(Struct):
    status: Literal["success", "otp_required"]
    token: str | None = None
    admin_id: Id | None = None
    otp_secret: None = None
    otp_qr_uri: None = None
    message: str | None = None
    challenge_token: str | None = None
    requires_password_change: bool = False


@routes.post(
    "/admin/login",
    bucket="login",
    errors=("400 Invalid input", "401 Invalid credentials", "403 Account locked"),
)
async def log_in(body: Credentials) -> AdminLogin:
    """Log in as an admin, by name or address; whoever has a second factor is asked for it."""
    begun = await panel.log_in(body.username, body.password)
    if isinstance(begun.how, Challenge):
        return AdminLogin(
            "otp_required", admin_id=str(begun.admin_id), challenge_token=begun.how.token
        )
    return AdminLogin("success", begun.how, str(begun.admin_id))


@routes.post(
    "/admin/verify-otp",
    bucket="two_factor",
    errors=(
        "400 Invalid input", "400 Invalid admin ID", "401 Invalid code", "401 Expired token",
        "401 Invalid challenge", "403 Account locked",
    ),
)  # fmt: skip
async def verify(body: Answer) -> AdminLogin:
    """Finish an admin's login with a code of the second factor."""
    admin_id = bodies.snowflake(body.admin_id, "admin")
    token = await panel.answer_challenge(admin_id, body.challenge_token, body.code)
    return AdminLogin("success", token, str(admin_id))
