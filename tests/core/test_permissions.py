"""Permissions against a model: every rule of the evaluation once more, the slow and plain way."""

import random

import pytest

from plexichat.core import permissions
from plexichat.core.errors import Forbidden, Invalid
from plexichat.core.permissions import ALL, BITS, NAMES
from plexichat.store.channels import Channel
from plexichat.store.rules import Override, Role, Rules, Standing

SERVER, CHANNEL, OWNER = 1, 500, 100
NOW = 1_000_000


class Model:
    """The order of evaluation in sets of names, as the contract tells it."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules

    def roles(self, who: Standing) -> list[Role]:
        return [role for role in self.rules.roles.values() if role.id in who.role_ids]

    def in_server(self, who: Standing) -> set[str]:
        if self.everything(who):
            return set(NAMES)
        return self.timed_out(who, self.granted(who))

    def in_channel(self, who: Standing) -> set[str]:
        if self.everything(who):
            return set(NAMES)
        may = self.granted(who)
        mine = [o for o in self.rules.overrides[CHANNEL] if o.kind == "member"]
        theirs = [o for o in self.rules.overrides[CHANNEL] if o.kind == "role"]
        for override in theirs:
            if override.target_id in who.role_ids:
                may -= named(override.deny)
        for override in theirs:
            if override.target_id in who.role_ids:
                may |= named(override.allow)
        for override in mine:
            if override.target_id == who.user_id:
                may -= named(override.deny)
                may |= named(override.allow)
        if "channels.view" not in may:
            return set()
        return self.timed_out(who, may)

    def granted(self, who: Standing) -> set[str]:
        return set().union(*(named(role.permissions) for role in self.roles(who)))

    def everything(self, who: Standing) -> bool:
        return who.user_id == self.rules.owner_id or "administrator" in self.granted(who)

    def timed_out(self, who: Standing, may: set[str]) -> set[str]:
        if who.timeout_until is None or who.timeout_until <= NOW:
            return may
        return may - {
            "messages.send", "messages.add_reactions", "messages.attach_files",
            "messages.embed_links", "voice.connect", "voice.speak",
        }  # fmt: skip


def named(bits: int) -> set[str]:
    return {name for name, bit in BITS.items() if bits & bit}


def random_bits(dice: random.Random) -> int:
    chance = dice.choice((0.05, 0.3, 0.7))
    bits = sum(bit for bit in BITS.values() if dice.random() < chance)
    return bits if dice.random() < 0.2 else bits & ~BITS["administrator"]


def random_world(dice: random.Random) -> tuple[Rules, list[Standing]]:
    roles = {
        10 + n: Role(10 + n, SERVER, f"r{n}", None, n, random_bits(dice), False, False, n == 0)
        for n in range(dice.randint(1, 6))
    }
    people = [
        Standing(
            SERVER,
            OWNER + n,
            frozenset([10, *(id for id in roles if dice.random() < 0.4)]),
            dice.choice((None, None, NOW - 1, NOW + 1)),
        )
        for n in range(5)
    ]
    targets = [("role", id) for id in roles] + [("member", p.user_id) for p in people]
    overrides = tuple(
        Override(kind, id, allow := random_bits(dice), random_bits(dice) & ~allow)
        for kind, id in targets
        if dice.random() < 0.5
    )
    channels = {CHANNEL: Channel(CHANNEL, "text", None, server_id=SERVER)}
    return Rules(SERVER, OWNER, roles, channels, {CHANNEL: overrides}), people


@pytest.mark.parametrize("seed", range(300))
def test_every_world_is_judged_as_the_model_judges_it(seed: int) -> None:
    rules, people = random_world(random.Random(seed))
    model = Model(rules)
    for who in people:
        assert named(permissions.in_server(rules, who, NOW)) == model.in_server(who)
        assert named(permissions.in_channel(rules, who, CHANNEL, NOW)) == model.in_channel(who)


@pytest.mark.parametrize("seed", range(300))
def test_every_explanation_comes_to_the_same_as_the_evaluation(seed: int) -> None:
    rules, people = random_world(random.Random(seed))
    for who in people:
        for channel_id, allowed in (
            (None, permissions.in_server(rules, who, NOW)),
            (CHANNEL, permissions.in_channel(rules, who, CHANNEL, NOW)),
        ):
            told = permissions.explain(rules, who, channel_id, NOW)
            assert {name: reason.allowed for name, reason in told.items()} == permissions.names(
                allowed
            )


@pytest.mark.parametrize("seed", range(100))
def test_an_explanation_names_what_gives_or_takes_the_permission(seed: int) -> None:
    rules, people = random_world(random.Random(seed))
    for who in people:
        mine = [
            one
            for one in rules.overrides[CHANNEL]
            if one.target_id in (who.role_ids if one.kind == "role" else {who.user_id})
        ]
        for name, reason in permissions.explain(rules, who, CHANNEL, NOW).items():
            bit = BITS[name]
            match reason.by:
                case "role":
                    givers = {role.id for role in Model(rules).roles(who) if role.permissions & bit}
                    assert set(reason.ids) == givers
                    assert not any(bit & (one.allow | one.deny) for one in mine)
                case "role override" | "member override":
                    kind = reason.by.removesuffix(" override")
                    assert set(reason.ids) == {
                        one.target_id
                        for one in mine
                        if one.kind == kind and bit & (one.allow if reason.allowed else one.deny)
                    }
                case "administrator":
                    assert all("administrator" in named(rules.roles[id].permissions)
                               for id in reason.ids)  # fmt: skip
                case _:
                    assert reason.ids == ()


@pytest.mark.parametrize("seed", range(100))
def test_nobody_gives_what_they_lack_or_acts_upward(seed: int) -> None:
    dice = random.Random(seed)
    rules, people = random_world(dice)
    for actor in people:
        mine = permissions.in_server(rules, actor, NOW)
        given = random_bits(dice)
        if given & ~mine:
            with pytest.raises(Forbidden):
                permissions.refuse_giving(rules, actor, given, NOW)
        else:
            permissions.refuse_giving(rules, actor, given, NOW)
        for target in people:
            above = permissions.top(rules, actor) > permissions.top(rules, target)
            if above and target.user_id != OWNER:
                permissions.refuse_not_above(rules, actor, target)
            else:
                with pytest.raises(Forbidden):
                    permissions.refuse_not_above(rules, actor, target)


@pytest.mark.parametrize("seed", range(100))
def test_nothing_locks_the_owner_out(seed: int) -> None:
    rules, people = random_world(random.Random(seed))
    owner = next(person for person in people if person.user_id == OWNER)
    assert permissions.in_server(rules, owner, NOW) == ALL
    assert permissions.in_channel(rules, owner, CHANNEL, NOW) == ALL


def test_wildcards_count_for_what_they_cover_and_unknown_names_are_refused() -> None:
    assert permissions.bits("*") == ALL
    assert named(permissions.bits("members.*")) == {n for n in NAMES if n.startswith("members.")}
    for unknown in ("message.send", "messages", "", ".*", "x.*"):
        with pytest.raises(Invalid):
            permissions.bits(unknown)
