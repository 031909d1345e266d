"""What has to go with an account, a few rows at a time."""

from plexichat.store.channels import ENDED
from plexichat.store.db import Snapshot, Tx

# What may be many, with the columns that name one row.
MANY = {"reading": "user_id, channel_id", "notification": "user_id, id"}
FEW = (
    "session", "preference", "focus", "recent", "notification_mark", "presence", "totp",
    "backup_code", "challenge", "recovery_link", "recovery_code",
    "admin_session", "admin_note", "profile", "privacy",
)  # fmt: skip


def due(snap: Snapshot) -> int | None:
    """Somebody whose time is up, and who owns no server."""
    row = snap.execute(
        """SELECT id FROM user WHERE deletion_at <= ? AND deletion_at IS NOT NULL
               AND NOT EXISTS (SELECT 1 FROM server WHERE owner_id = user.id) LIMIT 1""",
        (snap.now,),
    ).fetchone()
    return None if row is None else int(row[0])


def owned(snap: Snapshot, user_id: int) -> int:
    """How many servers somebody owns."""
    (count,) = snap.execute(
        "SELECT count(*) FROM server WHERE owner_id = ? AND NOT ended", (user_id,)
    ).fetchone()
    return int(count)


def server_of(snap: Snapshot, user_id: int) -> int | None:
    """A server somebody belongs to, ended or not."""
    row = snap.execute(
        "SELECT server_id FROM member WHERE user_id = ? LIMIT 1", (user_id,)
    ).fetchone()
    return None if row is None else int(row[0])


def said(snap: Snapshot, user_id: int, limit: int) -> list[tuple[int, int]]:
    """Some of somebody's messages, as channel and id, where they are not being cleared anyway."""
    return snap.execute(
        """SELECT m.channel_id, m.id FROM message m JOIN channel c ON c.id = m.channel_id
           WHERE m.author_id = ? AND m.deleted = 0 AND c.kind <> ? LIMIT ?""",
        (user_id, ENDED, limit),
    ).fetchall()


def relations(snap: Snapshot, user_id: int, limit: int) -> list[tuple[int, int]]:
    """Some of what stands between somebody and others: pairs of whose side, and about whom."""
    return snap.execute(
        """SELECT user_id, other_id FROM relationship WHERE user_id = ?1
           UNION ALL SELECT user_id, other_id FROM relationship WHERE other_id = ?1 LIMIT ?2""",
        (user_id, limit),
    ).fetchall()


def delete_some(tx: Tx, table: str, user_id: int, limit: int) -> int:
    """Delete some of somebody's rows; return how many there were."""
    key = MANY[table]
    return tx.execute(
        f"""DELETE FROM {table} WHERE ({key}) IN
               (SELECT {key} FROM {table} WHERE user_id = ? LIMIT ?)""",
        (user_id, limit),
    ).rowcount


def delete_rest(tx: Tx, user_id: int) -> None:
    """Delete what is never much."""
    for table in FEW:
        tx.execute(f"DELETE FROM {table} WHERE user_id = ?", (user_id,))
