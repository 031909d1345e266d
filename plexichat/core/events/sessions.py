"""Who gets in, who is out, and what the owner of an account should know."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from plexichat.core.events.event import Event
from plexichat.store.sessions import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityAlert(Event):
    """Something happened to an account that its owner should know of."""

    user_id: int
    action: str
    detail: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityLogout(Event):
    """An admin ended every session of this person."""

    user_id: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOpened(Event):
    """Heard by nobody outside: from here on the token counts."""

    session: Session
    is_admin: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsClosed(Event):
    """Heard by nobody outside: from here on these tokens are dead."""

    user_id: int
    session_ids: frozenset[int]
    reason: str | None = None
