"""What memory says follows from a change of rules, against the plainest way to know it."""

import random
from collections.abc import Iterator
from itertools import product

import pytest

from plexichat.core import permissions
from plexichat.core.audiences import Audiences
from plexichat.core.events import (
    Attends,
    ChannelCreated,
    ChannelDeleted,
    ChannelUpdated,
    Event,
    Members,
    Readers,
    RulesChanged,
    StandingChanged,
    Viewers,
)
from plexichat.store.channels import Channel
from plexichat.store.rules import Override, Role, Rules, Standing

SERVER = 1
PEOPLE = range(10, 16)
ROLES = range(20, 24)  # the first is everyone's
CHANNELS = range(30, 36)
BITS = (permissions.VIEW, permissions.BITS["messages.read"], permissions.ADMINISTRATOR)

Told = set[tuple[type[Event], int, int]]


def rules(dice: random.Random) -> Rules:
    def some() -> int:
        return sum(bit for bit in BITS[:2] if dice.random() < 0.5)

    def granted(id: int) -> int:
        return some() | (BITS[2] if id != ROLES[0] and dice.random() < 0.1 else 0)

    channels = [id for id in CHANNELS if dice.random() < 0.8]
    targets = [*product(["role"], ROLES), *product(["member"], PEOPLE)]
    return Rules(
        SERVER,
        dice.choice(PEOPLE),
        {id: Role(id, SERVER, "r", None, id, granted(id), False, False, False) for id in ROLES},
        {id: Channel(id, "text", None, (), SERVER, dice.choice("ab")) for id in channels},
        {
            id: tuple(
                Override(kind, target, some(), some())
                for kind, target in targets
                if dice.random() < 0.2
            )
            for id in channels
        },
    )


def standing(dice: random.Random, user_id: int) -> Standing:
    worn = {role_id for role_id in ROLES[1:] if dice.random() < 0.4}
    return Standing(SERVER, user_id, frozenset({ROLES[0], *worn}), None)


def sees(rules: Rules, standing: Standing | None, channel_id: int, needed: int) -> bool:
    if standing is None or channel_id not in rules.channels:
        return False
    return not needed & ~permissions.in_channel(rules, standing, channel_id, 0)


def expected(
    before: Rules, after: Rules, was: Standing, now: Standing
) -> Iterator[tuple[type[Event], int, int]]:
    for id in CHANNELS:
        seen, sees_it = (
            sees(before, was, id, permissions.VIEW),
            sees(after, now, id, permissions.VIEW),
        )
        if sees_it and not seen:
            yield ChannelCreated, id, now.user_id
        elif seen and not sees_it:
            yield ChannelDeleted, id, now.user_id
        elif seen and before.channels[id] != after.channels[id]:
            yield ChannelUpdated, id, now.user_id


def told(events: list[Event]) -> Told:
    found: Told = set()
    for event in events:
        assert isinstance(event, ChannelCreated | ChannelUpdated | ChannelDeleted)
        assert isinstance(event.audience, frozenset)
        for user_id in event.audience:
            line = type(event), event.channel.id, user_id
            assert line not in found, "told twice"
            found.add(line)
    return found


def hold_audiences(memory: Audiences, now: Rules, standings: dict[int, Standing]) -> None:
    """Who is meant by each kind of audience is whoever the permissions say."""
    assert set(memory.resolve(Members(SERVER))) == standings.keys()
    for id in CHANNELS:
        for audience, needed in (
            (Viewers(SERVER, id), permissions.VIEW),
            (Readers(SERVER, id), permissions.READ),
        ):
            meant = {user for user, each in standings.items() if sees(now, each, id, needed)}
            assert set(memory.resolve(audience)) == meant
        assert set(memory.readers(id)) == meant


@pytest.mark.parametrize("seed", range(60))
def test_changes_are_told_to_exactly_those_who_see_a_difference(seed: int) -> None:
    dice = random.Random(seed)
    memory = Audiences(lambda user_id: True)
    now = rules(dice)
    standings = {user_id: standing(dice, user_id) for user_id in PEOPLE}
    for each in standings.values():
        memory.apply(
            Attends(
                audience=frozenset(), user_id=each.user_id, standings=(each,), rules=(now,)
            )
        )
    for _ in range(12):
        hold_audiences(memory, now, standings)
        if dice.random() < 0.5:
            after = rules(dice)
            said = memory.apply(
                RulesChanged(audience=frozenset(), server_id=SERVER, rules=after)
            )
            lines = {
                line
                for each in standings.values()
                for line in expected(now, after, each, each)
            }
            now = after
        else:
            user_id = dice.choice(list(standings))
            other = standing(dice, user_id)
            said = memory.apply(
                StandingChanged(
                    audience=frozenset(), server_id=SERVER, user_id=user_id, standing=other,
                    last_message_ids={},
                )
            )  # fmt: skip
            lines = set(expected(now, now, standings[user_id], other))
            standings[user_id] = other
        assert told(said) == lines


def test_what_one_gains_sight_of_says_where_it_has_come_to() -> None:
    everyone = Role(20, SERVER, "@everyone", None, 0, 0, False, False, True)
    club = Role(21, SERVER, "club", None, 1, permissions.VIEW, False, False, False)
    there = Rules(SERVER, 10, {20: everyone, 21: club}, {30: Channel(30, "text", 7)}, {})
    memory = Audiences(lambda user_id: True)
    outside = Standing(SERVER, 11, frozenset({20}), None)
    memory.apply(Attends(audience=frozenset(), user_id=11, standings=(outside,), rules=(there,)))
    (said,) = memory.apply(
        StandingChanged(
            audience=frozenset(), server_id=SERVER, user_id=11,
            standing=Standing(SERVER, 11, frozenset({20, 21}), None), last_message_ids={30: 99},
        )
    )  # fmt: skip
    assert isinstance(said, ChannelCreated)
    assert said.channel.last_message_id == 99


def test_who_does_not_listen_is_not_remembered() -> None:
    memory = Audiences(lambda user_id: False)
    there = Rules(SERVER, 10, {}, {}, {})
    owner = Standing(SERVER, 10, frozenset(), None)
    memory.apply(Attends(audience=frozenset(), user_id=10, standings=(owner,), rules=(there,)))
    assert not memory.resolve(Members(SERVER))
