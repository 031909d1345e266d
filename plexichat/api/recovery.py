"""Back in without the password, by a link or a code (contract group auth, 6, and an extension)."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from plexichat.api.shapes import SUCCESS, Success
from plexichat.core import recovery
from plexichat.core.errors import Unauthenticated
from plexichat.web import accounts
from plexichat.web.requests import act, me, see
from plexichat.web.routes import Routes

routes = Routes("Recovery")

Text = Annotated[str, Meta(max_length=300)]


class Proof(Struct):
    phrases: ClassVar = {"password": "Password required"}
    password: Annotated[str, Meta(min_length=1)]


class NewCodes(Struct):
    codes: list[str]


class CodesLeft(Struct):
    remaining: int


class ByCode(Struct):
    username: Text
    code: Text
    new_password: str


class Asker(Struct):
    email: Text


class ByLink(Struct):
    token: Text
    new_password: str


@routes.post(
    "/auth/recovery-codes",
    bucket="two_factor",
    errors=("400 Password required", "401 Invalid password"),
)
async def make_codes(body: Proof) -> NewCodes:
    """Make codes that set a new password without the old one; shown once, each works once.

    Codes made before are dead from now on.
    """
    if await accounts.proved(body.password) is None:
        raise Unauthenticated("invalid_password", "Invalid password")
    return NewCodes(await act(recovery.make_codes, me().id))


@routes.get("/auth/recovery-codes")
async def codes_left() -> CodesLeft:
    """How many recovery codes one has left."""
    return CodesLeft(await see(recovery.codes_left, me().id))


@routes.post(
    "/auth/recover",
    public=True,
    bucket="recover",
    errors=("400 Invalid input", "400 Weak password", "401 Invalid code"),
)
async def by_code(body: ByCode) -> Success:
    """Set a new password with a recovery code; every session ends.

    A second factor is still asked for at the next login.
    """
    await accounts.recover_by_code(body.username, body.code, body.new_password)
    return SUCCESS


@routes.post(
    "/auth/password-reset/request", public=True, bucket="recover", errors=("400 Invalid input",)
)
async def ask(body: Asker) -> Success:
    """Ask the admin for a link, which comes in whatever way they choose; nobody learns who is here.

    This server sends no e-mail.
    """
    await accounts.ask_for_link(body.email)
    return SUCCESS


@routes.post(
    "/auth/password-reset/confirm",
    public=True,
    bucket="recover",
    errors=(
        "400 Invalid input", "400 Weak password", "401 Invalid token", "401 Token expired",
    ),
)  # fmt: skip
async def by_link(body: ByLink) -> Success:
    """Set a new password with the token of a link that an admin made; every session ends."""
    await accounts.recover_by_link(body.token, body.new_password)
    return SUCCESS
