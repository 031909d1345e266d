"""Friends, requests and blocks: each route, each refusal."""

from typing import Any

import httpx
import pytest

from tests.api.friends import BLOCK, accept, ask, befriend, block, listed, remove, statuses
from tests.api.line import listening
from tests.cast import Person, refusal
from tests.town import found, join

BASES = ["", "/api/v1"]


@pytest.mark.parametrize("base", BASES)
async def test_a_request_is_answered_with_how_one_stands_now(
    ann: Person, bob: Person, base: str
) -> None:
    wanted = {"user_id": bob.id, "message": "Hey, let's be friends!"}
    answer = await ann.post(f"{base}/relationships", wanted)
    asked = answer.json()
    assert (answer.status_code, asked) == (
        200,
        {"user_id": bob.id, "status": "pending_outgoing", "created_at": asked["created_at"]},
    )
    assert await listed(ann) == [
        asked
        | {"username": "bob", "avatar_url": None, "presence": {"status": "offline"}}
        | {"message": None}
    ]
    assert await listed(bob) == [
        {
            "user_id": ann.id, "username": "ann", "avatar_url": None,
            "status": "pending_incoming", "presence": {"status": "offline"},
            "message": "Hey, let's be friends!", "created_at": asked["created_at"],
        }
    ]  # fmt: skip


@pytest.mark.parametrize("base", BASES)
async def test_accepting_makes_friends_of_both(ann: Person, bob: Person, base: str) -> None:
    await ask(ann, bob, message="soup?")
    answer = await bob.put(f"{base}/relationships/{ann.id}/accept")
    assert (answer.status_code, answer.json()) == (200, {"success": True})
    assert (await statuses(ann), await statuses(bob)) == ({"bob": "friend"}, {"ann": "friend"})
    assert [each["message"] for each in await listed(bob)] == [None]


@pytest.mark.parametrize("base", BASES)
async def test_blocking_removes_what_there_was(ann: Person, bob: Person, base: str) -> None:
    await befriend(ann, bob)
    answer = await ann.post(f"{base}{BLOCK}", {"user_id": bob.id})
    made = answer.json()
    assert (answer.status_code, made) == (
        200,
        {"user_id": bob.id, "status": "blocked", "created_at": made["created_at"]},
    )
    assert (await statuses(ann), await statuses(bob)) == ({"bob": "blocked"}, {})


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("what", ["friend", "incoming", "outgoing", "blocked"])
async def test_delete_ends_whatever_there_is(
    ann: Person, bob: Person, what: str, base: str
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
    answer = await ann.delete(f"{base}/relationships/{bob.id}")
    assert (answer.status_code, answer.json()) == (200, {"success": True})
    assert (await statuses(ann), await statuses(bob)) == ({}, {})
    assert refusal(await remove(ann, bob)) == (404, "Relationship not found")
    assert (await ask(bob, ann)).status_code == 200, "all may begin again"


async def test_each_side_keeps_its_own_block(ann: Person, bob: Person) -> None:
    await block(ann, bob)
    await block(bob, ann)
    assert (await statuses(ann), await statuses(bob)) == ({"bob": "blocked"}, {"ann": "blocked"})
    await remove(ann, bob)
    assert (await statuses(ann), await statuses(bob)) == ({}, {"ann": "blocked"})
    assert refusal(await ask(ann, bob)) == (403, "Blocked")
    assert refusal(await remove(ann, bob)) == (404, "Relationship not found")


async def test_a_request_in_either_direction_is_there_already(ann: Person, bob: Person) -> None:
    await ask(ann, bob)
    assert refusal(await ask(ann, bob)) == (409, "Already exists")
    assert refusal(await ask(bob, ann)) == (409, "Already exists")
    assert await statuses(ann) == {"bob": "pending_outgoing"}
    await accept(bob, ann)
    assert refusal(await ask(ann, bob)) == (409, "Already exists")
    assert refusal(await ask(bob, ann)) == (409, "Already exists")


async def test_a_block_either_way_stops_requests(ann: Person, bob: Person) -> None:
    await block(ann, bob)
    assert refusal(await ask(bob, ann)) == (403, "Blocked")
    assert refusal(await ask(ann, bob)) == (403, "Blocked")
    assert refusal(await block(ann, bob)) == (409, "Already blocked")


async def test_only_who_was_asked_can_accept(ann: Person, bob: Person, cem: Person) -> None:
    assert refusal(await accept(ann, bob)) == (404, "Request not found")
    await ask(ann, bob)
    assert refusal(await accept(ann, bob)) == (404, "Request not found")
    assert refusal(await accept(cem, ann)) == (404, "Request not found")
    assert refusal(await accept(cem, bob)) == (404, "Request not found")
    await accept(bob, ann)
    assert refusal(await accept(bob, ann)) == (404, "Request not found")


async def test_nobody_asks_or_blocks_themselves(ann: Person) -> None:
    assert refusal(await ask(ann, ann)) == (400, "Self request")
    assert refusal(await block(ann, ann)) == (400, "Self block")
    assert refusal(await accept(ann, ann)) == (404, "Request not found")
    assert refusal(await remove(ann, ann)) == (404, "Relationship not found")


@pytest.mark.parametrize("path", ["/relationships", BLOCK])
@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, (400, "Invalid user ID")),
        ({"user_id": None}, (400, "Invalid user ID")),
        ({"user_id": []}, (400, "Invalid user ID")),
        ({"user_id": True}, (400, "Invalid user ID")),
        ({"user_id": 1.5}, (400, "Invalid user ID")),
        ({"user_id": ""}, (400, "Invalid user ID")),
        ({"user_id": "bob"}, (400, "Invalid user ID")),
        ({"user_id": "-1"}, (400, "Invalid user ID")),
        ({"user_id": -1}, (400, "Invalid user ID")),
        ({"user_id": "١٢"}, (400, "Invalid user ID")),
        ({"user_id": "0"}, (404, "User not found")),
        ({"user_id": "77"}, (404, "User not found")),
        ({"user_id": 77}, (404, "User not found")),
        ({"user_id": "9" * 30}, (404, "User not found")),
        ({"user_id": "77", "colour": "green"}, (400, "Invalid input: colour")),
        ([], (400, "Invalid input")),
    ],
)
async def test_a_bad_body_is_refused(
    ann: Person, path: str, body: Any, told: tuple[int, str]
) -> None:
    assert refusal(await ann.post(path, body)) == told
    assert await listed(ann) == []


