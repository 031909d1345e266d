"""Presence: how a person is seen by themself and by others.

Somebody is here while a socket of theirs is open, or shortly after they said so over HTTP. Who is
not here, or does not want to be seen, is offline to others: without text, emoji or a trace of when
they really were here. A text may have an end, after which nobody sees it.
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
from plexichat.core.servers import member
from plexichat.core.views import Presence, World
from plexichat.store import members as member_rows
from plexichat.store import presence as rows
from plexichat.store import relationships, servers, users
from plexichat.store.db import Snapshot, Tx
from plexichat.store.presence import Chosen
from plexichat.store.relationships import Relation

STATUSES = ("online", "idle", "dnd", "focus", "invisible", "offline")
HIDDEN = frozenset(("invisible", "offline"))
CUSTOM_STATUS_LENGTH = 128
CUSTOM_EMOJI_LENGTH = 64
ENDED_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """A new presence; text and emoji stay as they are when unset, and go when empty."""

    status: str
    custom_status: str | UnsetType | None = UNSET
    custom_emoji: str | UnsetType | None = UNSET


@dataclass(frozen=True, slots=True)
class Text:
    """What somebody says of the moment, and until when; what is unset stays, an empty one goes."""

    text: str | UnsetType | None = UNSET
    emoji: str | UnsetType | None = UNSET
    until: int | None = None


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

    def hides(self, user_id: int) -> bool:
        """Whether this person is here and does not want it to be seen."""
        chosen = self._here.get(user_id)
        return chosen is not None and _hides(chosen)


def introductions(event: object, live: LivePresence) -> Iterator[PresenceChanged]:
    """What to tell people who come to see one another, or cease to: how the other is seen."""
    match event:
        case RelationshipChanged(relation=Relation(status=relationships.FRIEND)):
            yield from _shown(event.audience, live.shown(event.user_id))
        case ServerJoined(world=World(server=server, member=newcomer), apart=unseen):
            others = Members(server.id, but=unseen | {newcomer.user_id})
            yield from _shown(others, live.shown(newcomer.user_id))
        case BlockChanged(pair=(one, other), blocked=blocked):
            for user_id, seen_by in ((one, other), (other, one)):
                yield from _shown(frozenset((seen_by,)), live.shown(user_id), blocked)


def _shown(audience: Audience, seen: Presence, hidden: bool = False) -> Iterator[PresenceChanged]:
    if seen.status != "offline":
        seen = others_see(seen.user_id, None) if hidden else seen
        yield PresenceChanged(audience=audience, presence=seen)


def completed(event: ServerJoined, present: Collection[int], live: LivePresence) -> ServerJoined:
    """The news of having joined a server, with how those are seen of whom the newcomer hears:
    who is connected there, and who is here without a socket and among the members shown."""
    near = {each.user_id for each in event.members}.union(present)
    near -= event.apart | {event.world.member.user_id}
    shown = (live.shown(user_id) for user_id in sorted(near))
    seen = tuple(each for each in shown if each.status != "offline")
    return dataclasses.replace(event, presences=seen)


def others_see(user_id: int, here: Chosen | None, last_seen: int | None = None) -> Presence:
    """The outside of somebody who is here, or of somebody who is not (None)."""
    if here is None or _hides(here):
        return Presence(user_id, "offline", None, None, last_seen)
    return Presence(user_id, here.status, here.custom_status, here.custom_emoji, last_seen)


def get(
    snap: Snapshot,
    viewer: int | None,
    user_id: int,
    here: Mapping[int, Chosen],
    active_at: int | None,
) -> Presence:
    """How `viewer`, or anybody, sees somebody; unknown people and a blocked pair are offline.

    `active_at` is when the person last did something, as far as memory knows.
    """
    present = here.get(user_id)
    kept = chosen(snap, user_id)
    if viewer == user_id:
        status = kept.status if present is not None else "offline"
        last = active_at if active_at is not None else kept.shown_until
        return Presence(user_id, status, kept.custom_status, kept.custom_emoji, last)
    unknown = users.by_id(snap, user_id) is None
    if unknown or (viewer is not None and apart(snap, viewer, user_id)):
        return Presence(user_id, "offline", None, None, None)
    if present is None or _hides(present):
        return others_see(user_id, None, kept.shown_until)
    return others_see(user_id, present, active_at if active_at is not None else snap.now)


def apart(snap: Snapshot, one: int, other: int) -> bool:
    """Whether one of these two blocks the other."""
    return "blocked" in relationships.pair(snap, one, other)


def hides(snap: Snapshot, user_id: int) -> bool:
    """Whether somebody does not want to be seen, here or not."""
    return _hides(rows.chosen(snap, user_id))


def _hides(chosen: Chosen) -> bool:
    return chosen.hidden or chosen.status in HIDDEN


def chosen(snap: Snapshot, user_id: int) -> Chosen:
    """What somebody has chosen, without a text that has had its time."""
    found = rows.chosen(snap, user_id)
    return _silent(found) if _ended(found, snap.now) else found


def check(wanted: Wanted) -> None:
    """Refuse what nobody can be seen as."""
    if wanted.status not in STATUSES:
        raise Invalid("invalid_status", f"Invalid status: must be one of {', '.join(STATUSES)}")
    _check_text(wanted.custom_status, wanted.custom_emoji)


def put(tx: Tx, user_id: int, wanted: Wanted, was_here: bool) -> Presence:
    """Choose how to be seen; one's own sockets hear of it, and others if it changes for them.

    A text of which nothing is said keeps its end; a new one has none.
    """
    check(wanted)
    before = chosen(tx, user_id)
    text, emoji, until = before.custom_status, before.custom_emoji, before.text_until
    if not isinstance(wanted.custom_status, UnsetType):
        text, until = wanted.custom_status or None, None
    if not isinstance(wanted.custom_emoji, UnsetType):
        emoji, until = wanted.custom_emoji or None, None
    after = replace(
        before, status=wanted.status, custom_status=text, custom_emoji=emoji, text_until=until
    )
    _change(tx, before if was_here else None, after, after)
    return _own(tx, after)


def say(tx: Tx, user_id: int, wanted: Text, is_here: bool) -> int | None:
    """Set text and emoji, and leave the rest as it is; return when they go by themselves."""
    _check_text(wanted.text, wanted.emoji)
    before = chosen(tx, user_id)
    text = before.custom_status if isinstance(wanted.text, UnsetType) else wanted.text
    emoji = before.custom_emoji if isinstance(wanted.emoji, UnsetType) else wanted.emoji
    after = replace(
        before, custom_status=text or None, custom_emoji=emoji or None, text_until=wanted.until
    )
    if _ended(after, tx.now):
        after = _silent(after)
    _update(tx, before, after, is_here)
    return after.text_until


def hide(tx: Tx, user_id: int, hidden: bool, is_here: bool) -> None:
    """Be offline to others from now on, whatever the status; or not any more."""
    before = chosen(tx, user_id)
    _update(tx, before, replace(before, hidden=hidden), is_here)


def end_texts(tx: Tx, here: Collection[int]) -> int | None:
    """Take away texts that have had their time, and tell; return when there are more to take."""
    for before in rows.ended(tx, ENDED_AT_ONCE):
        _update(tx, before, _silent(before), before.user_id in here)
    return rows.next_end(tx)


def next_end(snap: Snapshot) -> int | None:
    """When the next text goes by itself, in Unix milliseconds."""
    return rows.next_end(snap)


def statuses(
    snap: Snapshot, viewer: int, user_ids: Collection[int], here: Mapping[int, Chosen]
) -> list[str]:
    """How `viewer` sees each of these people, whoever they are."""
    unseen = relationships.apart(snap, viewer)
    present = (None if each in unseen else here.get(each) for each in user_ids)
    return [others_see(each, chosen).status for each, chosen in zip(user_ids, present, strict=True)]


def related(
    snap: Snapshot, viewer: int, here: Mapping[int, Chosen]
) -> list[tuple[Relation, str]]:
    """Everybody with whom one has something, as `relationships.mine`, and how one sees them."""
    found = relationships.of(snap, viewer)
    seen = statuses(snap, viewer, [relation.user_id for relation in found], here)
    return list(zip(found, seen, strict=True))


def of_server(
    snap: Snapshot, viewer: int, server_id: int, here: Mapping[int, Chosen]
) -> list[Presence]:
    """How those members of one's server are seen who are here or ever chose how.

    `last_seen` is None for who is here.
    """
    member(snap, viewer, server_id)
    unseen = relationships.apart(snap, viewer)
    chosen = {each.user_id: each for each in rows.of_server(snap, server_id)}
    for each in member_rows.some(snap, server_id, here.keys() - chosen.keys()):
        chosen[each.user_id] = here[each.user_id]
    seen = []
    for kept in chosen.values():
        present = None if kept.user_id in unseen else here.get(kept.user_id)
        shown = present is not None and not _hides(present)
        seen.append(others_see(kept.user_id, present, None if shown else kept.shown_until))
    return seen


def _own(tx: Tx, after: Chosen) -> Presence:
    """Tell somebody's own sockets what they have chosen."""
    text, emoji = after.custom_status, after.custom_emoji
    own = Presence(after.user_id, after.status, text, emoji, tx.now)
    tx.emit(PresenceChanged(audience=frozenset((after.user_id,)), presence=own))
    return own


