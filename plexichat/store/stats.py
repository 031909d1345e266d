"""Numbers about one person, from rows that count already."""

from msgspec import Struct

from plexichat.store.db import Snapshot


class Stats(Struct, frozen=True):
    sent_in_servers: int
    sent_in_dms: int
    friends: int
    servers: int
    owned_servers: int
    reactions: int
    uploads: int


def of(snap: Snapshot, user_id: int) -> Stats:
    """Messages are all that were ever sent; of everything else, what there is now."""
    row = snap.execute(
        """SELECT
               (SELECT coalesce(sum(r.sent), 0) FROM reading r JOIN channel c ON c.id = r.channel_id
                WHERE r.user_id = ?1 AND c.server_id IS NOT NULL),
               (SELECT coalesce(sum(r.sent), 0) FROM reading r JOIN channel c ON c.id = r.channel_id
                WHERE r.user_id = ?1 AND c.kind = 'dm'),
               (SELECT count(*) FROM relationship WHERE user_id = ?1 AND status = 'friend'),
               (SELECT count(*) FROM member m JOIN server s ON s.id = m.server_id
                WHERE m.user_id = ?1 AND NOT s.ended),
               (SELECT count(*) FROM member m JOIN server s ON s.id = m.server_id
                WHERE m.user_id = ?1 AND s.owner_id = ?1 AND NOT s.ended),
               (SELECT count(*) FROM reactor WHERE user_id = ?1),
               (SELECT count(*) FROM upload WHERE uploader_id = ?1)""",
        (user_id,),
    ).fetchone()
    return Stats(*row)
