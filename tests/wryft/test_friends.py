"""Friends, requests and blocks."""

from typing import Any

import httpx
import pytest

from tests.cast import Person
from tests.wryft.cast import named, refusal

NOBODY = "00000000-0000-8000-8000-00000000beef"
LISTS = {"friends": "", "pending": "/requests/pending", "outgoing": "/requests/outgoing",
         "blocked": "/blocked"}  # fmt: skip


async def ask(person: Person, other: Person) -> dict[str, Any]:
    answer = await person.post("/api/friends/requests", {"username": other.username})
    assert answer.status_code == 200, answer.text
    asked: dict[str, Any] = answer.json()
    return asked


async def befriend(one: Person, other: Person) -> None:
    asked = await ask(one, other)
    answer = await other.ask("POST", f"/api/friends/requests/{asked['id']}/accept")
    assert (answer.status_code, answer.content) == (200, b"")


async def listed(person: Person) -> dict[str, list[str]]:
    """Whom each of a person's lists names."""
    found = {}
    for name, path in LISTS.items():
        answer = await person.get(f"/api/friends{path}")
        assert answer.status_code == 200
        found[name] = [each["username"] for each in answer.json()]
    return {name: names for name, names in found.items() if names}


async def test_a_request_has_one_id_for_both(ann: Person, bob: Person) -> None:
    asked = await ask(ann, bob)
    assert asked.pop("created_at").endswith("Z")
    assert asked == {
        "id": asked["id"], "user_id": named(bob), "username": "bob", "avatar_url": None,
        "status": "pending",
    }  # fmt: skip
    (seen,) = (await bob.get("/api/friends/requests/pending")).json()
    assert (seen["id"], seen["user_id"], seen["status"]) == (asked["id"], named(ann), "pending")
    assert (await listed(ann), await listed(bob)) == ({"outgoing": ["bob"]}, {"pending": ["ann"]})


async def test_who_accepts_is_a_friend_in_both_dialects(ann: Person, bob: Person) -> None:
    await befriend(ann, bob)
    (friend,) = (await ann.get("/api/friends")).json()
    assert (friend["user_id"], friend["status"]) == (named(bob), "accepted")
    (friend,) = (await bob.get("/relationships/@me")).json()
    assert (friend["user_id"], friend["status"]) == (ann.id, "friend")


async def test_friends_come_by_name_and_requests_the_newest_first(
    ann: Person, bob: Person, cem: Person, dee: Person
) -> None:
    for other in (dee, bob):
        await befriend(ann, other)
    assert (await listed(ann)) == {"friends": ["bob", "dee"]}
    await ask(dee, cem)
    await ask(bob, cem)
    assert (await listed(cem)) == {"pending": ["bob", "dee"]}


async def test_a_request_is_refused_with_its_status(
    ann: Person, bob: Person, cem: Person, dee: Person
) -> None:
    async def refused(person: Person, name: str) -> tuple[int, str]:
        return refusal(await person.post("/api/friends/requests", {"username": name}))

    assert await refused(ann, "ann") == (400, "Self request")
    assert await refused(ann, "nobody") == (404, "User not found")
    assert await refused(ann, "") == (400, "Username required")
    assert refusal(await ann.post("/api/friends/requests")) == (400, "Username required")
    await ask(ann, bob)
    assert await refused(ann, "bob") == (409, "Already exists")
    assert await refused(bob, "ann") == (409, "Already exists")
    await ann.post(f"/api/friends/block/{named(cem)}")
    assert await refused(ann, "cem") == (403, "Blocked")
    assert await refused(cem, "ann") == (403, "Blocked")
    await dee.patch(f"/api/users/{named(dee)}/privacy", {"allow_friend_requests": False})
    assert await refused(ann, "dee") == (403, "Permission denied")


async def test_a_number_behind_the_name_is_passed_over(ann: Person, bob: Person) -> None:
    answer = await ann.post("/api/friends/requests", {"username": "bob#1234"})
    assert answer.json()["username"] == "bob"


@pytest.mark.parametrize("verb", ["accept", "decline"])
async def test_only_who_was_asked_answers(
    ann: Person, bob: Person, cem: Person, verb: str
) -> None:
    path = f"/api/friends/requests/{(await ask(ann, bob))['id']}/{verb}"
    for person in (ann, cem):
        assert refusal(await person.ask("POST", path)) == (404, "Request not found")
    assert refusal(await bob.ask("POST", f"/api/friends/requests/{NOBODY}/{verb}"))[0] == 404
    assert refusal(await bob.ask("POST", f"/api/friends/requests/77/{verb}"))[0] == 400
    assert (await bob.ask("POST", path)).status_code == {"accept": 200, "decline": 204}[verb]
    assert refusal(await bob.ask("POST", path))[0] == 404


async def test_who_is_declined_may_ask_again(ann: Person, bob: Person) -> None:
    asked = await ask(ann, bob)
    answer = await bob.ask("POST", f"/api/friends/requests/{asked['id']}/decline")
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await listed(ann), await listed(bob)) == ({}, {})
    await ask(ann, bob)


async def test_parting_ends_friendships_and_requests_but_no_block(
    ann: Person, bob: Person, cem: Person
) -> None:
    await befriend(ann, bob)
    answer = await bob.delete(f"/api/friends/{named(ann)}")
    assert (answer.status_code, answer.content) == (204, b"")
    await ask(ann, bob)
    assert (await ann.delete(f"/api/friends/{named(bob)}")).status_code == 204
    assert (await listed(ann), await listed(bob)) == ({}, {})
    await ann.ask("POST", f"/api/friends/block/{named(cem)}")
    for person, other in ((ann, cem), (cem, ann), (ann, bob)):
        answer = await person.delete(f"/api/friends/{named(other)}")
        assert refusal(answer) == (404, "Relationship not found")
    assert await listed(ann) == {"blocked": ["cem"]}


async def test_a_block_ends_what_there_was_and_is_ones_own(ann: Person, bob: Person) -> None:
    await befriend(ann, bob)
    for person, other in ((ann, bob), (bob, ann), (ann, bob)):
        answer = await person.ask("POST", f"/api/friends/block/{named(other)}")
        assert (answer.status_code, answer.content) == (200, b"")
    (blocked,) = (await ann.get("/api/friends/blocked")).json()
    assert (blocked["user_id"], blocked["status"]) == (named(bob), "blocked")
    answer = await ann.delete(f"/api/friends/block/{named(bob)}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await listed(ann), await listed(bob)) == ({}, {"blocked": ["ann"]})
    answer = await ann.delete(f"/api/friends/block/{named(bob)}")
    assert refusal(answer) == (404, "Relationship not found")


async def test_a_block_is_refused_of_oneself_and_of_nobody(ann: Person) -> None:
    answer = await ann.ask("POST", f"/api/friends/block/{named(ann)}")
    assert refusal(answer) == (400, "Self block")
    answer = await ann.ask("POST", f"/api/friends/block/{NOBODY}")
    assert refusal(answer) == (404, "User not found")


async def test_all_of_it_needs_a_token(stranger: httpx.AsyncClient) -> None:
    for path in LISTS.values():
        answer = await stranger.get(f"/api/friends{path}")
        assert refusal(answer) == (401, "Authentication required")
