"""Registering and logging in (contract 01)."""

import dataclasses
import secrets
from typing import Final

import msgspec
from msgspec import Struct

from plexichat import config, ids
from plexichat.core.accounts import Age, Login
from plexichat.store.users import User
from plexichat.web import accounts
from plexichat.web.requests import Reply, house
from plexichat.web.routes import Routes
from plexichat.wryft.dialect import COOKIE, iso, picture_url, uuid

routes = Routes("Auth")

SESSION_HOURS: Final = 30 * 24
ADMIN_LEVEL: Final = 3  # our admins may do all that admins of any level may


class NewAccount(Struct):
    email: str
    password: str
    username: str | None = None
    invite_code: str | None = None


class Credentials(Struct):
    email: str
    password: str


class Account(Struct):
    """Whoever has logged in; a discriminator here would take from them the edits of messages."""

    id: str
    email: str
    username: str
    avatar: str | None
    is_premium: bool
    is_admin: bool
    admin_level: int
    created_at: str


class LoggedIn(Struct):
    token: str
    user: Account


@routes.post("/auth/register", public=True, bucket="auth")
async def register(body: NewAccount) -> Reply:
    """Make an account, with a name of its own if none is given, and log in."""
    username = f"user_{secrets.token_hex(4)}" if body.username is None else body.username
    return _welcome(
        await accounts.register(
            username, body.email, body.password, Age(), body.invite_code or None, _sessions()
        )
    )


@routes.post("/auth/login", public=True, bucket="auth")
async def log_in(body: Credentials) -> Reply:
    """Log in by address and password, which a code follows where there is a second factor."""
    return _welcome(await accounts.log_in_at_once(body.email, body.password, _sessions()))


def _sessions() -> config.Sessions:
    return dataclasses.replace(house().config.sessions, expire_hours=SESSION_HOURS)


def _welcome(login: Login) -> Reply:
    """The token, once for the client and once for what a browser loads without it."""
    secure = "; Secure" if house().config.server.public_url.startswith("https:") else ""
    cookie = (
        f"{COOKIE}={login.token}; Path=/; Max-Age={SESSION_HOURS * 3600}; HttpOnly; "
        f"SameSite=Lax{secure}"
    )
    return Reply(
        msgspec.json.encode(LoggedIn(login.token, _account(login.user))),
        headers=[
            (b"content-type", b"application/json; charset=utf-8"),
            (b"set-cookie", cookie.encode()),
            (b"cache-control", b"no-store"),
        ],
    )


def _account(user: User) -> Account:
    return Account(
        uuid(user.id), user.email or "", user.username, picture_url(user.avatar), False,
        user.is_admin, ADMIN_LEVEL if user.is_admin else 0, iso(ids.unix_ms(user.id)),
    )  # fmt: skip
