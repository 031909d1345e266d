"""Friendships, requests and blocks: every verb in every state, and who hears of it."""

import dataclasses
import itertools
import random
from collections import deque
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from plexichat.core import accounts, relationships, users
from plexichat.core.audiences import Audiences
from plexichat.core.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from plexichat.core.events import (
    NotificationCreated,
    NotificationGone,
    RelationshipChanged,
    UserUpdated,
)
from plexichat.core.relationships import RULES, Pair, Verb
from plexichat.store import relationships as rows
from plexichat.store.db import Database, Tx
from plexichat.store.relationships import (
    BLOCKED,
    FRIEND,
    INCOMING,
    OUTGOING,
    Relation,
    Status,
)
from tests.building import build

NONE = None
NOTIFIED = NotificationCreated, NotificationGone
VERBS: tuple[Verb, ...] = (
    "request", "accept", "decline", "remove", "part", "block", "unblock",
)  # fmt: skip
STRANGERS: Pair = (NONE, NONE)

# (mine, theirs), and what each verb of mine makes of it or how it is refused
BLOCKED_403 = (Forbidden, "Blocked")
EXISTS = (Conflict, "Already exists")
NO_REQUEST = (NotFound, "Request not found")
NOTHING = (NotFound, "Relationship not found")
ALREADY = (Conflict, "Already blocked")
ENDED: Pair = (NONE, NONE)
OUTCOMES: dict[Pair, tuple[Any, ...]] = {
    (NONE, NONE): (
        (OUTGOING, INCOMING), NO_REQUEST, NO_REQUEST, NOTHING, NOTHING, (BLOCKED, NONE), NOTHING,
    ),
    (OUTGOING, INCOMING): (
        EXISTS, NO_REQUEST, NO_REQUEST, ENDED, ENDED, (BLOCKED, NONE), NOTHING,
    ),
    (INCOMING, OUTGOING): (
        EXISTS, (FRIEND, FRIEND), ENDED, ENDED, ENDED, (BLOCKED, NONE), NOTHING,
    ),
    (FRIEND, FRIEND): (EXISTS, NO_REQUEST, NO_REQUEST, ENDED, ENDED, (BLOCKED, NONE), NOTHING),
    (BLOCKED, NONE): (BLOCKED_403, NO_REQUEST, NO_REQUEST, ENDED, NOTHING, ALREADY, ENDED),
    (NONE, BLOCKED): (
        BLOCKED_403, NO_REQUEST, NO_REQUEST, NOTHING, NOTHING, (BLOCKED, BLOCKED), NOTHING,
    ),
    (BLOCKED, BLOCKED): (
        BLOCKED_403, NO_REQUEST, NO_REQUEST, (NONE, BLOCKED), NOTHING, ALREADY, (NONE, BLOCKED),
    ),
}  # fmt: skip
CASES = [
    (state, verb, outcome)
    for state, outcomes in OUTCOMES.items()
    for verb, outcome in zip(VERBS, outcomes, strict=True)
]

AUDIENCES = Audiences(lambda user_id: True)  # of a world without servers


class Street:
    """A database with people in it, and everything that was told."""

    def __init__(self) -> None:
        self.db: Database
        self.told: list[Any] = []
        self.ann = self.bob = self.cem = 0

    def hear(self, event: object, commit: int) -> None:
        self.told.append(event)

    def heard(self) -> list[Any]:
        """What was told since the last time somebody asked, notifications apart."""
        told, self.told = self.told, []
        return [each for each in told if not isinstance(each, NOTIFIED)]

    async def do(self, who: int, verb: Verb, other: int, message: str | None = None) -> Any:
        match verb:
            case "request":
                return await self.db.write(relationships.request, who, other, message)
            case "accept":
                return await self.db.write(relationships.accept, who, other)
            case "decline":
                return await self.db.write(relationships.decline, who, other)
            case "remove":
                return await self.db.write(relationships.remove, who, other)
            case "part":
                return await self.db.write(relationships.part, who, other)
            case "unblock":
                return await self.db.write(relationships.unblock, who, other)
            case "block":
                return await self.db.write(relationships.block, who, other)

    async def attempt(self, who: int, verb: Verb, other: int) -> tuple[type, str] | None:
        """Do something; return the refusal if it is one."""
        try:
            await self.do(who, verb, other)
        except Refusal as refusal:
            return type(refusal), str(refusal)
        return None

    async def pair(self) -> Pair:
        return await self.db.read(rows.pair, self.ann, self.bob)

    async def mine(self, who: int) -> list[Relation]:
        return await self.db.read(relationships.mine, who)

    async def reach(self, state: Pair) -> None:
        """Bring ann and bob from strangers to a state by what they can do."""
        for who, verb in path(state):
            await self.do(*((self.ann, verb, self.bob) if who else (self.bob, verb, self.ann)))
        assert await self.pair() == state
        self.heard()


