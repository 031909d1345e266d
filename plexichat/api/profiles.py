"""What people tell of themselves (contract 02, section 4)."""

import re
from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from plexichat.api.shapes import Id
from plexichat.core import profiles
from plexichat.core.pictures import Given, Wanted
from plexichat.core.presence import Text
from plexichat.core.profiles import Portrait
from plexichat.web.requests import act, house, me, see
from plexichat.web.routes import Routes

routes = Routes("Users")

LINKS: Final = 10
_links = msgspec.json.Decoder(list[dict[str, Any]]).decode


class Profile(Struct):
    user_id: Id
    bio: str | None
    status: str | None
    status_emoji: str | None
    pronouns: str | None
    location: str | None
    timezone: str | None
    banner_url: str | None
    social_links: list[dict[str, Any]]


class ProfileShown(Struct):
    profile: Profile


class ProfileChanged(Struct):
    profile: Profile
    success: bool = True


class Changes(Struct):
    bio: str | UnsetType | None = UNSET
    status: str | UnsetType | None = UNSET
    status_emoji: Annotated[str, Meta(max_length=32)] | UnsetType | None = UNSET
    pronouns: str | UnsetType | None = UNSET
    location: str | UnsetType | None = UNSET
    timezone: str | UnsetType | None = UNSET
    banner_url: str | UnsetType | None = UNSET
    social_links: (
        Annotated[list[dict[str, Any]], Meta(max_length=LINKS)] | UnsetType | None
    ) = UNSET


@routes.get(
    "/features/users/<user_id>/profile", errors=("400 Invalid user ID", "404 User not found")
)
async def show(user_id: int) -> ProfileShown:
    """What somebody tells of themself."""
    return ProfileShown(_profile(await see(profiles.portrait, me().id, user_id)))


@routes.patch("/features/users/@me/profile", errors=("400 Invalid input",))
async def change(body: Changes) -> ProfileChanged:
    """Tell something else. What is absent stays; `null` or an empty text goes."""
    links = body.social_links
    text = Text(body.status, body.status_emoji)
    wanted = profiles.Changes(
        bio=_text(body.bio),
        pronouns=_text(body.pronouns),
        location=_text(body.location),
        timezone=_text(body.timezone),
        links=None if isinstance(links, UnsetType) else msgspec.json.encode(links or []).decode(),
        banner=_banner(body.banner_url),
        says=None if text == Text() else text,
    )
    is_here = house().attendance.here(me().id)
    return ProfileChanged(_profile(await act(profiles.update, me().id, wanted, is_here)))


def _banner(given: str | UnsetType | None) -> Wanted | UnsetType:
    """A picture as core wants it; one of ours by the address at which it is shown."""
    if isinstance(given, UnsetType) or not given:
        return UNSET if isinstance(given, UnsetType) else None
    ours = re.escape(house().shapes.emoji("") or "") + r"([0-9a-f]{32})\.\w+"
    found = re.fullmatch(ours, given)
    return given if found is None else Given(found[1])


def _text(given: str | UnsetType | None) -> str | None:
    return None if isinstance(given, UnsetType) else given or ""


def _profile(found: Portrait) -> Profile:
    profile, said = found.profile, found.chosen
    banner = profile.banner
    if banner is not None and "/" not in banner:
        banner = house().shapes.emoji(banner)
    return Profile(
        str(found.user.id), profile.bio, said.custom_status, said.custom_emoji, profile.pronouns,
        profile.location, profile.timezone, banner,
        [] if profile.links is None else _links(profile.links),
    )  # fmt: skip
