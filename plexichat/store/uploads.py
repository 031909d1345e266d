"""Rows of uploads: what a file is, whose it is, and which message carries it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from plexichat.store.db import Snapshot, Tx


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody gave. It has neither channel nor message until it is sent."""

    id: int
    name: str
    filename: str
    content_type: str
    size: int
    sha256: str
    uploader_id: int
    channel_id: int | None
    message_id: int | None


class Attached(msgspec.Struct, frozen=True):
    """A file as the message that carries it remembers it."""

    id: int
    name: str
    filename: str
    content_type: str
    size: int
    sha256: str

    @classmethod
    def read(cls, column: str) -> "list[Attached]":
        """What a message's column says."""
        return _decode(column)


_decode = msgspec.json.Decoder(list[Attached]).decode

COLUMNS = """id, name, filename, content_type, size, sha256, uploader_id, channel_id, message_id"""


def insert(
    tx: Tx,
    name: str,
    filename: str,
    content_type: str,
    size: int,
    sha256: str,
    uploader_id: int,
) -> Upload:
    upload = Upload(
        tx.id(), name, filename, content_type, size, sha256, uploader_id, None, None
    )
    tx.execute(
        """INSERT INTO upload (id, name, filename, content_type, size, sha256, uploader_id,
               created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
        (upload.id, name, filename, content_type, size, sha256, uploader_id, tx.now),
    )
    return upload


def used(snap: Snapshot, user_id: int) -> int:
    """How many bytes the files of one person have."""
    (size,) = snap.execute(
        "SELECT coalesce(sum(size), 0) FROM upload WHERE uploader_id = ?", (user_id,)
    ).fetchone()
    return int(size)


def by_id(snap: Snapshot, upload_id: int) -> Upload | None:
    found = snap.execute(f"SELECT {COLUMNS} FROM upload WHERE id = ?", (upload_id,)).fetchone()
    return None if found is None else Upload(*found)


def by_name(snap: Snapshot, name: str) -> Upload | None:
    found = snap.execute(f"SELECT {COLUMNS} FROM upload WHERE name = ?", (name,)).fetchone()
    return None if found is None else Upload(*found)


def column(uploads: Sequence[Upload]) -> str | None:
    """What `message.attachments` holds for these."""
    if not uploads:
        return None
    attached = [
        Attached(up.id, up.name, up.filename, up.content_type, up.size, up.sha256)
        for up in uploads
    ]
    return msgspec.json.encode(attached).decode()


def send(tx: Tx, uploads: Iterable[Upload], channel_id: int, message_id: int) -> None:
    tx.connection.executemany(
        "UPDATE upload SET channel_id = ?, message_id = ? WHERE id = ?",
        [(channel_id, message_id, upload.id) for upload in uploads],
    )


def delete_sent(tx: Tx, message_id: int) -> list[str]:
    """Forget what a message carried; return the names of the files."""
    gone = tx.execute("DELETE FROM upload WHERE message_id = ? RETURNING name", (message_id,))
    return [name for (name,) in gone.fetchall()]


def delete_unsent(tx: Tx, before: int, limit: int) -> list[str]:
    """Forget up to `limit` that were made before `before` and never sent; return the names."""
    gone = tx.execute(
        """DELETE FROM upload WHERE id IN
               (SELECT id FROM upload WHERE message_id IS NULL AND created_at < ? LIMIT ?)
           RETURNING name""",
        (before, limit),
    )
    return [name for (name,) in gone.fetchall()]


def known(snap: Snapshot, names: Sequence[str]) -> set[str]:
    """Which of these files somebody still needs."""
    marks = ",".join("?" * len(names))
    found = snap.execute(
        f"""SELECT name FROM upload WHERE name IN ({marks})
            UNION SELECT avatar FROM user WHERE avatar IN ({marks})
            UNION SELECT icon FROM server WHERE icon IN ({marks}) AND NOT ended
            UNION SELECT file FROM emoji WHERE file IN ({marks})""",
        [*names, *names, *names, *names],
    )
    return {name for (name,) in found}


def secret(tx: Tx, name: str, fresh: bytes) -> bytes:
    """The secret of this name; `fresh` becomes it at the first call ever."""
    tx.execute("INSERT OR IGNORE INTO secret (name, value) VALUES (?, ?)", (name, fresh))
    (value,) = tx.execute("SELECT value FROM secret WHERE name = ?", (name,)).fetchone()
    return bytes(value)
