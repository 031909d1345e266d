"""What clients keep for a person, under keys (contract 11, section 3)."""

from typing import Any

import msgspec
from msgspec import Struct

from plexichat.api.shapes import SUCCESS, Seconds, Success
from plexichat.core import preferences
from plexichat.store.preferences import Preference
from plexichat.web.requests import act, me, see
from plexichat.web.routes import Routes

routes = Routes("Settings")


class Settings(Struct):
    settings: dict[str, str]
    count: int
    limit: int


class Setting(Struct):
    key: str
    value: str
    created_at: Seconds
    updated_at: Seconds


class NewValue(Struct):
    value: str


@routes.get("/users/@me/settings")
async def show_all() -> Settings:
    """Everything that clients keep for one."""
    found = await see(preferences.mine, me().id)
    return Settings({each.key: each.value for each in found}, len(found), preferences.LIMIT)


@routes.put("/users/@me/settings/bulk", errors=("400 Invalid input",))
async def put_some(body: dict[str, Any]) -> Success:
    """Keep several; other values than texts become texts, and what cannot be kept is skipped."""
    values = {key: _text(value) for key, value in body.items()}
    await act(preferences.put_some, me().id, values)
    return SUCCESS


@routes.get("/users/@me/settings/<key>", errors=("404 Setting not found",))
async def show(key: str) -> Setting:
    """What is kept under a key."""
    return _setting(await see(preferences.get, me().id, key))


@routes.put(
    "/users/@me/settings/<key>",
    errors=(
        "400 Invalid input", "400 Limit exceeded", "400 Key too long", "400 Value too long",
        "400 Key reserved",
    ),
)  # fmt: skip
async def put(key: str, body: NewValue) -> Setting:
    """Keep a text under a key. `_focused_channel` tells where one is, and is not kept."""
    return _setting(await act(preferences.put, me().id, key, body.value))


@routes.delete("/users/@me/settings/<key>", errors=("404 Setting not found",))
async def delete(key: str) -> Success:
    """Forget what is kept under a key."""
    await act(preferences.delete, me().id, key)
    return SUCCESS


def _text(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _setting(kept: Preference) -> Setting:
    return Setting(kept.key, kept.value, kept.created_at // 1000, kept.updated_at // 1000)
