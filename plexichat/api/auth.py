"""Registering, logging in and out, and the sessions that come of it (contract group auth)."""

import datetime as dt
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from plexichat.api.shapes import SUCCESS, Login, SessionShape, Success
from plexichat.core import sessions, two_factor
from plexichat.core.accounts import Age, Challenge
from plexichat.core.errors import Invalid
from plexichat.web import accounts
from plexichat.web.requests import act, house, me, see
from plexichat.web.routes import Routes

routes = Routes("Auth")


# The rules themselves are core's; these tell of them.
Username = Annotated[str, Meta(description="3 to 32 letters, digits, dots, underscores, hyphens")]
Email = Annotated[str, Meta(description="an e-mail address", extra_json_schema={"format": "email"})]
Password = Annotated[str, Meta(description="as `/auth/password-requirements` tells")]


class Registration(Struct):
    username: Username
    email: Email
    password: Password
    age: Annotated[int, Meta(gt=0, le=1000)] | None = None
    dob: dt.date | None = None
    age_verified: bool | None = None
    invite_code: str | None = None


class Credentials(Struct):
    example: ClassVar = {"username": "ann", "password": "leek-and-barley"}
    password: str
    username: Annotated[str, Meta(description="a username or an e-mail address")] | None = None
    email: Annotated[str, Meta(description="in place of `username`")] | None = None


class RevokeAll(Struct):
    except_current: bool | None = None


class Revoked(Struct):
    success: bool
    revoked_count: int


class PasswordRequirements(Struct):
    min_length: int
    max_length: int
    require_uppercase: bool
    require_lowercase: bool
    require_digit: bool
    require_special: bool
    age_gate_enabled: bool
    age_verification_type: str
    minimum_age: int | None
    docs_enabled: bool


@routes.post(
    "/auth/register",
    public=True,
    bucket="register",
    status=201,
    errors=(
        "400 Invalid input", "400 Member limit", "400 Weak password",
        "403 Registration is disabled",
        "403 Invalid invite code", "403 You must be at least", "409 Already exists",
    ),
)  # fmt: skip
async def register(body: Registration) -> Login:
    """Make an account and log it in."""
    age = Age(body.age, body.dob)
    made = await accounts.register(body.username, body.email, body.password, age, body.invite_code)
    return house().shapes.login(made.token, made.user)


@routes.post(
    "/auth/login",
    public=True,
    bucket="login",
    errors=("400 Invalid input", "401 Invalid credentials", "403 Account locked"),
)
async def log_in(body: Credentials) -> Login:
    """Log in with a username or an e-mail address."""
    name = body.username or body.email
    if name is None:
        raise Invalid("invalid_input", "Invalid input: username")
    outcome = await accounts.log_in(name, body.password)
    if isinstance(outcome, Challenge):
        return Login(
            "two_factor_required",
            challenge_token=outcome.token,
            methods=["totp", "backup_code"],
            expires_in=two_factor.CHALLENGE_MS // 1000,
        )
    return house().shapes.login(outcome.token, outcome.user)


@routes.post("/auth/logout")
async def log_out() -> Success:
    """End the session that this request is made with."""
    await act(sessions.close, me().id, (me().session_id,))
    return SUCCESS


@routes.post("/auth/refresh")
async def refresh() -> Login:
    """Give a session that nears its end its full span again; the token stays the same."""
    login = await accounts.refresh()
    return house().shapes.login(login.token, login.user)


@routes.get("/auth/sessions")
async def list_sessions() -> list[SessionShape]:
    """One's own sessions, the latest used first."""
    found = await see(sessions.mine, me().id)
    return [house().shapes.session(session, me().session_id) for session in found]


@routes.delete(
    "/auth/sessions/<session_id>", errors=("400 Invalid session ID", "404 Session not found")
)
async def revoke_session(session_id: int) -> Success:
    """End one of one's own sessions."""
    await act(sessions.revoke, me().id, session_id)
    return SUCCESS


@routes.post("/auth/sessions/revoke-all", errors=("400 Invalid input",))
async def revoke_all(body: RevokeAll) -> Revoked:
    """End every session of one's own, the present one only when asked to."""
    keep = None if body.except_current is False else me().session_id
    return Revoked(True, await act(sessions.revoke_all, me().id, keep))


@routes.get("/auth/password-requirements", public=True)
async def password_requirements() -> PasswordRequirements:
    """What this server asks of a new password."""
    config = house().config
    policy, gate = config.passwords, config.age_gate
    return PasswordRequirements(
        policy.min_length, policy.max_length, policy.require_uppercase, policy.require_lowercase,
        policy.require_digit, policy.require_special, gate.enabled, gate.mode,
        gate.minimum_age if gate.enabled else None, docs_enabled=config.docs.enabled,
    )  # fmt: skip
