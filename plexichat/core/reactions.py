"""Reactions: emoji that people put on a message, each once.

A message carries so many different ones, Unicode's or a server's own. Joining in with one that is
there already takes no more than reading; nobody reacts to somebody who blocks them or is blocked.
"""

import re
from dataclasses import dataclass

from plexichat import ids
from plexichat.core import channels, messages, permissions, pictographs
from plexichat.core.channels import Seat
from plexichat.core.errors import Forbidden, Invalid
from plexichat.core.events import Leftovers, ReactionAdded, ReactionRemoved, ReactionsCleared
from plexichat.store import channels as channel_rows
from plexichat.store import emojis as emoji_rows
from plexichat.store import members, relationships
from plexichat.store import messages as message_rows
from plexichat.store import reactions as rows
from plexichat.store.db import Snapshot, Tx
from plexichat.store.emojis import Emoji
from plexichat.store.messages import Message
from plexichat.store.reactions import Reaction, Reactor
from plexichat.store.relationships import BLOCKED

DIFFERENT = 20
LENGTH = 64
PAGE = 50
PAGE_LIMIT = 100
CUSTOM = re.compile(r"<a?:[A-Za-z0-9_]{2,32}:([0-9]{1,19})>", re.ASCII)
REACT = permissions.BITS["messages.add_reactions"]
EXTERNAL = permissions.BITS["messages.use_external_emojis"]
NOT_AUTHORIZED = ("not_authorized", "Not authorized to clear reactions")


@dataclass(frozen=True, slots=True)
class Wanted:
    """An emoji as somebody names it; a custom one is meant by its id, whatever it is called."""

    emoji: str
    emoji_id: int | None

    def on(self, reactions: tuple[Reaction, ...]) -> Reaction | None:
        """This emoji among those on a message."""
        for reaction in reactions:
            if self.emoji_id is not None or reaction.emoji_id is not None:
                if reaction.emoji_id == self.emoji_id:
                    return reaction
            elif pictographs.plain(reaction.emoji) == pictographs.plain(self.emoji):
                return reaction
        return None


def read(emoji: str) -> Wanted:
    """One emoji of Unicode, or `<:name:id>` or `<a:name:id>`; anything else is refused."""
    if len(emoji) <= LENGTH:
        custom = CUSTOM.fullmatch(emoji)
        if custom is not None and int(custom[1]) <= ids.LARGEST:
            return Wanted(emoji, int(custom[1]))
        if pictographs.is_one(emoji):
            return Wanted(emoji, None)
    raise _invalid()


def of(snap: Snapshot, user_id: int, channel_id: int, message_id: int) -> tuple[Reaction, ...]:
    """What is on a message, in the order it was first added."""
    channels.get(snap, user_id, channel_id)
    return _on(snap, messages.one(snap, channel_id, message_id), user_id)


def reactors(
    snap: Snapshot,
    user_id: int,
    channel_id: int,
    message_id: int,
    emoji: str,
    after: int,
    limit: int,
) -> list[Reactor]:
    """Who reacts with an emoji, by id, from the one that follows `after`."""
    wanted = read(emoji)
    present = wanted.on(of(snap, user_id, channel_id, message_id))
    return [] if present is None else rows.reactors(snap, present.id, after, limit)


def everybody(
    snap: Snapshot, user_id: int, channel_id: int, message_id: int
) -> list[tuple[Reaction, Reactor]]:
    """Who reacts to a message with what, by what was added first."""
    present = of(snap, user_id, channel_id, message_id)
    return [
        (each, reactor) for each in present
        for reactor in rows.reactors(snap, each.id, 0, each.count)
    ]  # fmt: skip


def add(tx: Tx, user_id: int, channel_id: int, message_id: int, emoji: str) -> None:
    """React to a message; nothing happens if one reacts so already."""
    wanted = read(emoji)
    seat = channels.enter(tx, user_id, channel_id, channels.PERMISSION_DENIED)
    message = messages.one(tx, channel_id, message_id)
    _refuse_blocked(tx, user_id, seat, message)
    present = wanted.on(_on(tx, message, user_id))
    if present is None:
        reaction_id, emoji, file = _put(tx, user_id, seat, message, wanted)
    else:
        if seat.timed_out:
            channels.refuse_without(seat, REACT)
        if present.mine:
            return
        reaction_id, emoji, file = present.id, present.emoji, present.file
    rows.add(tx, reaction_id, user_id)
    tx.emit(
        ReactionAdded(
            audience=channels.audience(seat.channel), channel_id=channel_id,
            message_id=message_id, user_id=user_id, emoji=emoji, emoji_id=wanted.emoji_id,
            file=file,
        )
    )  # fmt: skip


