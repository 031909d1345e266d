"""Rows of thumbnails: the small copies of an upload that is a picture."""

from collections.abc import Mapping

from msgspec.structs import replace

from plexichat.store import uploads
from plexichat.store.db import Snapshot, Tx
from plexichat.store.uploads import Attached, Upload


def due(snap: Snapshot) -> tuple[int, str, int] | None:
    """The oldest picture of which none were made: its upload, its file, its longest side."""
    row = snap.execute(
        "SELECT id, name, side FROM upload WHERE side > 0 ORDER BY id LIMIT 1"
    ).fetchone()
    return None if row is None else (row[0], row[1], row[2])


def put(tx: Tx, upload_id: int, made: Mapping[int, str]) -> Upload | None:
    """Note what was made, and that nothing is due; None when the upload is gone."""
    tx.execute("UPDATE upload SET side = 0 WHERE id = ?", (upload_id,))
    if uploads.by_id(tx, upload_id) is None:
        return None
    tx.connection.executemany(
        "INSERT INTO thumbnail (upload_id, side, name) VALUES (?, ?, ?)",
        [(upload_id, side, name) for side, name in made.items()],
    )
    return uploads.by_id(tx, upload_id)


def attach(tx: Tx, upload: Upload) -> None:
    """Let the message that carries this know them."""
    (column,) = tx.execute(
        "SELECT attachments FROM message WHERE id = ?", (upload.message_id,)
    ).fetchone()
    attached = [
        replace(file, thumbnails=upload.thumbnails) if file.id == upload.id else file
        for file in Attached.read(column)
    ]
    tx.execute(
        "UPDATE message SET attachments = ? WHERE id = ?",
        (uploads.column(attached), upload.message_id),
    )
