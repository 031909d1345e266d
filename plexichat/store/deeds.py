"""Rows of the admins' audit log."""

from typing import Literal

from msgspec import Struct

from plexichat.store.db import Snapshot, Tx


class Entry(Struct, frozen=True):
    id: int
    admin_id: int | None
    admin_name: str
    family: str
    action: str
    status: Literal["success", "failure"]
    target_type: str | None
    target_id: int | None
    details: str
    address: str | None


COLUMNS = """id, admin_id, admin_name, family, action, status, target_type, target_id, details,
    address"""
# A filter that is None lets everything through.
WHERE = """(?1 IS NULL OR family = ?1) AND (?2 IS NULL OR status = ?2)
    AND (?3 IS NULL OR admin_id = ?3) AND (?4 IS NULL OR target_type = ?4)
    AND id >= ?5 AND id < ?6"""
Filters = tuple[str | None, str | None, int | None, str | None, int, int]


def insert(tx: Tx, entry: Entry) -> None:
    tx.execute(
        f"INSERT INTO deed ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (entry.id, entry.admin_id, entry.admin_name, entry.family, entry.action, entry.status,
         entry.target_type, entry.target_id, entry.details, entry.address),
    )  # fmt: skip


def page(snap: Snapshot, filters: Filters, limit: int, offset: int) -> list[Entry]:
    """Lines that pass the filters, the newest first."""
    rows = snap.execute(
        f"SELECT {COLUMNS} FROM deed WHERE {WHERE} ORDER BY id DESC LIMIT ?7 OFFSET ?8",
        (*filters, limit, offset),
    )
    return [Entry(*row) for row in rows]


def count(snap: Snapshot, filters: Filters) -> int:
    (found,) = snap.execute(f"SELECT count(*) FROM deed WHERE {WHERE}", filters).fetchone()
    return int(found)


def counts(snap: Snapshot) -> list[tuple[str, str, int]]:
    """How many lines there are of each family and status."""
    return snap.execute(
        "SELECT family, status, count(*) FROM deed GROUP BY family, status ORDER BY family, status"
    ).fetchall()
