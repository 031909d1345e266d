"""What people tell of themselves and whom they let near (contract 02)."""

from typing import Any, Literal

import msgspec
from msgspec import UNSET, Struct, UnsetType

from plexichat import ids
from plexichat.core import privacy, profiles
from plexichat.core.pictures import Given, Wanted
from plexichat.core.presence import Text
from plexichat.core.profiles import Portrait
from plexichat.store.privacy import Askers, Filter
from plexichat.store.users import Senders
from plexichat.web.requests import act, house, me, see
from plexichat.web.routes import Routes
from plexichat.wryft.dialect import file_digits, iso, moment, picture_url, uuid
from plexichat.wryft.selves import refuse_other

routes = Routes("Profiles")


class CustomStatus(Struct):
    text: str | None
    emoji: str | None
    expires_at: str | None


class Profile(Struct):
    """Somebody, under the names of the documents and under those of the client."""

    id: str
    username: str
    discriminator: str
    avatar: str | None
    avatar_url: str | None
    banner: str | None
    banner_url: str | None
    bio: str | None
    about_me: str | None
    pronouns: str | None
    timezone: str | None
    banner_color: str | None
    banner_color_secondary: str | None
    theme_config: msgspec.Raw | None
    is_premium: bool
    premium_since: str | None
    created_at: str
    custom_status: CustomStatus | str | None
    custom_status_emoji: str | None
    email: str | UnsetType = UNSET
    allow_dms: Senders | UnsetType = UNSET
    allow_friend_requests: Askers | UnsetType = UNSET
    show_online_status: bool | UnsetType = UNSET
    explicit_content_filter: Filter | UnsetType = UNSET


class NewProfile(Struct):
    bio: str | None = None
    about_me: str | None = None
    avatar: str | None = None
    avatar_url: str | None = None
    banner: str | None = None
    banner_url: str | None = None
    pronouns: str | None = None
    timezone: str | None = None
    banner_color: str | None = None
    banner_color_secondary: str | None = None
    theme_config: dict[str, Any] | None = None


class NewStatus(Struct):
    text: str | UnsetType | None = UNSET
    custom_status: str | None = None
    emoji: str | UnsetType | None = UNSET
    custom_status_emoji: str | None = None
    expires_at: str | None = None


class NewPrivacy(Struct):
    allow_friend_requests: bool | Askers | None = None
    allow_dms_from_non_friends: bool | None = None
    allow_dms: Literal["everyone", "friends", "server_members", "none"] | None = None
    show_online_status: bool | None = None
    explicit_content_filter: Filter | None = None


@routes.patch("/users/<user_id>/profile")
async def change(user_id: int, body: NewProfile) -> Profile:
    """Change one's own profile; what is absent or null stays, an empty text goes."""
    refuse_other(user_id)
    theme = body.theme_config
    wanted = profiles.Changes(
        bio=_first(body.bio, body.about_me),
        pronouns=body.pronouns,
        timezone=body.timezone,
        colour=body.banner_color,
        second_colour=body.banner_color_secondary,
        theme=None if theme is None else msgspec.json.encode(theme).decode(),
        avatar=_picture(_first(body.avatar, body.avatar_url)),
        banner=_picture(_first(body.banner, body.banner_url)),
    )
    is_here = house().attendance.here(me().id)
    return own(await act(profiles.update, me().id, wanted, is_here))


@routes.patch("/users/<user_id>/status")
async def say(user_id: int, body: NewStatus) -> Profile:
    """Set one's custom status, or clear it; what is absent is cleared too."""
    refuse_other(user_id)
    text = body.custom_status if isinstance(body.text, UnsetType) else body.text
    emoji = body.custom_status_emoji if isinstance(body.emoji, UnsetType) else body.emoji
    said = Text(text, emoji, moment(body.expires_at, "expires_at") if body.expires_at else None)
    await house().attendance.say(me().session_id, me().id, said)
    return own(await see(profiles.portrait, me().id, me().id))


@routes.patch("/users/<user_id>/privacy")
async def keep_away(user_id: int, body: NewPrivacy) -> Profile:
    """Say who may ask to be friends, who may write, and who sees that one is here."""
    refuse_other(user_id)
    asked = body.allow_friend_requests
    if isinstance(asked, bool):
        asked = "everyone" if asked else "none"
    senders: Senders | None = body.allow_dms
    if body.allow_dms_from_non_friends is not None:
        senders = "everyone" if body.allow_dms_from_non_friends else "friends"
    shown = body.show_online_status
    wanted = privacy.Changes(
        asked, senders, None if shown is None else not shown, body.explicit_content_filter
    )
    is_here = house().attendance.here(me().id)
    await act(privacy.update, me().id, wanted, is_here)
    return own(await see(profiles.portrait, me().id, me().id))


def public(found: Portrait) -> Profile:
    """What anybody may know of somebody."""
    user, profile, said = found.user, found.profile, found.chosen
    avatar, banner = picture_url(user.avatar), picture_url(profile.banner)
    until = None if said.text_until is None else iso(said.text_until)
    status: CustomStatus | str | None = None
    if said.custom_status is not None or said.custom_emoji is not None:
        status = CustomStatus(said.custom_status, said.custom_emoji, until)
        if house().config.wryft.legacy_client:
            status = said.custom_status
    return Profile(
        uuid(user.id), user.username, f"{user.id % 10_000:04}", avatar, avatar, banner, banner,
        profile.bio, profile.bio, profile.pronouns, profile.timezone, profile.colour,
        profile.second_colour, None if profile.theme is None else msgspec.Raw(profile.theme),
        False, None, iso(ids.unix_ms(user.id)), status, said.custom_emoji,
    )  # fmt: skip


def own(found: Portrait) -> Profile:
    """What only oneself may know of oneself, too."""
    shape = public(found)
    shape.email = found.user.email or ""
    shape.allow_dms = found.user.allow_dms_from
    shape.allow_friend_requests = found.privacy.requests_from
    shape.show_online_status = not found.chosen.hidden
    shape.explicit_content_filter = found.privacy.filter
    return shape


def _first(seed: str | None, client: str | None) -> str | None:
    return client if seed is None else seed


def _picture(url: str | None) -> Wanted | UnsetType:
    """A picture as core wants it: unset for none given, None for an empty address."""
    if url is None:
        return UNSET
    digits = file_digits(url)
    return Given(digits) if digits is not None else url or None
