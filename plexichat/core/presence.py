"""Presence: how a person is seen by themself and by others.

Somebody is here while a socket of theirs is open, or shortly after they said so over HTTP. Who is
not here, or does not want to be seen, is offline to others: without text, emoji or a trace of when
they really were here.
"""

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from plexichat.core import sessions
from plexichat.core.errors import Invalid
from plexichat.core.events import (
    Around,
    Audience,
    BlockChanged,
    Members,
    PresenceChanged,
    PresenceEnded,
    PresenceKept,
    RelationshipChanged,
    ServerJoined,
)
from plexichat.core.views import Presence, World
from plexichat.store import presence as rows
from plexichat.store import relationships, servers, users
from plexichat.store.db import Snapshot, Tx
from plexichat.store.presence import Chosen
from plexichat.store.relationships import Relation

STATUSES = ("online", "idle", "dnd", "invisible", "offline")
HIDDEN = frozenset(("invisible", "offline"))
CUSTOM_STATUS_LENGTH = 128
CUSTOM_EMOJI_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Wanted:
    """A new presence; text and emoji stay as they are when unset, and go when empty."""

    status: str
    custom_status: str | UnsetType | None = UNSET
    custom_emoji: str | UnsetType | None = UNSET


class LivePresence:
    """Everybody who is here, with what they have chosen. Belongs to the event loop."""

    def __init__(self) -> None:
        self._here: dict[int, Chosen] = {}

    def apply(self, event: object) -> None:
        match event:
            case PresenceKept(chosen=chosen):
                self._here[chosen.user_id] = chosen
            case PresenceEnded(user_id=user_id):
                self._here.pop(user_id, None)

    def here(self) -> Mapping[int, Chosen]:
        return self._here

    def shown(self, user_id: int) -> Presence:
        """How others see this person now; when they were last seen is not for memory to say."""
        return others_see(user_id, self._here.get(user_id))


def seen_by(relation: Relation, live: LivePresence) -> Presence:
    """The presence that somebody may follow: friends see one another, nobody else is told."""
    if relation.status != relationships.FRIEND:
        return others_see(relation.user_id, None)
    return live.shown(relation.user_id)


def introductions(event: object, live: LivePresence) -> Iterator[PresenceChanged]:
    """What to tell people who come to see one another, or cease to: how the other is seen."""
    match event:
        case RelationshipChanged(relation=Relation(status=relationships.FRIEND)):
            yield from _shown(event.audience, live.shown(event.user_id))
        case ServerJoined(world=World(server=server, member=member), apart=apart):
            others = Members(server.id, but=apart | {member.user_id})
            yield from _shown(others, live.shown(member.user_id))
        case BlockChanged(pair=(one, other), blocked=blocked):
            for user_id, seen_by in ((one, other), (other, one)):
                yield from _shown(frozenset((seen_by,)), live.shown(user_id), blocked)


def _shown(audience: Audience, seen: Presence, hidden: bool = False) -> Iterator[PresenceChanged]:
    if seen.status != "offline":
        seen = others_see(seen.user_id, None) if hidden else seen
        yield PresenceChanged(audience=audience, presence=seen)


def completed(event: ServerJoined, present: Collection[int], live: LivePresence) -> ServerJoined:
    """The news of having joined a server, with how those are seen who are connected there."""
    unseen = event.apart | {event.world.member.user_id}
    shown = (live.shown(user_id) for user_id in sorted(present) if user_id not in unseen)
    seen = tuple(each for each in shown if each.status != "offline")
    return dataclasses.replace(event, presences=seen)


def others_see(user_id: int, here: Chosen | None, last_seen: int | None = None) -> Presence:
    """The outside of somebody who is here, or of somebody who is not (None)."""
    if here is None or here.status in HIDDEN:
        return Presence(user_id, "offline", None, None, last_seen)
    return Presence(user_id, here.status, here.custom_status, here.custom_emoji, last_seen)


