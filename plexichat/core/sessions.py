"""Sessions: who may speak as whom, and until when.

A token is `<session id>.<secret>` and is shown once; only its SHA-256 is kept. The rows decide;
`LiveSessions` is their picture in the event loop's memory, changed by events in commit order, so
a token is dead for every request and every call queued behind the commit that ended it.
"""

import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Concatenate, ParamSpec, TypeVar

from plexichat import config
from plexichat.core.errors import NotFound, Unauthenticated
from plexichat.core.events import SecurityAlert, SessionOpened, SessionsClosed
from plexichat.store import sessions as rows
from plexichat.store import users as user_rows
from plexichat.store.db import Snapshot, Tx
from plexichat.store.sessions import Session

P = ParamSpec("P")
T = TypeVar("T")

HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Client:
    """Where a session is used from."""

    address: str | None
    agent: str | None


@dataclass(slots=True)
class Me:
    """Whoever a live token speaks for. `active_at` is moved by use and saved now and then."""

    id: int
    session_id: int
    expires_at: int
    is_admin: bool
    active_at: int
    token_hash: bytes


class LiveSessions:
    """Every token that counts, by its hash. Belongs to the event loop."""

    def __init__(self) -> None:
        self._by_hash: dict[bytes, Me] = {}
        self._by_id: dict[int, Me] = {}
        self._used: set[int] = set()
        self._active: dict[int, int] = {}

    def apply(self, event: object) -> None:
        """Take in what a commit changed."""
        match event:
            case SessionOpened(session=session, is_admin=is_admin):
                self.add(session, is_admin)
            case SessionsClosed(session_ids=ended):
                for session_id in ended:
                    me = self._by_id.pop(session_id, None)
                    if me is not None:
                        self._by_hash.pop(me.token_hash, None)

    def add(self, session: Session, is_admin: bool) -> None:
        before = self._by_id.get(session.id)
        active_at = max(session.active_at, 0 if before is None else before.active_at)
        me = Me(
            session.user_id, session.id, session.expires_at, is_admin,
            active_at, session.token_hash,
        )  # fmt: skip
        self._by_hash[session.token_hash] = self._by_id[session.id] = me

    def find(self, token: str, now: int) -> Me:
        """Whoever this token speaks for at `now`; refused when it is unknown or has expired."""
        me = self._by_hash.get(token_digest(token))
        if me is None:
            raise Unauthenticated("invalid_token", "Invalid token")
        if me.expires_at <= now:
            raise Unauthenticated("token_expired", "Token expired")
        self._note(me, now)
        return me

    def touch(self, session_id: int, now: int) -> None:
        """A socket that this session opened is still in use."""
        me = self._by_id.get(session_id)
        if me is not None:
            self._note(me, now)

    def _note(self, me: Me, now: int) -> None:
        me.active_at = self._active[me.id] = now
        self._used.add(me.session_id)

    def active_at(self, user_id: int) -> int:
        """When this person last made a request, in milliseconds; 0 if not since the start."""
        return self._active.get(user_id, 0)

    def alive(self, session_id: int) -> bool:
        return session_id in self._by_id

    def used(self) -> list[tuple[int, int]]:
        """Take what has been used since the last call: pairs of (active_at, session id)."""
        used = [(self._by_id[id].active_at, id) for id in self._used if id in self._by_id]
        self._used.clear()
        return used


