"""Uploads: files that somebody gives and then sends with a message.

Until it is sent, an upload is its uploader's alone; then it is read by whoever may read the
channel. It is sent once, and it goes with its message. One that nobody sends is gone after a day.
All that one person has here is never more than their quota.
"""

import re
from collections.abc import Sequence

from plexichat.core import channels
from plexichat.core.errors import Forbidden, Invalid, NotFound
from plexichat.core.events import FilesForgotten, Leftovers
from plexichat.store import uploads as rows
from plexichat.store.db import Snapshot, Tx
from plexichat.store.uploads import Stored, Upload

UNKNOWN = ("attachment_not_found", "Attachment not found")
UNSENT_MS = 24 * 3_600_000
DIGITS = re.compile(r"[0-9a-f]{32}", re.ASCII)
Named = int | str  # an upload, by its id, by the name of its file, or by the digits that begin it


def check(snap: Snapshot, user_id: int, channel_id: int, quota: int) -> None:
    """Refuse files for a channel in which this person may send none, and where no byte fits."""
    channels.for_sending(snap, user_id, channel_id, channels.ATTACH)
    check_quota(snap, user_id, 1, quota)


def check_quota(snap: Snapshot, user_id: int, size: int, quota: int) -> None:
    """Refuse what would be more than this person may have here altogether; 0 is no bound."""
    if quota and rows.used(snap, user_id) + size > quota:
        raise Invalid("quota_full", "File too large: your quota is full")


def add(tx: Tx, uploader_id: int, file: Stored, quota: int) -> Upload:
    """Note a file that is on the disk already."""
    check_quota(tx, uploader_id, file.size, quota)
    if file.side:
        tx.emit(Leftovers(audience=frozenset()))
    return rows.insert(tx, uploader_id, file)


def readable(snap: Snapshot, user_id: int, name: str) -> Upload:
    """The upload or thumbnail of this name, for whoever may read it."""
    return _for_reader(snap, user_id, known(snap, name))


def opened(snap: Snapshot, user_id: int, digits: str) -> Upload:
    """The same, by the digits with which the name of its file begins."""
    upload = rows.by_digits(snap, digits)
    if upload is None:
        raise NotFound(*UNKNOWN)
    return _for_reader(snap, user_id, upload)


def exists(snap: Snapshot, digits: str) -> bool:
    """Whether there is such an upload or thumbnail, for anybody."""
    return rows.by_digits(snap, digits) is not None


def _for_reader(snap: Snapshot, user_id: int, upload: Upload) -> Upload:
    if upload.uploader_id != user_id:
        if upload.channel_id is None:
            raise Forbidden(*channels.ACCESS_DENIED)
        channels.get(snap, user_id, upload.channel_id)
    return upload


def known(snap: Snapshot, name: str) -> Upload:
    """The upload or thumbnail of this name, for whoever holds a link to it."""
    upload = rows.by_file(snap, name)
    if upload is None:
        raise NotFound(*UNKNOWN)
    return upload


def unsent(
    snap: Snapshot, user_id: int, wanted: Sequence[Named], at_most: int
) -> list[Upload]:
    """The uploads that somebody wants to send: their own, each for the first time."""
    if len(wanted) > at_most:
        raise Invalid("too_many_attachments", f"Invalid content: more than {at_most} attachments")
    found: dict[int, Upload] = {}
    for named in wanted:
        upload = _named(snap, named)
        if upload is None or upload.uploader_id != user_id or upload.message_id is not None:
            raise Invalid("invalid_attachment", "Invalid content: attachment is no upload of yours")
        found[upload.id] = upload
    return list(found.values())


def _named(snap: Snapshot, named: Named) -> Upload | None:
    if isinstance(named, int):
        return rows.by_id(snap, named)
    return rows.by_beginning(snap, named) if DIGITS.fullmatch(named) else rows.by_name(snap, named)


def forget_sent(tx: Tx, message_id: int) -> None:
    """Let the files of a message go with it."""
    _forget(tx, rows.delete_sent(tx, message_id))


def forget(tx: Tx, upload_ids: Sequence[int]) -> None:
    """Let these files go."""
    _forget(tx, rows.delete(tx, upload_ids))


def forget_unsent(tx: Tx, limit: int = 500) -> int:
    """Forget uploads that waited a day for a message; return how many, so that a job can stop."""
    names = rows.delete_unsent(tx, tx.now - UNSENT_MS, limit)
    _forget(tx, names)
    return len(names)


def unknown(snap: Snapshot, names: Sequence[str]) -> list[str]:
    """Which of these files nobody needs any more."""
    known = rows.known(snap, names)
    return [name for name in names if name not in known]


def _forget(tx: Tx, names: Sequence[str]) -> None:
    if names:
        tx.emit(FilesForgotten(audience=frozenset(), names=tuple(names)))
