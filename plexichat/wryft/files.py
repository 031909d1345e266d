"""Reading files (contract 04): pictures are for anybody, attachments for whoever reads them."""

import time
from typing import Final
from uuid import UUID

from plexichat.core import filetypes, pictures, uploads
from plexichat.core.errors import Invalid, NotFound, Unauthenticated
from plexichat.core.pictures import Given
from plexichat.store.uploads import Upload
from plexichat.web import files
from plexichat.web.requests import Reply, bearer, cookie, current, house, see
from plexichat.web.routes import Routes
from plexichat.wryft.dialect import COOKIE, FORM

routes = Routes("Files")

PUBLIC: Final = (b"cache-control", b"public, max-age=31536000")
PRIVATE: Final = (b"cache-control", b"private, max-age=31536000")
NOT_FOUND: Final = ("file_not_found", "File not found")


@routes.get("/files/<file_id>", public=True, gives="*/*")
async def show(file_id: str) -> Reply:
    """A picture, or an attachment for whoever may read its message, by token or by cookie."""
    if not FORM.fullmatch(file_id):
        raise Invalid("invalid_id", "Invalid file id")
    digits = UUID(file_id).hex
    if await see(uploads.exists, digits):
        return await _attachment(await see(uploads.opened, _reader(), digits))
    return await _picture(await see(pictures.shown, Given(digits)))


async def _picture(name: str) -> Reply:
    shelf = house().shelf
    file = await shelf.run(shelf.files.open, name)
    if file is None:
        raise NotFound(*NOT_FOUND)
    digits, _, ending = name.partition(".")
    return files.streamed(file, files.PICTURES[ending], f'"{digits}"', [PUBLIC, files.SANDBOX])


async def _attachment(found: Upload) -> Reply:
    shelf = house().shelf
    file = await shelf.run(shelf.files.open, found.name)
    if file is None:
        raise NotFound(*NOT_FOUND)
    inline = found.content_type in filetypes.INLINE
    kind = found.content_type if inline else filetypes.UNKNOWN
    if kind == "text/plain":
        kind += "; charset=utf-8"
    policy = files.PDF if found.content_type == "application/pdf" else files.SANDBOX
    headers = [PRIVATE, files.disposition(found.filename, inline=inline), policy]
    return files.streamed(file, kind, f'"{found.sha256}"', headers)


def _reader() -> int:
    """Who asks for a file that is not for everybody; a browser sends no token with a picture."""
    request = current()
    token = cookie(request, COOKIE)
    if request.header(b"authorization") is not None:
        token = bearer(request)
    if token is None:
        raise Unauthenticated("authentication_required", "Authentication required")
    return house().live.find(token, int(time.time() * 1000)).id
