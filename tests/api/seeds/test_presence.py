"""The document of presence, row by row."""

from typing import Any

import pytest

from tests.api.friends import block
from tests.api.line import listening
from tests.api.seeds.document import BASES, holds, promise
from tests.cast import Person, refusal

SENT = {"status": "online", "custom_status": "Working on Plexichat", "custom_emoji": ":computer:"}
PRESENCE = {"user_id": "123456789012345678", **SENT, "last_seen": 1704067200}


async def put(person: Person, base: str = "", **body: Any) -> Any:
    answer = await person.put(f"{base}/users/@me/presence", body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def get(person: Person, user_id: str, base: str = "") -> Any:
    answer = await person.get(f"{base}/users/{user_id}/presence")
    assert answer.status_code == 200, answer.text
    return answer.json()


# PUT /users/@me/presence


@pytest.mark.parametrize("base", BASES)
async def test_seed_put_presence_example(ann: Person, base: str) -> None:
    told = await put(ann, base, **SENT)
    promise(told, PRESENCE)
    assert {key: told[key] for key in SENT} == SENT


async def test_seed_put_presence_needs_a_session(stranger: Any) -> None:
    answer = await stranger.put("/users/@me/presence", json=SENT)
    assert refusal(answer) == (401, "Authentication required")


@pytest.mark.parametrize("status", ["online", "idle", "dnd", "invisible", "offline"])
async def test_seed_put_presence_status_value(ann: Person, status: str) -> None:
    assert (await put(ann, status=status))["status"] == status


async def test_seed_put_presence_status_is_required(ann: Person) -> None:
    answer = await ann.put("/users/@me/presence", {"custom_status": "soup"})
    assert refusal(answer)[0] == 400
    assert refusal(answer)[1].startswith("Invalid status")


@pytest.mark.parametrize(("length", "status"), [(128, 200), (129, 400)])
async def test_seed_put_presence_custom_status_max_128_chars(
    ann: Person, length: int, status: int
) -> None:
    body = {"status": "online", "custom_status": "é" * length}
    assert (await ann.put("/users/@me/presence", body)).status_code == status


@pytest.mark.parametrize("field", ["custom_status", "custom_emoji"])
async def test_seed_put_presence_text_and_emoji_are_not_required(ann: Person, field: str) -> None:
    body = {key: value for key, value in SENT.items() if key != field}
    assert (await put(ann, **body))[field] is None


async def test_seed_put_presence_400_invalid_status(ann: Person) -> None:
    answer = await ann.put("/users/@me/presence", {"status": "away"})
    status, message = refusal(answer)
    assert (status, message.partition(":")[0]) == (400, "Invalid status")


# GET /users/{user_id}/presence


@pytest.mark.parametrize("base", BASES)
async def test_seed_get_presence_example(ann: Person, bob: Person, base: str) -> None:
    await put(bob, **SENT)
    told = await get(ann, bob.id, base)
    promise(told, PRESENCE)
    assert told["user_id"] == bob.id


async def test_seed_get_presence_user_id_is_a_snowflake(ann: Person) -> None:
    assert refusal(await ann.get("/users/bob/presence")) == (400, "Invalid user ID")


async def test_seed_get_presence_of_an_unknown_user_is_offline(ann: Person) -> None:
    assert (await get(ann, "77"))["status"] == "offline"


async def test_seed_get_presence_not_visible_to_the_requester_is_offline(
    ann: Person, bob: Person
) -> None:
    await put(bob, **SENT)
    await block(bob, ann)
    assert (await get(ann, bob.id))["status"] == "offline"


async def test_seed_get_presence_of_the_invisible_is_offline_to_others(
    ann: Person, bob: Person
) -> None:
    await put(bob, status="invisible", custom_status="soup")
    told = await get(ann, bob.id)
    assert (told["status"], told["custom_status"]) == ("offline", None)
    assert (await get(bob, bob.id))["status"] == "invisible"


# The presence object


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("user_id", "string"), ("status", "string"), ("custom_status", "string?"),
        ("custom_emoji", "string?"), ("last_seen", "int?"),
    ],
)  # fmt: skip
async def test_seed_presence_object_field(
    ann: Person, bob: Person, url: str, field: str, kind: str
) -> None:
    await put(bob, **SENT)
    async with listening(url, bob):
        seen = [await get(ann, bob.id), await get(ann, "77"), await get(bob, bob.id)]
    holds(kind, [each[field] for each in seen])