def _update(tx: Tx, before: Chosen, after: Chosen, is_here: bool) -> None:
    """Change what is chosen, without coming or going by it."""
    if is_here:
        _change(tx, before, after, after)
        _own(tx, after)
    elif after != rows.chosen(tx, after.user_id):
        rows.put(tx, after)


def _ended(chosen: Chosen, now: int) -> bool:
    return chosen.text_until is not None and chosen.text_until <= now


def _silent(chosen: Chosen) -> Chosen:
    return replace(chosen, custom_status=None, custom_emoji=None, text_until=None)


def _check_text(text: str | UnsetType | None, emoji: str | UnsetType | None) -> None:
    for name, given, limit in (
        ("custom_status", text, CUSTOM_STATUS_LENGTH),
        ("custom_emoji", emoji, CUSTOM_EMOJI_LENGTH),
    ):
        if isinstance(given, str) and len(given) > limit:
            raise Invalid("invalid_input", f"Invalid input: {name}")


def acting_put(
    tx: Tx, session_id: int, user_id: int, wanted: Wanted, was_here: bool
) -> Presence:
    """`put`, for whoever holds a session."""
    return sessions.acting(tx, session_id, put, user_id, wanted, was_here)


def appear(tx: Tx, user_id: int) -> None:
    """Somebody came: they are seen as they last chose to be."""
    found = chosen(tx, user_id)
    _change(tx, None, found, found)


def disappear(tx: Tx, user_id: int, at: int) -> None:
    """Somebody has gone for good; they were last here at `at`."""
    found = chosen(tx, user_id)
    _change(tx, found, None, found, at)


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
