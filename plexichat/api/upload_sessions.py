"""Uploading a large file in chunks, with pauses and second attempts (contract group media)."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from plexichat.api.shapes import SUCCESS, Id, Seconds, Success
from plexichat.core import dimensions, filetypes, upload_sessions
from plexichat.store.upload_sessions import UploadSession
from plexichat.store.uploads import Stored
from plexichat.web.requests import act, house, me, see
from plexichat.web.routes import Routes
from plexichat.web.uploads import received

routes = Routes("Upload sessions")


class Wanted(Struct):
    filename: Annotated[str, Meta(min_length=1, max_length=255)]
    content_type: Annotated[str, Meta(min_length=1, max_length=100)]
    total_size: Annotated[int, Meta(ge=1)]


class Begun(Struct):
    session_id: Id
    chunk_size: int
    total_chunks: int
    expires_at: Seconds


class Chunk(Struct):
    """Which chunk it is, from 0, and its SHA-256 in hexadecimal if it is to be checked."""

    chunk_index: Annotated[int, Meta(ge=0)]
    chunk_checksum: str | None = None


class Progress(Struct):
    """How far an upload has come. A chunk that is refused says so in `error`; it may come again."""

    success: bool
    chunk_index: int
    uploaded_chunks: int
    total_chunks: int
    progress_percent: float
    is_complete: bool
    error: str | None


class Finished(Struct):
    """The file as it can be sent with a message."""

    success: bool
    size: int
    message: str
    id: Id
    url: str
    filename: str
    content_type: str
    hash: str


class SessionListed(Struct):
    session_id: Id
    filename: str
    content_type: str
    total_size: int
    uploaded_chunks: int
    total_chunks: int
    progress_percent: float
    status: Literal["uploading", "complete"]
    expires_at: Seconds


class Sessions(Struct):
    sessions: list[SessionListed]


@routes.post(
    "/media/upload/session", bucket="upload", errors=("400 Invalid file type", "400 File too large")
)
async def begin(body: Wanted) -> Begun:
    """Begin to upload a file of up to 1 GiB; it waits an hour for each next chunk."""
    session = await act(
        upload_sessions.begin,
        me().id,
        body.filename,
        body.content_type,
        body.total_size,
        house().config.uploads,
    )
    return Begun(
        str(session.id), session.chunk_size, len(session.chunks), session.expires_at // 1000
    )


@routes.post(
    "/media/upload/chunk/<session_id>",
    bucket="upload_chunk",
    takes="multipart/form-data",
    errors=(
        "400 Invalid session ID", "400 Session not found", "400 Invalid file type",
        "400 File too large", "507 Insufficient storage",
    ),
)  # fmt: skip
async def chunk(session_id: int, query: Chunk) -> Progress:
    """Give the chunk in the part `file`; they come in any order, and again in place of before."""
    here, my_id, index = house(), me().id, query.chunk_index
    session = await see(upload_sessions.open, my_id, session_id)
    async with received(session.chunk_size) as given, here.shelf.turn(session.name):
        wrong = upload_sessions.check(
            session, index, given.file.size, given.file.sha256, query.chunk_checksum
        )
        if not wrong:
            await see(upload_sessions.open, my_id, session_id)
            await here.shelf.run(
                here.shelf.files.place, session.name, index * session.chunk_size, given.file.path
            )
            session = await act(upload_sessions.placed, my_id, session_id, index)
    return Progress(
        not wrong, index, session.arrived, len(session.chunks), _percent(session),
        session.complete, wrong or None,
    )  # fmt: skip


@routes.post(
    "/media/upload/complete/<session_id>",
    bucket="upload",
    errors=(
        "400 Invalid session ID", "400 Upload incomplete", "400 Invalid file type",
        "400 File too large",
    ),
)  # fmt: skip
async def complete(session_id: int) -> Finished:
    """Make one file of all chunks, to be sent with a message within a day."""
    here, my_id = house(), me().id
    session = await see(upload_sessions.complete, my_id, session_id)
    shelf, name = here.shelf, session.name
    async with shelf.turn(name):
        await see(upload_sessions.complete, my_id, session_id)
        head, sha256 = await shelf.run(shelf.files.seal, name)
        kind = filetypes.judge(head, session.content_type, session.filename)
        side = await shelf.run(dimensions.longest_side, shelf.files.path(name), kind)
        file = Stored(name, session.filename, kind, session.total_size, sha256, side)
        made = here.shapes.attachment(
            await act(upload_sessions.finish, my_id, session_id, file)
        )
    return Finished(
        True, made.size, "stored", made.id, made.url, made.filename, made.content_type, made.hash
    )


@routes.delete(
    "/media/upload/session/<session_id>",
    errors=("400 Invalid session ID", "404 Session not found"),
)
async def remove(session_id: int) -> Success:
    """Give up an upload."""
    await act(upload_sessions.remove, me().id, session_id)
    return SUCCESS


@routes.get("/media/upload/sessions")
async def mine() -> Sessions:
    """What one is uploading, the oldest first."""
    return Sessions([_listed(session) for session in await see(upload_sessions.of, me().id)])


def _listed(session: UploadSession) -> SessionListed:
    return SessionListed(
        str(session.id), session.filename, session.content_type, session.total_size,
        session.arrived, len(session.chunks), _percent(session),
        "complete" if session.complete else "uploading", session.expires_at // 1000,
    )  # fmt: skip


def _percent(session: UploadSession) -> float:
    return round(100 * session.arrived / len(session.chunks), 1)
