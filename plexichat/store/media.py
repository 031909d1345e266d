"""Whose file is whose, and what it is for."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from plexichat.store.db import Snapshot

OWNERS: Final = """
    SELECT f.name, iif(f.message_id IS NULL, 'unsent', iif(instr(f.content_type, '/'),
        substr(f.content_type, 1, instr(f.content_type, '/') - 1), 'other')), f.uploader_id
        FROM upload f WHERE f.name IN (SELECT value FROM json_each(?1))
    UNION ALL SELECT t.name, 'thumbnails', f.uploader_id
        FROM thumbnail t JOIN upload f ON f.id = t.upload_id
        WHERE t.name IN (SELECT value FROM json_each(?1))
    UNION ALL SELECT avatar, 'avatars', id
        FROM user WHERE avatar IN (SELECT value FROM json_each(?1))
    UNION ALL SELECT banner, 'banners', user_id
        FROM profile WHERE banner IN (SELECT value FROM json_each(?1))
    UNION ALL SELECT icon, 'server icons', owner_id
        FROM server WHERE icon IN (SELECT value FROM json_each(?1)) AND NOT ended
    UNION ALL SELECT banner, 'server banners', owner_id
        FROM server WHERE banner IN (SELECT value FROM json_each(?1)) AND NOT ended
    UNION ALL SELECT file, 'emoji', created_by
        FROM emoji WHERE file IN (SELECT value FROM json_each(?1))
    UNION ALL SELECT file, 'unsent', owner_id
        FROM picture WHERE file IN (SELECT value FROM json_each(?1))
    UNION ALL SELECT name, 'on its way', user_id
        FROM upload_session WHERE name IN (SELECT value FROM json_each(?1))"""


class Owned(Struct, frozen=True):
    """What a file is for, and who brought it; nobody if their account is no more."""

    name: str
    kind: str
    username: str | None


def owned(snap: Snapshot, names: Sequence[str]) -> list[Owned]:
    """Those of these files that somebody needs."""
    listed = '["' + '","'.join(names) + '"]'
    rows = snap.execute(
        f"SELECT o.*, u.username FROM ({OWNERS}) o LEFT JOIN user u ON u.id = o.uploader_id",
        (listed,),
    )
    return [Owned(name, kind, username) for name, kind, _, username in rows]
