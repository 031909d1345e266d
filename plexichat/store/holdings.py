"""Everything that is kept of one person, table by table; never what proves who somebody is."""

from collections.abc import Iterator
from typing import Final

from plexichat.store.db import Snapshot

# table -> which of its rows are somebody's; ?1 is their id
OF: Final = {
    "user": "id = ?1",
    "profile": "user_id = ?1",
    "privacy": "user_id = ?1",
    "presence": "user_id = ?1",
    "preference": "user_id = ?1",
    "session": "user_id = ?1",
    "relationship": "user_id = ?1",
    "dm": "?1 IN (low_id, high_id)",
    "message": "author_id = ?1 AND deleted = 0",
    "upload": "uploader_id = ?1",
    "upload_session": "user_id = ?1",
    "picture": "owner_id = ?1",
    "reactor": "user_id = ?1",
    "reading": "user_id = ?1",
    "recent": "user_id = ?1",
    "focus": "user_id = ?1",
    "notification": "user_id = ?1",
    "notification_mark": "user_id = ?1",
    "server": "owner_id = ?1 AND NOT ended",
    "member": "user_id = ?1",
    "member_role": "user_id = ?1",
    "silence": "user_id = ?1",
    "override": "kind = 'member' AND target_id = ?1",
    "ban": "user_id = ?1",
    "invite": "inviter_id = ?1",
    "emoji": "created_by = ?1",
    "webhook": "creator_id = ?1",
    "audit": "user_id = ?1",
    "report": "reporter_id = ?1",
    "feedback": "user_id = ?1",
    "deed": "admin_id = ?1",
    "admin_note": "user_id = ?1",
}
SECRETS: Final = frozenset(("email_key", "password_hash", "token_hash"))


def rows(snap: Snapshot, table: str, user_id: int) -> Iterator[dict[str, object]]:
    """A person's rows of a table, one after the other."""
    cursor = snap.execute(f"SELECT * FROM {table} WHERE {OF[table]}", (user_id,))
    names = [column[0] for column in cursor.description]
    for row in cursor:
        yield {
            name: value
            for name, value in zip(names, row, strict=True)
            if name not in SECRETS and not isinstance(value, bytes)
        }


def files(snap: Snapshot, user_id: int) -> list[tuple[str, str]]:
    """The files somebody gave, each with the name they gave it."""
    found = snap.execute(
        """SELECT name, filename FROM upload WHERE uploader_id = ?1
           UNION ALL SELECT avatar, 'avatar' FROM user WHERE id = ?1 AND avatar NOT LIKE '%/%'
           UNION ALL SELECT banner, 'banner' FROM profile
               WHERE user_id = ?1 AND banner NOT LIKE '%/%'
           UNION ALL SELECT file, kind FROM picture WHERE owner_id = ?1""",
        (user_id,),
    )
    return [(str(name), str(filename)) for name, filename in found]
