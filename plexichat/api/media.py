"""Files of messages: uploading one for a channel, and reading it (contract group media)."""

import time
from typing import Final

from msgspec import Struct

from plexichat.api.avatars import developed
from plexichat.api.shapes import Attachment
from plexichat.core import filetypes, pictures, uploads
from plexichat.core.errors import NotFound, Unauthenticated
from plexichat.store.uploads import Upload
from plexichat.web import files
from plexichat.web.requests import Reply, bearer, cookie, current, house, me, see
from plexichat.web.routes import Routes
from plexichat.web.uploads import keep_attachment, received

routes = Routes("Media")

COOKIE: Final = "plexichat_token"
CACHED = (b"cache-control", b"private, max-age=86400")


class Opening(Struct):
    """A link's expiry and signature, and whether to save the file instead of showing it."""

    e: str = ""
    s: str = ""
    download: str = ""


@routes.post(
    "/channels/<channel_id>/attachments",
    bucket="upload",
    takes="multipart/form-data",
    errors=(
        "400 Invalid channel ID", "400 Invalid file type", "400 File too large",
        "403 Access denied",
        "403 Permission denied", "404 Channel not found", "507 Insufficient storage",
    ),
)  # fmt: skip
async def upload(channel_id: int) -> Attachment:
    """Upload the part `file`, to be sent with a message within a day."""
    here, my_id = house(), me().id
    rules = here.config.uploads
    await see(uploads.check, my_id, channel_id, rules.quota_bytes)
    async with received(rules.max_attachment_bytes) as given:
        made = await keep_attachment(given)
    return here.shapes.attachment(made)


@routes.get(
    "/media/attachments/<filename>",
    public=True,
    bucket="download",
    gives="*/*",
    errors=(
        "401 Authentication required", "401 Invalid token", "401 Token expired",
        "403 Access denied", "404 Attachment not found", "416 Range not satisfiable",
    ),
)  # fmt: skip
async def download(filename: str, query: Opening) -> Reply:
    """A file, for whoever may read its message or opens its link; pictures are for anybody."""
    here = house()
    if not query.s and await see(pictures.public, filename):
        picture = await developed(filename)
        if picture is not None:
            return picture
    found = await _opened(filename, query)
    shown = found.content_type in filetypes.INLINE
    file = await here.shelf.run(here.shelf.files.open, found.name)
    if file is None:
        raise NotFound("attachment_not_found", "Attachment not found")
    inline = shown and query.download not in ("1", "true")
    headers = [CACHED, files.disposition(found.filename, inline=inline)]
    headers.append(files.PDF if found.content_type == "application/pdf" else files.SANDBOX)
    kind = found.content_type if shown else filetypes.UNKNOWN
    if kind == "text/plain":
        kind += "; charset=utf-8"
    return files.streamed(file, kind, f'"{found.sha256}"', headers)


async def _opened(filename: str, query: Opening) -> Upload:
    """The upload, for whoever proves that it is for them."""
    here, request = house(), current()
    if request.header(b"authorization") is not None:
        token = bearer(request)
    elif query.s:
        here.shapes.links.check(filename, query.e, query.s)
        return await see(uploads.known, filename)
    else:
        kept = cookie(request, COOKIE)
        if kept is None:
            raise Unauthenticated("authentication_required", "Authentication required")
        token = kept
    reader = here.live.find(token, int(time.time() * 1000))
    return await see(uploads.readable, reader.id, filename)