def after(state: Pair, mine: bool, verb: Verb) -> Pair | None:
    """The state that a verb of mine, or of theirs, leads to."""
    if mine:
        return RULES[verb].get(state)
    found = RULES[verb].get((state[1], state[0]))
    return None if found is None else (found[1], found[0])


def paths() -> dict[Pair, list[tuple[bool, Verb]]]:
    """Every reachable state with the shortest way to it."""
    found: dict[Pair, list[tuple[bool, Verb]]] = {STRANGERS: []}
    queue = deque([STRANGERS])
    while queue:
        state = queue.popleft()
        for mine, verb in itertools.product((True, False), VERBS):
            reached = after(state, mine, verb)
            if reached is not None and reached not in found:
                found[reached] = [*found[state], (mine, verb)]
                queue.append(reached)
    return found


def path(state: Pair) -> list[tuple[bool, Verb]]:
    return paths()[state]


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    street = Street()
    build(tmp_path / "data")
    street.db = await Database.open(tmp_path / "data", street.hear)

    def move_in(tx: Tx) -> Iterator[int]:
        for name in ("ann", "bob", "cem"):
            yield accounts.create(tx, name, None, b"").id

    street.ann, street.bob, street.cem = await street.db.write(lambda tx: list(move_in(tx)))
    yield street
    await street.db.close()


def test_the_reachable_states_are_those_that_the_table_knows() -> None:
    assert set(paths()) == set(OUTCOMES)


def test_the_rules_list_nothing_that_cannot_happen() -> None:
    assert {state for rules in RULES.values() for state in rules} <= set(paths())


@pytest.mark.parametrize("elder", [True, False], ids=["by the elder", "by the younger"])
@pytest.mark.parametrize(("state", "verb", "outcome"), CASES)
async def test_every_verb_in_every_state_does_what_the_table_says(
    street: Street, state: Pair, verb: Verb, outcome: Any, elder: bool
) -> None:
    if not elder:
        street.ann, street.bob = street.bob, street.ann
    await street.reach(state)
    refused = await street.attempt(street.ann, verb, street.bob)
    if isinstance(outcome[0], type):
        assert (refused, await street.pair(), street.heard()) == (outcome, state, [])
        return
    assert (refused, await street.pair()) == (None, outcome)
    told = {event.audience: (event.user_id, event.relation) for event in street.heard()}
    assert told == {
        frozenset((me,)): (you, next(iter(await street.mine(me)), None))
        for me, you, was, now in zip(
            (street.ann, street.bob), (street.bob, street.ann), state, outcome, strict=True
        )
        if was != now
    }


@pytest.mark.parametrize(("state", "verb", "outcome"), CASES)
async def test_a_status_keeps_the_date_of_its_beginning(
    street: Street, state: Pair, verb: Verb, outcome: Any
) -> None:
    await street.reach(state)

    def long_ago(tx: Tx) -> None:
        for me, you, status in zip(
            (street.ann, street.bob), (street.bob, street.ann), state, strict=True
        ):
            rows.put(tx, me, you, status, 1000, None)

    await street.db.write(long_ago)
    await street.attempt(street.ann, verb, street.bob)
    for me, was, now in zip(
        (street.ann, street.bob), state, await street.pair(), strict=True
    ):
        dates = [relation.since for relation in await street.mine(me)]
        if was == now:
            assert dates == ([1000] if was else [])
        else:
            assert all(date > 1000 for date in dates)


async def test_the_answer_is_how_one_stands_now(street: Street) -> None:
    asked = await street.do(street.ann, "request", street.bob, "soup?")
    assert [asked] == await street.mine(street.ann)
    assert (asked.user_id, asked.username, asked.status) == (street.bob, "bob", "outgoing")
    blocked = await street.do(street.ann, "block", street.bob)
    assert [blocked] == await street.mine(street.ann)
    assert blocked.status == "blocked"


async def test_a_message_reaches_whom_it_asks_and_goes_with_the_request(street: Street) -> None:
    await street.do(street.ann, "request", street.bob, "soup?")
    assert [relation.message for relation in await street.mine(street.ann)] == [None]
    assert [relation.message for relation in await street.mine(street.bob)] == ["soup?"]
    told = {event.audience: event.relation.message for event in street.heard()}
    assert told == {frozenset((street.ann,)): None, frozenset((street.bob,)): "soup?"}
    await street.do(street.bob, "accept", street.ann)
    assert [relation.message for relation in await street.mine(street.bob)] == [None]