def get(
    snap: Snapshot, viewer: int, user_id: int, here: Mapping[int, Chosen], active_at: int | None
) -> Presence:
    """How `viewer` sees somebody; a stranger to the server and a blocked pair see nothing.

    `active_at` is when the person last did something, as far as memory knows.
    """
    present = here.get(user_id)
    chosen = rows.chosen(snap, user_id)
    if viewer == user_id:
        status = chosen.status if present is not None else "offline"
        last = active_at if active_at is not None else chosen.shown_until
        return Presence(user_id, status, chosen.custom_status, chosen.custom_emoji, last)
    if users.by_id(snap, user_id) is None or "blocked" in relationships.pair(snap, viewer, user_id):
        return Presence(user_id, "offline", None, None, None)
    if present is None or present.status in HIDDEN:
        return others_see(user_id, None, chosen.shown_until)
    return others_see(user_id, present, active_at if active_at is not None else snap.now)


def hides(snap: Snapshot, user_id: int) -> bool:
    """Whether somebody does not want to be seen, here or not."""
    return rows.chosen(snap, user_id).status in HIDDEN


def put(tx: Tx, user_id: int, wanted: Wanted, was_here: bool) -> Presence:
    """Choose how to be seen; one's own sockets hear of it, and others if it changes for them."""
    if wanted.status not in STATUSES:
        raise Invalid("invalid_status", f"Invalid status: must be one of {', '.join(STATUSES)}")
    before = rows.chosen(tx, user_id)
    after = replace(
        before,
        status=wanted.status,
        custom_status=_text(
            before.custom_status, wanted.custom_status, CUSTOM_STATUS_LENGTH, "custom_status"
        ),
        custom_emoji=_text(
            before.custom_emoji, wanted.custom_emoji, CUSTOM_EMOJI_LENGTH, "custom_emoji"
        ),
    )
    _change(tx, before if was_here else None, after, after)
    own = Presence(user_id, after.status, after.custom_status, after.custom_emoji, tx.now)
    tx.emit(PresenceChanged(audience=frozenset((user_id,)), presence=own))
    return own


def acting_put(
    tx: Tx, session_id: int, user_id: int, wanted: Wanted, was_here: bool
) -> Presence:
    """`put`, for whoever holds a session."""
    return sessions.acting(tx, session_id, put, user_id, wanted, was_here)


def appear(tx: Tx, user_id: int) -> None:
    """Somebody came: they are seen as they last chose to be."""
    chosen = rows.chosen(tx, user_id)
    _change(tx, None, chosen, chosen)


def disappear(tx: Tx, user_id: int, at: int) -> None:
    """Somebody has gone for good; they were last here at `at`."""
    chosen = rows.chosen(tx, user_id)
    _change(tx, chosen, None, replace(chosen, shown_until=chosen.shown_until), at)


def _change(
    tx: Tx, before: Chosen | None, after: Chosen | None, kept: Chosen, at: int | None = None
) -> None:
    """Keep what is chosen, and tell others if the outside of this person changes by it."""
    user_id = kept.user_id
    was, now = others_see(user_id, before), others_see(user_id, after)
    if was.status != "offline" and now.status == "offline":
        kept = replace(kept, shown_until=tx.now if at is None else at)
    if kept != rows.chosen(tx, user_id):
        rows.put(tx, kept)
    if after is None:
        tx.emit(PresenceEnded(audience=frozenset(), user_id=user_id))
    else:
        tx.emit(PresenceKept(audience=frozenset(), chosen=kept))
    if was != now:
        tx.emit(PresenceChanged(audience=_entitled(tx, user_id), presence=now))


def _entitled(snap: Snapshot, user_id: int) -> Around:
    """Friends, and members of the same servers but for blocked pairs."""
    return Around(
        servers.ids_of(snap, user_id),
        also=relationships.friends(snap, user_id),
        but=relationships.apart(snap, user_id) | {user_id},
    )


def _text(
    before: str | None, wanted: str | UnsetType | None, limit: int, name: str
) -> str | None:
    if isinstance(wanted, UnsetType):
        return before
    if wanted is not None and len(wanted) > limit:
        raise Invalid("invalid_input", f"Invalid input: {name}")
    return wanted or None
