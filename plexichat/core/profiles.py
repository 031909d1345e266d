"""Profiles: what people tell of themselves beside their name and picture."""

import re
from dataclasses import dataclass
from typing import Final

from msgspec import UNSET, UnsetType

from plexichat.core import pictures, presence, users
from plexichat.core.errors import Invalid
from plexichat.core.pictures import Wanted
from plexichat.core.presence import Text
from plexichat.store import privacy as privacy_rows
from plexichat.store import profiles as rows
from plexichat.store import relationships
from plexichat.store.db import Snapshot, Tx
from plexichat.store.presence import Chosen
from plexichat.store.privacy import Privacy
from plexichat.store.profiles import Profile
from plexichat.store.users import User

LENGTHS: Final = {"bio": 1000, "pronouns": 40, "location": 100, "timezone": 64}
COLOURS: Final = {"colour": "banner_color", "second_colour": "banner_color_secondary"}
COLOUR: Final = re.compile(r"#[0-9A-Fa-f]{6}")
BLOB_LENGTH: Final = 16_384  # what only clients understand


@dataclass(frozen=True, slots=True)
class Changes:
    """What somebody wants different; None leaves it, an empty text takes it away."""

    bio: str | None = None
    pronouns: str | None = None
    location: str | None = None
    timezone: str | None = None
    colour: str | None = None
    second_colour: str | None = None
    theme: str | None = None
    links: str | None = None
    avatar: Wanted | UnsetType = UNSET
    banner: Wanted | UnsetType = UNSET
    says: Text | None = None


@dataclass(frozen=True, slots=True)
class Portrait:
    """All that there is to tell of somebody; what of it is for whom, the teller knows."""

    user: User
    profile: Profile
    privacy: Privacy
    chosen: Chosen


def get(snap: Snapshot, user_id: int) -> Profile:
    users.get(snap, user_id)
    return rows.of(snap, user_id)


def portrait(snap: Snapshot, viewer: int | None, user_id: int) -> Portrait:
    """Somebody as `viewer`, or anybody, finds them; a block hides what they say of the moment."""
    user = users.get(snap, user_id)
    chosen = presence.chosen(snap, user_id)
    if viewer is not None and "blocked" in relationships.pair(snap, viewer, user_id):
        chosen = Chosen(user_id)
    return Portrait(user, rows.of(snap, user_id), privacy_rows.of(snap, user_id), chosen)


def update(tx: Tx, user_id: int, wanted: Changes, is_here: bool) -> Portrait:
    """Change one's own profile and picture, all of it or nothing."""
    columns: dict[str, object] = {}
    for name, length in (*LENGTHS.items(), ("theme", BLOB_LENGTH), ("links", BLOB_LENGTH)):
        text = getattr(wanted, name)
        if text is not None:
            if len(text) > length:
                raise Invalid(f"invalid_{name}", f"Invalid input: {name}")
            columns[name] = text or None
    for name, told in COLOURS.items():
        colour = getattr(wanted, name)
        if colour is not None:
            if colour and not COLOUR.fullmatch(colour):
                raise Invalid(f"invalid_{told}", f"Invalid input: {told}")
            columns[name] = colour or None
    if not isinstance(wanted.banner, UnsetType):
        before = rows.of(tx, user_id).banner
        after = pictures.place(tx, user_id, wanted.banner, before, "banner")
        pictures.replaced(tx, before, after)
        columns["banner"] = after
    if columns:
        rows.change(tx, user_id, **columns)
    if wanted.avatar is not UNSET:
        users.update(tx, user_id, users.Changes(avatar=wanted.avatar))
    if wanted.says is not None:
        presence.say(tx, user_id, wanted.says, is_here)
    return portrait(tx, user_id, user_id)


def forget(tx: Tx, user_id: int) -> None:
    """Let go what somebody told who is no more; the rows go with the others."""
    pictures.replaced(tx, rows.of(tx, user_id).banner, None)