def token_digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def acting(
    tx: Tx,
    session_id: int,
    fn: Callable[Concatenate[Tx, P], T],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Run a call for whoever holds this session, unless it ended while the call was queued."""
    if not rows.alive(tx, session_id):
        raise Unauthenticated("invalid_token", "Invalid token")
    return fn(tx, *args, **kwargs)


def load(snap: Snapshot) -> list[tuple[Session, bool]]:
    """Every session that counts, with whether it is an admin's."""
    admins = user_rows.admins()
    return [(session, session.user_id in admins) for session in rows.every(snap.now)]


def open(tx: Tx, user_id: int, is_admin: bool, client: Client, rules: config.Sessions) -> str:
    """Begin a session and return its token; past the limit the one unused for longest ends."""
    mine = rows.of(user_id, tx.now)
    surplus = len(mine) + 1 - rules.max_per_user
    if surplus > 0:
        close(tx, user_id, [session.id for session in mine[:surplus]])
    session_id = tx.id()
    token = f"{session_id}.{secrets.token_urlsafe(32)}"
    expires_at = tx.now + rules.expire_hours * HOUR_MS
    session = Session(
        session_id, user_id, token_digest(token), expires_at, tx.now, client.address, client.agent
    )
    rows.insert(tx, session)
    tx.emit(SessionOpened(audience=frozenset(), session=session, is_admin=is_admin))
    return token


def close(
    tx: Tx, user_id: int, session_ids: Iterable[int], reason: str | None = None
) -> int:
    """End these sessions of one person, whose sockets are told why; return how many there were."""
    ended = frozenset(session_ids)
    if ended:
        rows.delete(ended)
        tx.emit(
            SessionsClosed(
                audience=frozenset(), user_id=user_id, session_ids=ended, reason=reason
            )
        )
    return len(ended)


def mine(snap: Snapshot, user_id: int) -> list[Session]:
    """One's own sessions, the latest used first."""
    return rows.of(user_id, snap.now)[::-1]


def revoke(tx: Tx, user_id: int, session_id: int) -> None:
    if session_id not in {session.id for session in rows.of(user_id, tx.now)}:
        raise NotFound("session_not_found", "Session not found")
    close(tx, user_id, (session_id,))
    _alert(tx, user_id, session_id=str(session_id))


def revoke_all(tx: Tx, user_id: int, keep: int | None) -> int:
    """End all sessions of this person but `keep`; return how many ended."""
    ended = close(tx, user_id, [s.id for s in rows.of(user_id, tx.now) if s.id != keep])
    if ended:
        _alert(tx, user_id, count=ended)
    return ended


def _alert(tx: Tx, user_id: int, **detail: object) -> None:
    tx.emit(
        SecurityAlert(
            audience=frozenset((user_id,)), user_id=user_id, action="session_revoked", detail=detail
        )
    )


def extend(tx: Tx, session_ids: Iterable[int], rules: config.Sessions) -> None:
    """Give sessions in use their full span again where less than the threshold is left."""
    ending = rows.ending(session_ids, tx.now, tx.now + rules.extend_threshold_hours * HOUR_MS)
    if not ending:
        return
    admins, expires_at = user_rows.admins(), tx.now + rules.expire_hours * HOUR_MS
    for session in ending:
        rows.extend(session.id, expires_at)
        renewed = replace(session, expires_at=expires_at, active_at=tx.now)
        is_admin = session.user_id in admins
        tx.emit(SessionOpened(audience=frozenset(), session=renewed, is_admin=is_admin))


def announce(tx: Tx, user_id: int, *, is_admin: bool) -> None:
    """Let the sessions of somebody speak for an admin from now on, or for one no more."""
    for session in rows.of(user_id, tx.now):
        tx.emit(SessionOpened(audience=frozenset(), session=session, is_admin=is_admin))


def save_use(tx: Tx, used: list[tuple[int, int]], rules: config.Sessions) -> None:
    """Note when sessions were last used, as pairs of (active_at, session id); use extends them."""
    rows.touch(tx, used)
    extend(tx, [session_id for _, session_id in used], rules)


def forget_expired(tx: Tx, limit: int = 500) -> int:
    """Delete sessions past their end; return how many, so that a job knows when to stop."""
    old = rows.expired(tx.now, limit)
    for user_id in {user_id for _, user_id in old}:
        close(tx, user_id, [session_id for session_id, owner in old if owner == user_id])
    return len(old)
