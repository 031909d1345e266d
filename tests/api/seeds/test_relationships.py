"""The document of relationships, row by row."""

from typing import Any

import pytest

from tests.api.friends import accept, ask, befriend, block, listed, remove, statuses
from tests.api.seeds.document import BASES, SUCCESS, holds, promise
from tests.cast import Person, refusal

FRIEND = {"user_id": "123456789012345678", "status": "friend", "created_at": 1704067200}
OUTGOING = FRIEND | {"status": "pending_outgoing"}
BLOCKED = FRIEND | {"status": "blocked"}


def phrase(answer: Any) -> tuple[int, str]:
    status, message = refusal(answer)
    return status, message.partition(":")[0]


# GET /relationships/@me


@pytest.mark.parametrize("base", BASES)
async def test_seed_get_relationships_example(
    ann: Person, bob: Person, cem: Person, base: str
) -> None:
    await befriend(ann, bob)
    await ask(cem, ann)
    answer = await ann.get(f"{base}/relationships/@me")
    assert answer.status_code == 200
    promise(answer.json(), [FRIEND])
    found = {each["user_id"]: each["status"] for each in answer.json()}
    assert found == {bob.id: "friend", cem.id: "pending_incoming"}


async def test_seed_relationship_status_friend(ann: Person, bob: Person) -> None:
    await befriend(ann, bob)
    assert (await statuses(ann), await statuses(bob)) == ({"bob": "friend"}, {"ann": "friend"})


async def test_seed_relationship_status_pending_incoming(ann: Person, bob: Person) -> None:
    await ask(bob, ann)
    assert await statuses(ann) == {"bob": "pending_incoming"}


async def test_seed_relationship_status_pending_outgoing(ann: Person, bob: Person) -> None:
    await ask(ann, bob)
    assert await statuses(ann) == {"bob": "pending_outgoing"}


async def test_seed_relationship_status_blocked(ann: Person, bob: Person) -> None:
    await block(ann, bob)
    assert (await statuses(ann), await statuses(bob)) == ({"bob": "blocked"}, {})


# POST /relationships


@pytest.mark.parametrize("base", BASES)
async def test_seed_post_relationships_example(ann: Person, bob: Person, base: str) -> None:
    sent = {"user_id": bob.id, "message": "Hey, let's be friends!"}
    answer = await ann.post(f"{base}/relationships", sent)
    assert answer.status_code == 200
    promise(answer.json(), OUTGOING)
    assert (answer.json()["user_id"], answer.json()["status"]) == (bob.id, "pending_outgoing")
    assert (await listed(bob))[0]["message"] == sent["message"]


async def test_seed_post_relationships_user_id_is_required(ann: Person) -> None:
    assert (await ann.post("/relationships", {"message": "hello"})).status_code == 400


async def test_seed_post_relationships_message_is_not_required(ann: Person, bob: Person) -> None:
    assert (await ann.post("/relationships", {"user_id": bob.id})).status_code == 200


@pytest.mark.parametrize(("length", "status"), [(256, 200), (257, 400)])
async def test_seed_post_relationships_message_max_256_chars(
    ann: Person, bob: Person, length: int, status: int
) -> None:
    sent = {"user_id": bob.id, "message": "é" * length}
    assert (await ann.post("/relationships", sent)).status_code == status


async def test_seed_post_relationships_400_self_request(ann: Person) -> None:
    assert phrase(await ask(ann, ann)) == (400, "Self request")


async def test_seed_post_relationships_403_blocked(ann: Person, bob: Person) -> None:
    await block(bob, ann)
    assert phrase(await ask(ann, bob)) == (403, "Blocked")


async def test_seed_post_relationships_404_user_not_found(ann: Person) -> None:
    answer = await ann.post("/relationships", {"user_id": "77"})
    assert phrase(answer) == (404, "User not found")


async def test_seed_post_relationships_409_already_exists(ann: Person, bob: Person) -> None:
    await ask(ann, bob)
    assert phrase(await ask(ann, bob)) == (409, "Already exists")
    assert phrase(await ask(bob, ann)) == (409, "Already exists")
    await accept(bob, ann)
    assert phrase(await ask(ann, bob)) == (409, "Already exists")


