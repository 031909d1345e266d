"""Rows of uploads: what a file is, whose it is, and which message carries it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import msgspec

from plexichat.store import pictures
from plexichat.store.db import Snapshot, Tx


@dataclass(frozen=True, slots=True)
class Stored:
    """A file on the disk; `side` is the longest of a picture whose thumbnails are to be made."""

    name: str
    filename: str
    content_type: str
    size: int
    sha256: str
    side: int


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody gave. It has neither channel nor message until it is sent.

    `thumbnails` are names of files by the longest side of what they show.
    """

    id: int
    name: str
    filename: str
    content_type: str
    size: int
    sha256: str
    uploader_id: int
    channel_id: int | None
    message_id: int | None
    thumbnails: dict[int, str]


class Attached(msgspec.Struct, frozen=True, omit_defaults=True):
    """A file as the message that carries it remembers it."""

    id: int
    name: str
    filename: str
    content_type: str
    size: int
    sha256: str
    thumbnails: dict[int, str] = {}

    @classmethod
    def read(cls, column: str) -> "list[Attached]":
        """What a message's column says."""
        return _decode(column)


_decode = msgspec.json.Decoder(list[Attached]).decode
_thumbnails = msgspec.json.Decoder(dict[int, str]).decode

SELECT = """SELECT id, name, filename, content_type, size, sha256, uploader_id, channel_id,
    message_id, (SELECT json_group_object(side, name) FROM thumbnail WHERE upload_id = upload.id)
    FROM upload"""

# Whoever names a file that is whole; what is still being uploaded apart.
NAMED = (
    "SELECT name FROM upload WHERE name",
    "SELECT name FROM thumbnail WHERE name",
    *pictures.SHOWN,
)


def insert(tx: Tx, uploader_id: int, file: Stored) -> Upload:
    upload_id = tx.id()
    facts = (file.name, file.filename, file.content_type, file.size, file.sha256, uploader_id)
    tx.execute(
        """INSERT INTO upload (id, name, filename, content_type, size, sha256, uploader_id, side,
               created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (upload_id, *facts, file.side, tx.now),
    )
    return Upload(upload_id, *facts, None, None, {})


def used(snap: Snapshot, user_id: int) -> int:
    """How many bytes the files of one person have, those that are on their way included."""
    (size,) = snap.execute(
        """SELECT (SELECT coalesce(sum(size), 0) FROM upload WHERE uploader_id = ?1)
               + (SELECT coalesce(sum(total_size), 0) FROM upload_session WHERE user_id = ?1)""",
        (user_id,),
    ).fetchone()
    return int(size)


def by_id(snap: Snapshot, upload_id: int) -> Upload | None:
    return _one(snap, "id = ?", upload_id)


def by_name(snap: Snapshot, name: str) -> Upload | None:
    return _one(snap, "name = ?", name)


def by_beginning(snap: Snapshot, digits: str) -> Upload | None:
    """The upload whose name begins with these digits."""
    return _one(snap, "name >= ? AND name < ?", *pictures.bounds(digits))


def by_digits(snap: Snapshot, digits: str) -> Upload | None:
    """The upload whose name begins with these digits, or the one of which that is a thumbnail."""
    row = snap.execute(
        """SELECT name FROM upload WHERE name >= ?1 AND name < ?2
           UNION ALL SELECT name FROM thumbnail WHERE name >= ?1 AND name < ?2""",
        pictures.bounds(digits),
    ).fetchone()
    return None if row is None else by_file(snap, row[0])


def by_file(snap: Snapshot, name: str) -> Upload | None:
    """The upload of this name, or the one of which this is a thumbnail, as if it were that."""
    upload = by_name(snap, name)
    if upload is None:
        upload = _one(snap, "id = (SELECT upload_id FROM thumbnail WHERE name = ?)", name)
        if upload is not None:
            return replace(upload, name=name, sha256=name)
    return upload


def _one(snap: Snapshot, which: str, *keys: int | str) -> Upload | None:
    found = snap.execute(f"{SELECT} WHERE {which}", keys).fetchone()
    if found is None:
        return None
    *facts, thumbnails = found
    return Upload(*(*facts, _thumbnails(thumbnails)))


def attached(upload: Upload) -> Attached:
    """An upload as the message that carries it will remember it."""
    return Attached(
        upload.id, upload.name, upload.filename, upload.content_type, upload.size,
        upload.sha256, upload.thumbnails,
    )  # fmt: skip


def column(files: Sequence[Attached]) -> str | None:
    """What `message.attachments` holds for these."""
    return msgspec.json.encode(files).decode() if files else None


def send(tx: Tx, uploads: Iterable[Upload], channel_id: int, message_id: int) -> None:
    tx.connection.executemany(
        "UPDATE upload SET channel_id = ?, message_id = ? WHERE id = ?",
        [(channel_id, message_id, upload.id) for upload in uploads],
    )


def delete_sent(tx: Tx, message_id: int) -> list[str]:
    """Forget what a message carried; return the names of the files."""
    found = tx.execute("SELECT id FROM upload WHERE message_id = ?", (message_id,))
    return delete(tx, [upload_id for (upload_id,) in found.fetchall()])


def delete_unsent(tx: Tx, before: int, limit: int) -> list[str]:
    """Forget up to `limit` that were made before `before` and never sent; return the names."""
    found = tx.execute(
        "SELECT id FROM upload WHERE message_id IS NULL AND created_at < ? LIMIT ?",
        (before, limit),
    )
    return delete(tx, [upload_id for (upload_id,) in found.fetchall()])


def delete(tx: Tx, ids: Sequence[int]) -> list[str]:
    """Forget these; return the names of the files."""
    marks = ",".join("?" * len(ids))
    names = tx.execute(
        f"""SELECT name FROM upload WHERE id IN ({marks})
            UNION ALL SELECT name FROM thumbnail WHERE upload_id IN ({marks})""",
        [*ids, *ids],
    ).fetchall()
    tx.execute(f"DELETE FROM upload WHERE id IN ({marks})", ids)
    return [name for (name,) in names]


def known(snap: Snapshot, names: Sequence[str]) -> set[str]:
    """Which of these files somebody still needs."""
    marks = ",".join("?" * len(names))
    needed = (*NAMED, "SELECT name FROM upload_session WHERE name")
    found = snap.execute(
        " UNION ".join(f"{select} IN ({marks})" for select in needed), [*names] * len(needed)
    )
    return {name for (name,) in found}


def secret(tx: Tx, name: str, fresh: bytes) -> bytes:
    """The secret of this name; `fresh` becomes it at the first call ever."""
    tx.execute("INSERT OR IGNORE INTO secret (name, value) VALUES (?, ?)", (name, fresh))
    (value,) = tx.execute("SELECT value FROM secret WHERE name = ?", (name,)).fetchone()
    return bytes(value)