def remove(tx: Tx, user_id: int, channel_id: int, message_id: int, emoji: str) -> None:
    """Take one's own reaction back; nothing happens if there is none."""
    wanted = read(emoji)
    channel = channels.get(tx, user_id, channel_id)
    if not message_rows.exists(tx, channel_id, message_id):
        return
    present = wanted.on(rows.of(tx, [message_id], user_id).get(message_id, ()))
    if present is None or not present.mine:
        return
    rows.take(tx, message_id, present.id, user_id)
    tx.emit(
        ReactionRemoved(
            audience=channels.audience(channel), channel_id=channel_id, message_id=message_id,
            user_id=user_id, emoji=present.emoji,
        )
    )  # fmt: skip


def withdraw(tx: Tx, user_id: int, limit: int) -> bool:
    """Take back some of what somebody gave anywhere; False when there is nothing."""
    found = rows.of_person(tx, user_id, limit)
    for chosen in found:
        rows.take(tx, chosen.message_id, chosen.id, user_id)
        place = None if chosen.channel_id is None else channel_rows.by_id(tx, chosen.channel_id)
        if place is not None and chosen.message_id is not None:
            tx.emit(
                ReactionRemoved(
                    audience=channels.audience(place), channel_id=place.id,
                    message_id=chosen.message_id, user_id=user_id, emoji=chosen.emoji,
                )
            )  # fmt: skip
    return bool(found)


def clear(tx: Tx, user_id: int, channel_id: int, message_id: int) -> None:
    """Take everybody's reactions off a message of a server."""
    seat = channels.enter(tx, user_id, channel_id, NOT_AUTHORIZED)
    channels.refuse_without(seat, channels.MANAGE_MESSAGES, NOT_AUTHORIZED)
    if not messages.one(tx, channel_id, message_id).reactions:
        return
    rows.forget(tx, message_id)
    tx.emit(Leftovers(audience=frozenset()))
    tx.emit(
        ReactionsCleared(
            audience=channels.audience(seat.channel), channel_id=channel_id,
            message_id=message_id,
        )
    )  # fmt: skip


def _on(snap: Snapshot, message: Message, user_id: int) -> tuple[Reaction, ...]:
    if not message.reactions:
        return ()
    return rows.of(snap, [message.id], user_id).get(message.id, ())


def _refuse_blocked(snap: Snapshot, user_id: int, seat: Seat, message: Message) -> None:
    """Refuse to reach somebody through their message, or through one's own in a DM."""
    for other in {message.author_id, channels.recipient(seat.channel, user_id)}:
        if other is not None and BLOCKED in relationships.pair(snap, user_id, other):
            raise Forbidden("cannot_react", "Cannot react to this message")


def _put(
    tx: Tx, user_id: int, seat: Seat, message: Message, wanted: Wanted
) -> tuple[int, str, str | None]:
    """Put an emoji on a message that is not there yet; its row, and it as it is shown."""
    channels.refuse_without(seat, REACT)
    custom = None
    if wanted.emoji_id is not None:
        custom = _custom(tx, user_id, seat, wanted.emoji_id)
    if message.reactions >= DIFFERENT:
        raise Invalid("reaction_limit", f"Reaction limit: {DIFFERENT} different ones")
    emoji = wanted.emoji if custom is None else written(custom)
    reaction_id = rows.insert(tx, message.id, emoji, wanted.emoji_id)
    return reaction_id, emoji, None if custom is None else custom.file


def _custom(snap: Snapshot, user_id: int, seat: Seat, emoji_id: int) -> Emoji:
    """An emoji of a server that may be used here: by who is a member there where none rules."""
    emoji = emoji_rows.by_id(snap, emoji_id)
    if emoji is None:
        raise _invalid()
    here = seat.channel.server_id
    if here is None:
        if members.by_id(snap, emoji.server_id, user_id) is None:
            raise Forbidden(*channels.PERMISSION_DENIED)
    elif here != emoji.server_id:
        channels.refuse_without(seat, EXTERNAL)
    return emoji


def written(emoji: Emoji) -> str:
    """A custom emoji as it is written in texts."""
    return f"<{'a' if emoji.animated else ''}:{emoji.name}:{emoji.id}>"


def _invalid() -> Invalid:
    return Invalid("invalid_emoji", "Invalid emoji")