async def test_an_empty_message_is_none(street: Street) -> None:
    await street.do(street.ann, "request", street.bob, "")
    assert [relation.message for relation in await street.mine(street.bob)] == [None]


async def test_a_message_has_at_most_256_code_points(street: Street) -> None:
    with pytest.raises(Invalid, match="Invalid input: message"):
        await street.do(street.ann, "request", street.bob, "𐍈" * 257)
    assert (await street.pair(), street.heard()) == (STRANGERS, [])
    await street.do(street.ann, "request", street.bob, "𐍈" * 256)


@pytest.mark.parametrize(
    ("verb", "kind", "phrase"),
    [
        ("request", Invalid, "Self request"),
        ("accept", NotFound, "Request not found"),
        ("remove", NotFound, "Relationship not found"),
        ("block", Invalid, "Self block"),
    ],
)
async def test_nobody_has_a_relationship_with_themselves(
    street: Street, verb: Verb, kind: type[Refusal], phrase: str
) -> None:
    with pytest.raises(kind, match=f"^{phrase}$"):
        await street.do(street.ann, verb, street.ann)
    assert (await street.mine(street.ann), street.heard()) == ([], [])


@pytest.mark.parametrize(
    ("verb", "phrase"),
    [
        ("request", "User not found"),
        ("accept", "Request not found"),
        ("remove", "Relationship not found"),
        ("block", "User not found"),
    ],
)
async def test_nobody_has_a_relationship_with_no_one(
    street: Street, verb: Verb, phrase: str
) -> None:
    with pytest.raises(NotFound, match=f"^{phrase}$"):
        await street.do(street.ann, verb, 77)


async def test_the_list_goes_by_kind_and_then_by_date(street: Street) -> None:
    def acquaint(tx: Tx) -> None:
        kinds: tuple[Status, ...] = (BLOCKED, OUTGOING, INCOMING, FRIEND) * 2
        for number, status in enumerate(kinds):
            other = accounts.create(tx, f"n{number}-{status}", None, b"").id
            rows.put(tx, street.ann, other, status, number, None)

    await street.db.write(acquaint)
    assert [relation.username for relation in await street.mine(street.ann)] == [
        "n7-friend", "n3-friend", "n6-incoming", "n2-incoming",
        "n5-outgoing", "n1-outgoing", "n4-blocked", "n0-blocked",
    ]  # fmt: skip


async def test_what_others_have_with_each_other_is_nobodys_business(street: Street) -> None:
    await street.reach((FRIEND, FRIEND))
    await street.do(street.bob, "block", street.cem)
    assert await street.mine(street.cem) == []
    assert [event.audience for event in street.heard()] == [frozenset((street.bob,))]
    assert await street.pair() == (FRIEND, FRIEND)


async def test_nothing_is_told_when_the_transaction_fails(street: Street) -> None:
    def fall_over(tx: Tx) -> None:
        relationships.request(tx, street.ann, street.bob, None)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await street.db.write(fall_over)
    assert (await street.pair(), street.heard()) == (STRANGERS, [])


@pytest.mark.parametrize("state", OUTCOMES)
async def test_a_new_name_is_told_to_whoever_lists_this_person(
    street: Street, state: Pair
) -> None:
    await street.reach(state)
    await street.db.write(users.update, street.bob, users.Changes(username="bobby"))
    public = [event for event in street.heard() if not event.private]
    listing = {street.ann} if state[0] else set()
    assert [AUDIENCES.resolve(event.audience) for event in public] == [listing]
    assert [each.username for each in await street.mine(street.ann)] == ["bobby"] * len(listing)


async def test_the_picture_before_and_the_events_make_the_picture_after(street: Street) -> None:
    """A seeded walk of three people through everything they can do to each other."""
    chance = random.Random(4711)
    people = (street.ann, street.bob, street.cem)
    known: dict[int, dict[int, Relation]] = {person: {} for person in people}
    for step in range(400):
        who, other = chance.sample(people, 2)
        if chance.random() < 0.1:
            wanted = users.Changes(username=f"name{step}")
            await street.db.write(users.update, who, wanted)
        else:
            await street.attempt(who, chance.choice(VERBS), other)
        for event in street.heard():
            for person in AUDIENCES.resolve(event.audience):
                learn(known[person], event)
        for person in people:
            assert known[person] == {each.user_id: each for each in await street.mine(person)}


def learn(known: dict[int, Relation], event: object) -> None:
    match event:
        case RelationshipChanged(user_id=other, relation=None):
            del known[other]
        case RelationshipChanged(user_id=other, relation=Relation() as relation):
            known[other] = relation
        case UserUpdated(user=user, private=False) if user.id in known:
            known[user.id] = dataclasses.replace(
                known[user.id], username=user.username, avatar=user.avatar
            )
