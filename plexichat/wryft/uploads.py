"""Giving files (contract 04): pictures for a place that they find later, and attachments."""

from typing import Final

from msgspec import Struct

from plexichat.core import pictures, uploads
from plexichat.core.avatars import SIDE
from plexichat.core.emojis import SIDE as EMOJI_SIDE
from plexichat.web.refusals import Problem, Refused, too_many
from plexichat.web.requests import act, house, me, see
from plexichat.web.routes import Routes
from plexichat.web.uploads import keep, keep_attachment, received
from plexichat.wryft.dialect import file_url

routes = Routes("Uploads")

AT_ONCE: Final = 10
WINDOW_SECONDS: Final = 60
# Of each kind of picture: how many bytes it may have, and how long it may stay, in pixels.
AVATAR: Final = (5 << 20, SIDE)
BANNER: Final = (10 << 20, 1920)
ICON: Final = (5 << 20, SIDE)
EMOJI: Final = (256 << 10, EMOJI_SIDE)


class Uploaded(Struct):
    url: str
    file_id: str


@routes.post("/upload/avatar", takes="multipart/form-data")
async def avatar() -> Uploaded:
    """A picture of oneself, to be shown once the profile names it."""
    return await _picture("avatar", *AVATAR)


@routes.post("/upload/banner", takes="multipart/form-data")
async def banner() -> Uploaded:
    """A banner, to be shown once a profile or a guild names it."""
    return await _picture("banner", *BANNER)


@routes.post("/upload/icon", takes="multipart/form-data")
async def icon() -> Uploaded:
    """A picture of a guild, to be shown once the guild names it."""
    return await _picture("icon", *ICON)


@routes.post("/upload/emoji", takes="multipart/form-data")
async def emoji() -> Uploaded:
    """A picture for an emoji."""
    return await _picture("emoji", *EMOJI)


@routes.post("/upload/attachment", takes="multipart/form-data")
async def attachment() -> Uploaded:
    """A file to be sent with a message, within a day."""
    _count()
    here, my_id = house(), me().id
    rules = here.config.uploads
    await see(uploads.check_quota, my_id, 1, rules.quota_bytes)
    async with received(rules.max_attachment_bytes, over=_too_large) as given:
        made = await keep_attachment(given)
    return _uploaded(made.name)


async def _picture(kind: str, limit: int, side: int) -> Uploaded:
    _count()
    here, my_id = house(), me().id
    async with received(limit, over=_too_large) as given, here.shelf.incoming() as made:
        picture = await here.shelf.develop(given.file.path, made.path, side)

        async def note(file: str) -> str:
            await act(pictures.add, my_id, kind, picture.animated, file)
            return file

        return _uploaded(await keep(made, picture.suffix, note))


def _count() -> None:
    """Refuse the eleventh upload of a minute that began with the first; the body is not read."""
    wait = house().windows.take(("upload", me().id), AT_ONCE, WINDOW_SECONDS)
    if wait:
        raise Refused(too_many("Rate limited", wait, {}))


def _too_large() -> Refused:
    return Refused(Problem(413, "File too large"))


def _uploaded(name: str) -> Uploaded:
    url = file_url(name)
    return Uploaded(url, url.rpartition("/")[2])
