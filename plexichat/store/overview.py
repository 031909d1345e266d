"""Numbers about everything that is here, for admins; and their notes about people."""

from msgspec import Struct

from plexichat.store.db import Snapshot, Tx


class Overview(Struct, frozen=True):
    people: int
    active: int
    deletions: int
    servers: int
    channels: int
    messages: int
    pending_reports: int


class Recent(Struct, frozen=True):
    """What is new, and who is suspended."""

    people: int
    servers: int
    messages: int
    suspended: int


def recent(snap: Snapshot, first_id: int, first_message_id: int) -> Recent:
    """People and servers from one id on, messages from another."""
    row = snap.execute(
        """SELECT (SELECT count(*) FROM user WHERE id >= ?1 AND username IS NOT NULL),
               (SELECT count(*) FROM server WHERE id >= ?1 AND NOT ended),
               (SELECT count(*) FROM message WHERE id >= ?2),
               (SELECT count(*) FROM user WHERE suspended_until > ?3)""",
        (first_id, first_message_id, snap.now),
    ).fetchone()
    return Recent(*row)


def look(snap: Snapshot, active_since: int) -> Overview:
    """Messages are all that were ever sent: counting those that are left would read every one."""
    row = snap.execute(
        """SELECT (SELECT count(*) FROM user WHERE username IS NOT NULL),
               (SELECT count(DISTINCT user_id) FROM session WHERE active_at >= ?),
               (SELECT count(*) FROM user WHERE deletion_at IS NOT NULL),
               (SELECT count(*) FROM server WHERE NOT ended),
               (SELECT count(*) FROM channel),
               (SELECT coalesce(sum(sent), 0) FROM channel),
               (SELECT count(*) FROM report WHERE status = 'pending')""",
        (active_since,),
    ).fetchone()
    return Overview(*row)


def notes(snap: Snapshot, user_id: int) -> str:
    row = snap.execute("SELECT notes FROM admin_note WHERE user_id = ?", (user_id,)).fetchone()
    return "" if row is None else str(row[0])


def put_notes(tx: Tx, user_id: int, text: str) -> None:
    tx.execute("INSERT OR REPLACE INTO admin_note (user_id, notes) VALUES (?, ?)", (user_id, text))
