"""The second factor: setting it up, and answering for it at login (contract group auth, 4)."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from plexichat.api.shapes import SUCCESS, Login, Success
from plexichat.core import two_factor
from plexichat.core.errors import Unauthenticated
from plexichat.web import accounts
from plexichat.web.requests import act, house, me, see
from plexichat.web.routes import Routes

routes = Routes("Two-factor")

Code = Annotated[str, Meta(min_length=6, max_length=8)]


Password = Annotated[str, Meta(min_length=1)]


class Answer(Struct):
    challenge_token: str
    code: Code


class Enabling(Struct):
    phrases: ClassVar = {"password": "Password required"}
    password: Password


class Confirmation(Struct):
    phrases: ClassVar = {"code": "Valid 6-digit code required"}
    code: Annotated[str, Meta(pattern="^[0-9]{6}$", max_length=two_factor.CODE_LENGTH)]


class Disabling(Struct):
    phrases: ClassVar = {"password": "Password required", "code": "2FA code required"}
    password: Password
    code: Code


class Setup(Struct):
    secret: str
    qr_uri: str
    backup_codes: list[str]


class TwoFactorStatus(Struct):
    enabled: bool
    backup_codes_remaining: int


@routes.post(
    "/auth/2fa",
    public=True,
    bucket="two_factor",
    errors=(
        "400 Invalid input", "401 Invalid code", "401 Expired token", "401 Invalid challenge",
        "403 Account locked",
    ),
)  # fmt: skip
async def answer(body: Answer) -> Login:
    """Finish a login with a code from an authenticator, or a backup code."""
    login = await accounts.answer_challenge(body.challenge_token, body.code)
    return house().shapes.login(login.token, login.user)


@routes.get("/auth/2fa/status")
async def status() -> TwoFactorStatus:
    """Whether the second factor is on, and how many backup codes are left."""
    found = await see(two_factor.status, me().id)
    return TwoFactorStatus(found.enabled, found.backup_codes_left)


@routes.post(
    "/auth/2fa/enable",
    bucket="two_factor",
    errors=("400 Password required", "401 Invalid password", "409 2FA is already enabled"),
)
async def enable(body: Enabling) -> Setup:
    """Begin setting up the second factor; it counts once a code has confirmed it."""
    if await accounts.proved(body.password) is None:
        raise Unauthenticated("invalid_password", "Invalid password")
    setup = await act(two_factor.enable, me().id, house().config.two_factor.issuer)
    return Setup(setup.secret, setup.uri, setup.backup_codes)


@routes.post(
    "/auth/2fa/confirm",
    bucket="two_factor",
    errors=(
        "400 Valid 6-digit code required", "400 2FA setup not started", "401 Invalid code",
    ),
)  # fmt: skip
async def confirm(body: Confirmation) -> Success:
    """Turn the second factor on."""
    await act(two_factor.confirm, me().id, body.code)
    return SUCCESS


@routes.post(
    "/auth/2fa/disable",
    bucket="two_factor",
    errors=(
        "400 Password required", "400 2FA code required", "400 2FA is not enabled",
        "401 Invalid password or code",
    ),
)  # fmt: skip
async def disable(body: Disabling) -> Success:
    """Turn the second factor off."""
    await see(two_factor.refuse_off, me().id)
    if await accounts.proved(body.password) is None:
        raise Unauthenticated("invalid_password", "Invalid password or code")
    await act(two_factor.disable, me().id, body.code)
    return SUCCESS
