"""The admins' audit log: one line for whatever an admin did, and for each failed attempt to get in.

A line is written in the transaction of what it tells of, so there is none without the other.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Concatenate, Final, Literal, ParamSpec, TypeVar

import msgspec

from plexichat import ids
from plexichat.core.errors import Forbidden
from plexichat.store import deeds as rows
from plexichat.store import users
from plexichat.store.admin_sessions import Admin
from plexichat.store.db import Snapshot, Tx
from plexichat.store.deeds import Entry

P = ParamSpec("P")
T = TypeVar("T")

NO_ADMIN: Final = ("no_admin", "Permission denied")
Status = Literal["success", "failure"]


@dataclass(frozen=True, slots=True)
class Deed:
    """What is about to be done; its family is the first part of the action."""

    action: str
    target_type: str | None = None
    target_id: int | None = None
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which lines are wanted; None is any. Times are in milliseconds."""

    family: str | None = None
    status: Status | None = None
    admin_id: int | None = None
    target_type: str | None = None
    since: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    entries: list[Entry]
    total: int


def record(tx: Tx, admin: Admin, deed: Deed, status: Status = "success") -> None:
    _insert(tx, admin.id, admin.username, deed, status, admin.address)


def done_by(
    tx: Tx,
    user_id: int,
    address: str | None,
    deed: Deed,
    fn: Callable[Concatenate[Tx, P], T],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Let somebody who is an admin do something, and write it down."""
    user = users.by_id(tx, user_id)
    if user is None or not user.is_admin:
        raise Forbidden(*NO_ADMIN)
    done = fn(tx, *args, **kwargs)
    _insert(tx, user_id, user.username, deed, "success", address)
    return done


def record_attempt(
    tx: Tx, user_id: int | None, name: str, action: str, address: str | None
) -> None:
    """Somebody failed to show that they are the admin of this name."""
    _insert(tx, user_id, name, Deed(action), "failure", address)


def _insert(
    tx: Tx, admin_id: int | None, name: str, deed: Deed, status: Status, address: str | None
) -> None:
    rows.insert(
        tx,
        Entry(
            tx.id(), admin_id, name, deed.action.partition(".")[0], deed.action, status,
            deed.target_type, deed.target_id, msgspec.json.encode(deed.details).decode(), address,
        ),
    )  # fmt: skip


def read(snap: Snapshot, wanted: Filter, page: int, per_page: int) -> Page:
    """A page of the log, the newest line first; pages count from 1."""
    filters = (
        wanted.family, wanted.status, wanted.admin_id, wanted.target_type,
        0 if wanted.since is None else ids.floor(wanted.since),
        ids.LARGEST if wanted.until is None else ids.floor(wanted.until),
    )  # fmt: skip
    entries = rows.page(snap, filters, per_page, (page - 1) * per_page)
    return Page(entries, rows.count(snap, filters))


def counts(snap: Snapshot) -> list[tuple[str, str, int]]:
    """How many lines there are of each family and status."""
    return rows.counts(snap)
