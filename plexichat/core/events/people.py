"""What happens to people and between two of them."""

from dataclasses import dataclass

from plexichat.core.events.event import Event
from plexichat.core.views import Presence
from plexichat.store.notifications import Notification
from plexichat.store.presence import Chosen
from plexichat.store.relationships import Relation
from plexichat.store.users import User


@dataclass(frozen=True, slots=True, kw_only=True)
class UserUpdated(Event):
    """A name or picture changed; or, in `private`, something that only the person learns."""

    user: User
    private: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationshipChanged(Event):
    """How its audience, one person, stands to another from now on; None is not at all."""

    user_id: int
    relation: Relation | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockChanged(Event):
    """Heard by nobody outside: a block between two people in the same server began or ended."""

    pair: tuple[int, int]
    blocked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceChanged(Event):
    """Somebody is seen differently: by themself as they are, by others as they show."""

    presence: Presence


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceKept(Event):
    """Heard by nobody outside: somebody who is here has chosen to be seen so."""

    chosen: Chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceEnded(Event):
    """Heard by nobody outside: somebody is not here any more."""

    user_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationCreated(Event):
    """Each of its audience is told of the same, and has their own copy."""

    notification: Notification


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationsRead(Event):
    """One notification counts as read, or all of them when that is None."""

    notification_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationGone(Event):
    notification_id: int
