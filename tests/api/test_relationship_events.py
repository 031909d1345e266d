"""What each of two people is told of a change between them, and what they do at once.

One of two is always first; whoever is second finds the house as the first left it.
"""

import asyncio
import random
from collections.abc import Coroutine, Iterator
from typing import Any

import httpx
import pytest

from tests.api.friends import accept, ask, befriend, block, listed, remove, statuses
from tests.api.line import Line, listening
from tests.cast import Person

CONSISTENT = {
    (None, None), ("friend", "friend"),
    ("pending_outgoing", "pending_incoming"), ("pending_incoming", "pending_outgoing"),
    ("blocked", None), (None, "blocked"), ("blocked", "blocked"),
}  # fmt: skip
TIMES = 25
FIELDS = ("user_id", "username", "status", "message")
SILENCE: list[Any] = []


async def told(line: Line) -> list[tuple[str, dict[str, Any]]]:
    """What was said on a line, comings and goings and notifications apart."""
    said = [(frame["t"], frame["d"]) for frame in await line.beat()]
    apart = "PRESENCE_UPDATE", "NOTIFICATION_CREATE", "NOTIFICATION_DELETE"
    return [(name, d) for name, d in said if name not in apart]


def added(other: Person, status: str, message: str | None = None) -> list[Any]:
    return [("RELATIONSHIP_ADD", other.id, other.username, status, message)]


def removed(other: Person) -> list[Any]:
    return [("RELATIONSHIP_REMOVE", other.id)]


async def gist(line: Line) -> list[Any]:
    """Who is told of, and what."""
    return [
        (name, *(d[field] for field in FIELDS if field in d)) for name, d in await told(line)
    ]


async def test_each_side_is_told_what_changed_for_it(ann: Person, bob: Person, url: str) -> None:
    async with listening(url, ann) as hers, listening(url, bob) as his:

        async def both(answer: httpx.Response) -> tuple[list[Any], list[Any]]:
            assert answer.status_code == 200, answer.text
            return await gist(hers), await gist(his)

        asked = added(bob, "pending_outgoing"), added(ann, "pending_incoming", "soup?")
        friends = added(bob, "friend"), added(ann, "friend")
        apart = removed(bob), removed(ann)
        assert await both(await ask(ann, bob, message="soup?")) == asked
        assert await both(await accept(bob, ann)) == friends
        assert await both(await remove(bob, ann)) == apart, "unfriended"
        assert await both(await ask(ann, bob, message="soup?")) == asked
        assert await both(await remove(bob, ann)) == apart, "declined"
        assert await both(await ask(ann, bob, message="soup?")) == asked
        assert await both(await remove(ann, bob)) == apart, "cancelled"
        assert await both(await block(ann, bob)) == (added(bob, "blocked"), SILENCE)
        assert await both(await remove(ann, bob)) == (removed(bob), SILENCE), "unblocked"
        for begin, one, other in ((ask, ann, bob), (ask, bob, ann), (befriend, ann, bob)):
            await begin(one, other)
            await gist(hers), await gist(his)
            assert await both(await block(ann, bob)) == (added(bob, "blocked"), removed(ann))
            await both(await remove(ann, bob))
        await both(await block(bob, ann))
        assert await both(await block(ann, bob)) == (added(bob, "blocked"), SILENCE)
        assert await both(await remove(bob, ann)) == (SILENCE, removed(ann))


async def test_a_dispatch_says_all_that_the_list_would(ann: Person, bob: Person, url: str) -> None:
    async with listening(url, bob) as line:
        asked = (await ask(ann, bob, message="soup?")).json()
        expected = {
            "user_id": ann.id, "username": "ann", "avatar_url": None,
            "status": "pending_incoming", "message": "soup?", "presence": None,
            "created_at": asked["created_at"],
        }  # fmt: skip
        assert await told(line) == [("RELATIONSHIP_ADD", expected)]
        await remove(ann, bob)
        assert await told(line) == [("RELATIONSHIP_REMOVE", {"user_id": ann.id})]


async def test_a_refusal_is_told_to_nobody(ann: Person, bob: Person, url: str) -> None:
    await block(ann, bob)
    async with listening(url, ann) as hers, listening(url, bob) as his:
        for verb, one, other in (
            (ask, bob, ann), (ask, ann, bob), (accept, bob, ann), (remove, bob, ann),
            (block, ann, bob), (ask, ann, ann), (block, bob, bob),
        ):  # fmt: skip
            assert (await verb(one, other)).status_code >= 400
        assert (await told(hers), await told(his)) == ([], [])


async def test_every_socket_of_the_two_hears_it_and_nobody_elses(
    ann: Person, bob: Person, cem: Person, url: str
) -> None:
    await befriend(ann, cem)
    async with (
        listening(url, ann) as phone, listening(url, ann) as desk, listening(url, cem) as theirs
    ):  # fmt: skip
        await befriend(ann, bob)
        assert await told(phone) == await told(desk) != []
        assert await told(theirs) == []


