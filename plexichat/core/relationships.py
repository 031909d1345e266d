"""What stands between two people: friendship, a request, a block.

It is a state machine over both sides at once. A verb turns the pair (mine, theirs) into another;
a pair that a verb does not list is refused. Who blocks somebody ends what was between the two,
and each side's block is its own. Whoever sees no change hears nothing.
"""

from typing import Final, Literal

from plexichat.core import notifications, privacy, users
from plexichat.core.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from plexichat.core.events import BlockChanged, RelationshipChanged
from plexichat.store import channels, members, servers
from plexichat.store import relationships as rows
from plexichat.store.db import Snapshot, Tx
from plexichat.store.relationships import BLOCKED, FRIEND, INCOMING, OUTGOING, Relation, Status

Verb = Literal["request", "accept", "decline", "remove", "part", "block", "unblock"]
Pair = tuple[Status | None, Status | None]

NONE: Final = None
MESSAGE_LENGTH: Final = 256

RULES: Final[dict[Verb, dict[Pair, Pair]]] = {  # (mine, theirs): before -> after
    "request": {
        (NONE, NONE): (OUTGOING, INCOMING),
    },
    "accept": {
        (INCOMING, OUTGOING): (FRIEND, FRIEND),
    },
    "decline": {
        (INCOMING, OUTGOING): (NONE, NONE),
    },
    "remove": {  # whatever it is
        (FRIEND, FRIEND): (NONE, NONE),
        (INCOMING, OUTGOING): (NONE, NONE),
        (OUTGOING, INCOMING): (NONE, NONE),
        (BLOCKED, NONE): (NONE, NONE),
        (BLOCKED, BLOCKED): (NONE, BLOCKED),
    },
    "part": {
        (FRIEND, FRIEND): (NONE, NONE),
        (INCOMING, OUTGOING): (NONE, NONE),
        (OUTGOING, INCOMING): (NONE, NONE),
    },
    "unblock": {
        (BLOCKED, NONE): (NONE, NONE),
        (BLOCKED, BLOCKED): (NONE, BLOCKED),
    },
    "block": {
        (NONE, NONE): (BLOCKED, NONE),
        (FRIEND, FRIEND): (BLOCKED, NONE),
        (INCOMING, OUTGOING): (BLOCKED, NONE),
        (OUTGOING, INCOMING): (BLOCKED, NONE),
        (NONE, BLOCKED): (BLOCKED, BLOCKED),
    },
}


def mine(snap: Snapshot, user_id: int) -> list[Relation]:
    """Friends, then who asked, who was asked and who is blocked; the newest first in each."""
    return rows.of(snap, user_id)


def refuse_strangers(snap: Snapshot, user_id: int, other_id: int) -> None:
    """Refuse to reach somebody with whom one shares nothing, or between whom there is a block."""
    mine, theirs = rows.pair(snap, user_id, other_id)
    near = (
        mine == rows.FRIEND
        or channels.dm_between(snap, user_id, other_id) is not None
        or not set(servers.ids_of(snap, user_id)).isdisjoint(servers.ids_of(snap, other_id))
    )
    if user_id == other_id or not near or rows.BLOCKED in (mine, theirs):
        raise Forbidden("out_of_reach", "Permission denied")


def request_by_name(tx: Tx, user_id: int, username: str) -> Relation:
    """Ask whoever has this name."""
    return request(tx, user_id, users.find(tx, username).id, None)


def standing(snap: Snapshot, user_id: int, status: Status) -> list[Relation]:
    """Those to whom somebody stands so, the newest first."""
    return [each for each in rows.of(snap, user_id) if each.status == status]


def request(tx: Tx, user_id: int, other_id: int, message: str | None) -> Relation:
    """Ask somebody to be friends; return how one now stands to them."""
    if message is not None and len(message) > MESSAGE_LENGTH:
        raise Invalid("invalid_message", "Invalid input: message")
    if other_id == user_id:
        raise Invalid("self_request", "Self request")
    users.get(tx, other_id)
    if rows.pair(tx, user_id, other_id) == (NONE, NONE):
        privacy.refuse_asking(tx, user_id, other_id)
    return _standing(tx, user_id, "request", other_id, message or None)


def accept(tx: Tx, user_id: int, other_id: int) -> None:
    """Become friends with somebody who asked."""
    _change(tx, user_id, "accept", other_id)


def remove(tx: Tx, user_id: int, other_id: int) -> None:
    """End what one has with somebody: unfriend, decline, cancel or unblock."""
    _change(tx, user_id, "remove", other_id)


def decline(tx: Tx, user_id: int, other_id: int) -> None:
    """Refuse somebody who asked."""
    _change(tx, user_id, "decline", other_id)


def part(tx: Tx, user_id: int, other_id: int) -> None:
    """End a friendship or a request, either way; a block stays."""
    _change(tx, user_id, "part", other_id)


def unblock(tx: Tx, user_id: int, other_id: int) -> None:
    _change(tx, user_id, "unblock", other_id)


def keep_out(tx: Tx, user_id: int, other_id: int) -> None:
    """Block somebody, unless that is so already."""
    if rows.pair(tx, user_id, other_id)[0] != BLOCKED:
        block(tx, user_id, other_id)


def block(tx: Tx, user_id: int, other_id: int) -> Relation:
    """End what there was and let nothing through; return how one now stands to them."""
    if other_id == user_id:
        raise Invalid("self_block", "Self block")
    users.get(tx, other_id)
    return _standing(tx, user_id, "block", other_id)


def _standing(
    tx: Tx, user_id: int, verb: Verb, other_id: int, message: str | None = None
) -> Relation:
    _change(tx, user_id, verb, other_id, message)
    relation = rows.between(tx, user_id, other_id)
    assert relation is not None
    return relation


def _change(
    tx: Tx, user_id: int, verb: Verb, other_id: int, message: str | None = None
) -> None:
    """Apply a verb to both sides and tell each whose side changed."""
    before = rows.pair(tx, user_id, other_id)
    after = RULES[verb].get(before)
    if after is None:
        raise _refusal(verb, before)
    sides = ((user_id, other_id), (other_id, user_id))
    for (me, you), was, now in zip(sides, before, after, strict=True):
        if was != now:
            rows.put(tx, me, you, now, tx.now, message if now == INCOMING else None)
            relation = rows.between(tx, me, you)
            tx.emit(
                RelationshipChanged(audience=frozenset((me,)), user_id=you, relation=relation)
            )
            if now == INCOMING:
                notifications.asked(tx, me, you)
            elif was == INCOMING:
                notifications.answered(tx, me, you)
    blocked = BLOCKED in after
    if blocked != (BLOCKED in before) and members.near(tx, user_id, (other_id,)):
        pair = user_id, other_id
        tx.emit(BlockChanged(audience=frozenset(), pair=pair, blocked=blocked))


def _refusal(verb: Verb, pair: Pair) -> Refusal:
    match verb:
        case "request" if BLOCKED in pair:
            return Forbidden("blocked", "Blocked")
        case "request":
            return Conflict("relationship_exists", "Already exists")
        case "accept" | "decline":
            return NotFound("request_not_found", "Request not found")
        case "remove" | "part" | "unblock":
            return NotFound("relationship_not_found", "Relationship not found")
        case "block":
            return Conflict("already_blocked", "Already blocked")
