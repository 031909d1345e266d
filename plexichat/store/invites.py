"""Rows of invites: who may come in by which code."""

from msgspec import Struct

from plexichat.store.db import Snapshot, Tx


class Invite(Struct, frozen=True):
    """A key to a server, or (`server_id` None) only to an account. `max_uses` 0 is any number."""

    code: str
    server_id: int | None
    channel_id: int | None
    inviter_id: int | None
    uses: int
    max_uses: int
    max_age: int
    temporary: bool
    created_at: int
    expires_at: int | None

    @property
    def spent(self) -> bool:
        return 0 < self.max_uses <= self.uses

    def expired(self, now: int) -> bool:
        return self.expires_at is not None and self.expires_at <= now

    def live(self, now: int) -> bool:
        return not self.spent and not self.expired(now)


COLUMNS = """i.code, i.server_id, i.channel_id, i.inviter_id, i.uses, i.max_uses, i.max_age,
    i.temporary, i.created_at, i.expires_at"""
STANDING = """(i.server_id IS NULL
    OR EXISTS (SELECT 1 FROM server s WHERE s.id = i.server_id AND NOT s.ended))"""
Row = tuple[str, int | None, int | None, int | None, int, int, int, int, int, int | None]


def _invite(row: Row) -> Invite:
    return Invite(*row[:7], bool(row[7]), *row[8:])


def by_code(snap: Snapshot, code: str) -> Invite | None:
    """None also if the server it leads to is gone."""
    row = snap.execute(
        f"SELECT {COLUMNS} FROM invite i WHERE i.code = ? AND {STANDING}", (code,)
    ).fetchone()
    return None if row is None else _invite(row)


def of_server(snap: Snapshot, server_id: int) -> list[Invite]:
    """A server's invites, the newest first."""
    rows = snap.execute(
        f"SELECT {COLUMNS} FROM invite i WHERE i.server_id = ? ORDER BY i.created_at DESC, i.code",
        (server_id,),
    )
    return [_invite(row) for row in rows]


def every(snap: Snapshot) -> list[Invite]:
    """All to servers that are, and to accounts, the newest first."""
    rows = snap.execute(
        f"SELECT {COLUMNS} FROM invite i WHERE {STANDING} ORDER BY i.created_at DESC, i.code"
    )
    return [_invite(row) for row in rows]


def count(snap: Snapshot, server_id: int) -> int:
    (found,) = snap.execute(
        """SELECT count(*) FROM invite
           WHERE server_id = ? AND (max_uses = 0 OR uses < max_uses)""",
        (server_id,),
    ).fetchone()
    return int(found)


def insert(tx: Tx, invite: Invite) -> None:
    tx.execute(
        """INSERT INTO invite (code, server_id, channel_id, inviter_id, uses, max_uses, max_age,
               temporary, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (invite.code, invite.server_id, invite.channel_id, invite.inviter_id, invite.uses,
         invite.max_uses, invite.max_age, int(invite.temporary), invite.created_at,
         invite.expires_at),
    )  # fmt: skip


def use(tx: Tx, code: str) -> None:
    tx.execute("UPDATE invite SET uses = uses + 1 WHERE code = ?", (code,))


def keep_until(tx: Tx, code: str, unix_ms: int) -> None:
    """Let a code expire then, if not before."""
    tx.execute(
        "UPDATE invite SET expires_at = min(ifnull(expires_at, ?1), ?1) WHERE code = ?2",
        (unix_ms, code),
    )


def delete(tx: Tx, code: str) -> None:
    tx.execute("DELETE FROM invite WHERE code = ?", (code,))


def expired(snap: Snapshot, limit: int) -> list[Invite]:
    rows = snap.execute(
        f"SELECT {COLUMNS} FROM invite i WHERE i.expires_at <= ? LIMIT ?", (snap.now, limit)
    )
    return [_invite(row) for row in rows]


def forget_channel(tx: Tx, server_id: int, channel_id: int) -> None:
    """Let invites to a channel lead to its server alone."""
    tx.execute(
        "UPDATE invite SET channel_id = NULL WHERE server_id = ? AND channel_id = ?",
        (server_id, channel_id),
    )