@pytest.mark.parametrize("what", ["friend", "incoming", "outgoing", "blocked"])
async def test_a_new_name_is_told_to_whoever_lists_the_person(
    ann: Person, bob: Person, cem: Person, url: str, what: str
) -> None:
    match what:
        case "friend":
            await befriend(ann, bob)
        case "incoming":
            await ask(bob, ann)
        case "outgoing":
            await ask(ann, bob)
        case "blocked":
            await block(ann, bob)
    async with listening(url, ann) as hers, listening(url, cem) as theirs:
        await bob.patch("/users/@me", {"username": "bobby"})
        user = {"id": bob.id, "username": "bobby", "avatar_url": None}
        assert await told(hers) == [("USER_UPDATE", {"user": user})]
        assert await told(theirs) == []


async def test_ready_lists_what_the_list_lists(
    ann: Person, bob: Person, cem: Person, url: str
) -> None:
    await befriend(ann, bob)
    await ask(cem, ann, message="soup?")
    async with listening(url, ann) as line:
        assert line.ready["relationships"] == await listed(ann)


def whatever(
    chance: random.Random, ann: Person, bob: Person
) -> Iterator[Coroutine[Any, Any, httpx.Response]]:
    """Six things that the two could do to each other."""
    for _ in range(6):
        one, other = chance.choice(((ann, bob), (bob, ann)))
        yield chance.choice((ask, accept, remove, block))(one, other)


async def between(ann: Person, bob: Person) -> tuple[str | None, str | None]:
    return (await statuses(ann)).get("bob"), (await statuses(bob)).get("ann")


async def clear(ann: Person, bob: Person) -> None:
    for one, other in ((ann, bob), (bob, ann)):
        if other.username in await statuses(one):
            await remove(one, other)


async def test_crossing_requests_leave_one(ann: Person, bob: Person) -> None:
    for _ in range(TIMES):
        answers = await asyncio.gather(ask(ann, bob), ask(bob, ann))
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        first = "ann" if answers[0].status_code == 200 else "bob"
        assert await between(ann, bob) == (
            ("pending_outgoing", "pending_incoming") if first == "ann"
            else ("pending_incoming", "pending_outgoing")
        )  # fmt: skip
        await clear(ann, bob)


async def test_accepting_twice_at_once_succeeds_once(ann: Person, bob: Person) -> None:
    for _ in range(TIMES):
        await ask(ann, bob)
        answers = await asyncio.gather(*(accept(bob, ann) for _ in range(3)))
        assert sorted(answer.status_code for answer in answers) == [200, 404, 404]
        assert await between(ann, bob) == ("friend", "friend")
        await clear(ann, bob)


async def test_accepting_while_the_other_cancels_ends_the_same_for_both(
    ann: Person, bob: Person
) -> None:
    for turn in range(TIMES):
        await ask(ann, bob)
        both = [accept(bob, ann), remove(ann, bob)]
        answers = await asyncio.gather(*(both if turn % 2 else reversed(both)))
        accepted, removed = answers if turn % 2 else reversed(answers)
        assert removed.status_code == 200, "there is something to end either way"
        assert accepted.status_code in (200, 404)
        assert await between(ann, bob) == (None, None)


async def test_blocking_while_the_other_accepts_ends_blocked(ann: Person, bob: Person) -> None:
    for _ in range(TIMES):
        await ask(ann, bob)
        accepted, blocked = await asyncio.gather(accept(bob, ann), block(ann, bob))
        assert (accepted.status_code in (200, 404), blocked.status_code) == (True, 200)
        assert await between(ann, bob) == ("blocked", None)
        await clear(ann, bob)


async def test_two_who_block_each_other_at_once_both_have_their_block(
    ann: Person, bob: Person
) -> None:
    for _ in range(TIMES):
        await befriend(ann, bob)
        answers = await asyncio.gather(block(ann, bob), block(bob, ann))
        assert [answer.status_code for answer in answers] == [200, 200]
        assert await between(ann, bob) == ("blocked", "blocked")
        await clear(ann, bob)


async def test_whatever_two_people_do_at_once_they_agree_afterwards(
    ann: Person, bob: Person
) -> None:
    chance = random.Random(4711)
    for _ in range(TIMES * 2):
        answers = await asyncio.gather(*whatever(chance, ann, bob))
        assert {answer.status_code for answer in answers} <= {200, 403, 404, 409}
        assert await between(ann, bob) in CONSISTENT


async def test_both_have_heard_of_a_race_what_came_of_it(
    ann: Person, bob: Person, url: str
) -> None:
    chance = random.Random(11)
    async with listening(url, ann) as hers, listening(url, bob) as his:
        known: list[str | None] = [None, None]
        for _ in range(TIMES):
            await asyncio.gather(*whatever(chance, ann, bob))
            for side, line in enumerate((hers, his)):
                for _, d in await told(line):
                    known[side] = d.get("status")
            assert tuple(known) == await between(ann, bob)
