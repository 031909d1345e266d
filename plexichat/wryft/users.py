"""Looking at people, and what one has in common with them (contract 02)."""

from typing import ClassVar

from msgspec import Struct

from plexichat.core import mutuals, profiles, users
from plexichat.core.errors import Conflict, Invalid
from plexichat.web.requests import act, guest, me, see
from plexichat.web.routes import Routes
from plexichat.wryft.dialect import picture_url, uuid
from plexichat.wryft.profiles import Profile, own, public
from plexichat.wryft.selves import refuse_other
from plexichat.wryft.shapes_guilds import initials

routes = Routes("Users")


class NewName(Struct):
    phrases: ClassVar = {"username": "Invalid input: username"}
    username: str


class Renamed(Struct):
    username: str
    success: bool = True


class NotRenamed(Struct):
    error: str
    success: bool = False


class Guild(Struct):
    id: str
    name: str
    icon: str
    icon_url: str | None


class Friend(Struct):
    id: str
    username: str
    avatar: str | None
    avatar_url: str | None


@routes.get("/users/me")
async def show_me() -> Profile:
    """One's own profile."""
    return own(await see(profiles.portrait, me().id, me().id))


@routes.get("/users/<user_id>", public=True)
async def show(user_id: int) -> Profile:
    """What anybody may know of a person; oneself sees more."""
    viewer = guest()
    found = await see(profiles.portrait, None if viewer is None else viewer.id, user_id)
    return own(found) if viewer is not None and viewer.id == user_id else public(found)


@routes.patch("/users/<user_id>/username")
async def rename(user_id: int, body: NewName) -> Renamed | NotRenamed:
    """Take another name; one that is not to be had is no error here."""
    refuse_other(user_id)
    try:
        user = await act(users.update, me().id, users.Changes(username=body.username))
    except (Invalid, Conflict) as refused:  # the client reads this from an answer that is 200
        return NotRenamed(refused.message)
    return Renamed(user.username)


@routes.get("/users/<user_id>/mutual-guilds/<target_user_id>")
async def mutual_guilds(user_id: int, target_user_id: int) -> list[Guild]:
    """The guilds that one shares with somebody, by name."""
    refuse_other(user_id)
    return [
        Guild(uuid(each.id), each.name, icon or initials(each.name), icon)
        for each in await see(mutuals.servers, me().id, target_user_id)
        for icon in [picture_url(each.icon)]
    ]


@routes.get("/users/<user_id>/mutual-friends/<target_user_id>")
async def mutual_friends(user_id: int, target_user_id: int) -> list[Friend]:
    """The friends that one shares with somebody, by name."""
    refuse_other(user_id)
    return [
        Friend(uuid(each.user_id), each.username, avatar, avatar)
        for each in await see(mutuals.friends, me().id, target_user_id)
        for avatar in [picture_url(each.avatar)]
    ]