async def test_an_id_may_be_a_number(ann: Person, bob: Person) -> None:
    answer = await ann.post("/relationships", {"user_id": bob.number})
    assert (answer.status_code, answer.json()["user_id"]) == (200, bob.id)


async def test_a_block_takes_no_message(ann: Person, bob: Person) -> None:
    answer = await ann.post(BLOCK, {"user_id": bob.id, "message": "go away"})
    assert refusal(answer) == (400, "Invalid input: message")
    assert await statuses(ann) == {}


@pytest.mark.parametrize("message", ["x" * 257, "𐍈" * 257, 5, ["soup"], "so\0up"])
async def test_a_bad_message_is_refused(ann: Person, bob: Person, message: Any) -> None:
    assert refusal(await ask(ann, bob, message=message)) == (400, "Invalid input: message")
    assert await statuses(bob) == {}


@pytest.mark.parametrize("message", [None, "", "𐍈" * 256, "<b>soup</b>"])
async def test_a_message_is_kept_as_it_came(
    ann: Person, bob: Person, message: str | None
) -> None:
    assert (await ask(ann, bob, message=message)).status_code == 200
    assert [each["message"] for each in await listed(bob)] == [message or None]


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", "/relationships/{}/accept"), ("DELETE", "/relationships/{}")]
)
async def test_a_bad_id_in_the_path_is_400_and_an_unknown_one_404(
    ann: Person, method: str, path: str
) -> None:
    for wrong in ("x", "-1", "1.5", "@me", "block", "١٢"):
        assert refusal(await ann.ask(method, path.format(wrong))) == (400, "Invalid user ID")
    absent = "Request not found" if method == "PUT" else "Relationship not found"
    for unknown in ("0", "77", "9" * 30):
        assert refusal(await ann.ask(method, path.format(unknown))) == (404, absent)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/relationships/@me"),
        ("POST", "/relationships"),
        ("POST", BLOCK),
        ("PUT", "/relationships/77/accept"),
        ("DELETE", "/relationships/77"),
    ],
)
async def test_a_stranger_is_asked_to_log_in(
    stranger: httpx.AsyncClient, method: str, path: str
) -> None:
    assert refusal(await stranger.request(method, path)) == (401, "Authentication required")


async def test_the_list_shows_people_as_they_are_now(ann: Person, bob: Person) -> None:
    await befriend(ann, bob)
    await bob.patch(
        "/users/@me", {"username": "bobby", "avatar_url": "https://pictures.example/bob.png"}
    )
    (seen,) = await listed(ann)
    assert (seen["username"], seen["avatar_url"]) == ("bobby", "https://pictures.example/bob.png")


async def test_the_list_begins_with_friends_and_ends_with_blocks(
    ann: Person, join: Any
) -> None:
    people = {name: await join(name) for name in ("bob", "cem", "dot", "eve", "fay", "gus")}
    await block(ann, people["bob"])
    await ask(ann, people["cem"])
    await ask(people["dot"], ann)
    await befriend(ann, people["eve"])
    await ask(people["fay"], ann)
    await block(ann, people["gus"])
    assert [(each["username"], each["status"]) for each in await listed(ann)] == [
        ("eve", "friend"), ("fay", "pending_incoming"), ("dot", "pending_incoming"),
        ("cem", "pending_outgoing"), ("gus", "blocked"), ("bob", "blocked"),
    ]  # fmt: skip


async def test_whoever_is_on_the_list_is_listed_as_they_are_seen(
    ann: Person, bob: Person, cem: Person, dee: Person
) -> None:
    await befriend(ann, bob)
    await ask(cem, ann)
    await block(ann, dee)
    for person in (bob, cem, dee):
        await person.put("/users/@me/presence", {"status": "idle"})
    shown = {each["user_id"]: each["presence"]["status"] for each in await listed(ann)}
    assert shown == {bob.id: "idle", cem.id: "idle", dee.id: "offline"}
    for user_id, status in shown.items():
        assert (await ann.get(f"/users/{user_id}/presence")).json()["status"] == status


async def test_ready_tells_of_the_list_how_those_are_seen_who_are_followed(
    ann: Person, bob: Person, cem: Person, url: str
) -> None:
    for person in (bob, cem):
        await ask(person, ann)
        await person.put("/users/@me/presence", {"status": "idle"})
    await join(await found(ann), bob)
    async with listening(url, ann) as anns:
        shown = {each["username"]: each["presence"] for each in anns.ready["relationships"]}
        assert shown == {"bob": {"status": "idle"}, "cem": {"status": "offline"}}
        assert [each["user_id"] for each in anns.ready["presences"]] == [bob.id]
