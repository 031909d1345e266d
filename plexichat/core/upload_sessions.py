"""Upload sessions: a large file given in chunks, which may come in any order and again.

A session is its owner's alone. What it will come to counts against their quota from the start.
One that hears nothing for an hour is gone; one that is complete becomes an upload.
"""

from dataclasses import replace
from typing import Final

from plexichat import config
from plexichat.core import filetypes, uploads
from plexichat.core.errors import Invalid, NotFound
from plexichat.core.events import FilesForgotten
from plexichat.store import files
from plexichat.store import upload_sessions as rows
from plexichat.store.db import Snapshot, Tx
from plexichat.store.upload_sessions import HERE, MISSING, UploadSession
from plexichat.store.uploads import Stored, Upload

MAX_BYTES: Final = 1 << 30
CHUNK_BYTES: Final = 5 << 20
CHUNKS: Final = 200
AT_ONCE: Final = 20
LIFE_MS: Final = 3_600_000


def begin(
    tx: Tx, user_id: int, filename: str, content_type: str, size: int, rules: config.Uploads
) -> UploadSession:
    """Make room for a file of so many bytes."""
    tx.claim()
    filename = filetypes.tidy(filename)
    filetypes.check_name(filename)
    if size > min(rules.max_attachment_bytes, MAX_BYTES):
        raise Invalid("file_too_large", "File too large")
    uploads.check_quota(tx, user_id, size, rules.quota_bytes)
    if len(rows.of(tx, user_id)) >= AT_ONCE:
        raise Invalid("too_many_uploads", f"File too large: {AT_ONCE} others are on their way")
    chunk = CHUNK_BYTES
    while size > chunk * CHUNKS:
        chunk += 1 << 20
    session = UploadSession(
        tx.id(), user_id, files.fresh(filetypes.suffix(filename)), filename,
        content_type.partition(";")[0].strip().lower(), size, chunk,
        MISSING * -(-size // chunk), tx.now + LIFE_MS,
    )  # fmt: skip
    rows.insert(tx, session)
    return session


def of(snap: Snapshot, user_id: int) -> list[UploadSession]:
    """What somebody is uploading."""
    return rows.of(snap, user_id)


def open(snap: Snapshot, user_id: int, session_id: int) -> UploadSession:
    """A session that takes chunks."""
    session = rows.by_id(snap, user_id, session_id)
    if session is None:
        raise Invalid("session_not_found", "Session not found")
    return session


def complete(snap: Snapshot, user_id: int, session_id: int) -> UploadSession:
    """A session of which no chunk is missing."""
    session = rows.by_id(snap, user_id, session_id)
    if session is None or not session.complete:
        raise incomplete()
    return session


def incomplete() -> Invalid:
    return Invalid("upload_incomplete", "Upload incomplete")


def check(session: UploadSession, index: int, size: int, sha256: str, wanted: str | None) -> str:
    """What is wrong with a chunk as it came; nothing is an empty text."""
    if index >= len(session.chunks):
        return f"Invalid chunk index: there are {len(session.chunks)}"
    if size != session.length(index):
        return f"Invalid chunk size: {size} bytes in place of {session.length(index)}"
    if wanted is not None and wanted.lower() != sha256:
        return "Checksum mismatch"
    return ""


def placed(tx: Tx, user_id: int, session_id: int, index: int) -> UploadSession:
    """Note that a chunk is in its place."""
    session = open(tx, user_id, session_id)
    chunks = session.chunks[:index] + HERE + session.chunks[index + 1 :]
    rows.put(tx, session_id, chunks, tx.now + LIFE_MS)
    return replace(session, chunks=chunks, expires_at=tx.now + LIFE_MS)


def finish(tx: Tx, user_id: int, session_id: int, file: Stored) -> Upload:
    """Let a complete session become an upload, which its quota has had room for."""
    complete(tx, user_id, session_id)
    rows.delete(tx, session_id)
    return uploads.add(tx, user_id, file, 0)


def remove(tx: Tx, user_id: int, session_id: int) -> None:
    """Give up an upload, and what is here of it."""
    session = rows.by_id(tx, user_id, session_id)
    if session is None:
        raise NotFound("session_not_found", "Session not found")
    rows.delete(tx, session_id)
    tx.emit(FilesForgotten(audience=frozenset(), names=(session.name,)))


def forget_expired(tx: Tx, limit: int = 500) -> int:
    """Forget what nobody continued for an hour; return how many, so that a job can stop."""
    names = rows.delete_expired(tx, limit)
    if names:
        tx.emit(FilesForgotten(audience=frozenset(), names=tuple(names)))
    return len(names)