# PUT /relationships/{user_id}/accept


@pytest.mark.parametrize("base", BASES)
async def test_seed_put_accept_example(ann: Person, bob: Person, base: str) -> None:
    await ask(bob, ann)
    answer = await ann.put(f"{base}/relationships/{bob.id}/accept")
    assert (answer.status_code, answer.json()) == (200, SUCCESS)


async def test_seed_put_accept_400_invalid_user_id(ann: Person) -> None:
    assert phrase(await ann.put("/relationships/bob/accept")) == (400, "Invalid user ID")


async def test_seed_put_accept_404_request_not_found(ann: Person, bob: Person) -> None:
    assert phrase(await accept(ann, bob)) == (404, "Request not found")


# DELETE /relationships/{user_id}


@pytest.mark.parametrize("base", BASES)
async def test_seed_delete_friend_unfriends(ann: Person, bob: Person, base: str) -> None:
    await befriend(ann, bob)
    answer = await ann.delete(f"{base}/relationships/{bob.id}")
    assert (answer.status_code, answer.json()) == (200, SUCCESS)
    assert (await statuses(ann), await statuses(bob)) == ({}, {})


async def test_seed_delete_pending_incoming_declines(ann: Person, bob: Person) -> None:
    await ask(bob, ann)
    assert (await remove(ann, bob)).json() == SUCCESS
    assert (await statuses(ann), await statuses(bob)) == ({}, {})


async def test_seed_delete_pending_outgoing_cancels(ann: Person, bob: Person) -> None:
    await ask(ann, bob)
    assert (await remove(ann, bob)).json() == SUCCESS
    assert (await statuses(ann), await statuses(bob)) == ({}, {})


async def test_seed_delete_blocked_unblocks(ann: Person, bob: Person) -> None:
    await block(ann, bob)
    assert (await remove(ann, bob)).json() == SUCCESS
    assert (await ask(bob, ann)).status_code == 200


async def test_seed_delete_400_invalid_user_id(ann: Person) -> None:
    assert phrase(await ann.delete("/relationships/bob")) == (400, "Invalid user ID")


async def test_seed_delete_404_relationship_not_found(ann: Person, bob: Person) -> None:
    assert phrase(await remove(ann, bob)) == (404, "Relationship not found")


# POST /relationships/block


@pytest.mark.parametrize("base", BASES)
async def test_seed_post_block_example(ann: Person, bob: Person, base: str) -> None:
    answer = await ann.post(f"{base}/relationships/block", {"user_id": bob.id})
    assert answer.status_code == 200
    promise(answer.json(), BLOCKED)
    assert (answer.json()["user_id"], answer.json()["status"]) == (bob.id, "blocked")


async def test_seed_post_block_removes_what_there_was(ann: Person, bob: Person) -> None:
    await befriend(ann, bob)
    await block(ann, bob)
    assert (await statuses(ann), await statuses(bob)) == ({"bob": "blocked"}, {})


async def test_seed_post_block_user_id_is_required(ann: Person) -> None:
    assert (await ann.post("/relationships/block", {})).status_code == 400


async def test_seed_post_block_400_self_block(ann: Person) -> None:
    answer = await ann.post("/relationships/block", {"user_id": ann.id})
    assert phrase(answer) == (400, "Self block")


async def test_seed_post_block_404_user_not_found(ann: Person) -> None:
    answer = await ann.post("/relationships/block", {"user_id": "77"})
    assert phrase(answer) == (404, "User not found")


async def test_seed_post_block_409_already_blocked(ann: Person, bob: Person) -> None:
    await block(ann, bob)
    answer = await ann.post("/relationships/block", {"user_id": bob.id})
    assert phrase(answer) == (409, "Already blocked")


# The relationship object


@pytest.mark.parametrize(
    ("field", "kind"), [("user_id", "string"), ("status", "string"), ("created_at", "int?")]
)
async def test_seed_relationship_object_field(
    ann: Person, bob: Person, cem: Person, dee: Person, field: str, kind: str
) -> None:
    await befriend(ann, bob)
    await ask(ann, cem)
    await block(ann, dee)
    holds(kind, [each[field] for each in await listed(ann)])
