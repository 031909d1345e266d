"""One's own account, and other people (contract group users)."""

from typing import Annotated, ClassVar

from msgspec import UNSET, Meta, Struct, UnsetType

from plexichat.api.auth import Email, Password, Username
from plexichat.api.shapes import SUCCESS, Success, UserPrivate, UserPublic
from plexichat.core import users
from plexichat.web import accounts
from plexichat.web.requests import house, me, see
from plexichat.web.routes import Routes

routes = Routes("Users")


class Changes(Struct):
    username: Username | None = None
    email: Email | None = None
    password: Password | None = None
    current_password: Annotated[str, Meta(description="needed with a new password")] | None = None
    avatar_url: Annotated[
        str | UnsetType | None, Meta(description="a picture elsewhere; null removes one's own")
    ] = UNSET


class Leaving(Struct):
    password: Annotated[str, Meta(min_length=1)]
    code: Annotated[str, Meta(description="of the second factor, where it is on")] | None = None


class Search(Struct):
    missing: ClassVar = {"username": "Username required"}
    username: Annotated[str, Meta(min_length=1)]


@routes.get("/users/@me", bucket="read_me", errors=("404 User not found",))
async def show_me() -> UserPrivate:
    """One's own account."""
    return house().shapes.account(await see(users.get, me().id))


@routes.patch(
    "/users/@me",
    bucket="update_me",
    errors=(
        "400 Invalid input", "400 Weak password", "400 Missing current_password",
        "403 Incorrect current password", "409 Already exists",
    ),
)  # fmt: skip
async def update_me(body: Changes) -> UserPrivate:
    """Change one's own name, address, picture or password."""
    shapes, avatar = house().shapes, body.avatar_url
    if avatar == shapes.portrait(me().id):  # as this account was read
        avatar = UNSET
    wanted = users.Changes(body.username, body.email, avatar)
    user = await accounts.update(wanted, body.password, body.current_password)
    return shapes.account(user)


@routes.delete(
    "/users/@me",
    bucket="two_factor",
    errors=(
        "400 Invalid input", "400 Incorrect password", "400 2FA code required",
        "400 Invalid code", "400 Owns servers", "403 Account deletion is disabled",
    ),
)  # fmt: skip
async def delete_me(body: Leaving) -> Success:
    """Delete one's own account, as a rule in thirty days, unless one logs in again before."""
    await accounts.leave(body.password, body.code)
    return SUCCESS


@routes.get("/users/search", errors=("400 Username required", "404 User not found"))
async def search(query: Search) -> UserPublic:
    """The person of exactly this name, ignoring case."""
    return house().shapes.user(await see(users.find, query.username))


@routes.get("/users/<user_id>", errors=("400 Invalid user ID", "404 User not found"))
async def show(user_id: int) -> UserPublic:
    """What anybody may know of a person."""
    return house().shapes.user(await see(users.get, user_id))
