"""The document of users, row by row."""

from pathlib import Path
from typing import Any

import pytest

from plexichat.app import House
from tests.api.friends import block
from tests.api.seeds.document import BASES, ID, curl, decorate, draw, holds, promise
from tests.cast import PASSWORD, Person, refusal
from tests.pictures import picture

PUBLIC = {
    "id": "123456789012345678",
    "username": "johndoe",
    "avatar_url": "https://api.plexichat.com/avatars/users/123456789012345678",
    "created_at": 1704067200,
}
PRIVATE = {
    **PUBLIC,
    "email": "johndoe@example.org",
    "email_verified": True,
    "totp_enabled": False,
    "age_verified": False,
}
SETTINGS = {
    "user_id": "123456789012345678",
    "read_receipts_enabled": True,
    "typing_indicators_enabled": True,
    "compact_messages_enabled": True,
    "allow_dms_from": "everyone",
    "auto_create_dms": True,
    "max_message_length": None,
    "max_attachment_size": None,
    "max_attachments_per_message": None,
}
DM = {
    "id": "123456789012345678",
    "type": "dm",
    "recipient_id": "234567890123456789",
    "recipient": {"id": "234567890123456789", "username": "janedoe"},
}


@pytest.fixture
async def accounts(ann: Person, bob: Person, house: House) -> list[Any]:
    """Two own accounts: one with a picture and a badge, one new."""
    await draw(ann)
    await decorate(house, ann, "early_supporter")
    return [(await person.get("/users/@me")).json() for person in (ann, bob)]


# GET /users/@me


@pytest.mark.parametrize("base", BASES)
async def test_seed_get_users_me_example(ann: Person, base: str) -> None:
    await draw(ann)
    command = """curl -X GET https://api.plexichat.com/users/@me \\
      -H "Authorization: Bearer YOUR_SESSION_TOKEN" """
    answer = await curl(ann, command, base)
    assert answer.status_code == 200
    promise(answer.json(), PRIVATE)


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("id", "string"),
        ("username", "string"),
        ("email", "string"),
        ("avatar_url", "string?"),
        ("created_at", "int"),
        ("email_verified", "bool"),
        ("totp_enabled", "bool"),
        ("age_verified", "bool"),
        ("badges", "array"),
    ],
)
def test_seed_get_users_me_response_field(accounts: list[Any], field: str, kind: str) -> None:
    holds(kind, [account[field] for account in accounts])


def test_seed_full_user_object(accounts: list[Any]) -> None:
    promise(accounts[0], {**PRIVATE, "badges": ["early_supporter"]})


async def test_seed_public_user_object(ann: Person, bob: Person) -> None:
    await draw(bob)
    seen = (await ann.get(f"/users/{bob.id}")).json()
    promise(seen, {**PUBLIC, "badges": []})
    assert "email" not in seen


# The messaging settings


@pytest.mark.parametrize("base", BASES)
async def test_seed_get_messaging_settings_example(ann: Person, base: str) -> None:
    answer = await ann.get(f"{base}/users/@me/messaging-settings")
    assert answer.json() == {**SETTINGS, "user_id": ann.id}


async def test_seed_patch_messaging_settings_example(ann: Person) -> None:
    body = {"read_receipts_enabled": False, "allow_dms_from": "friends"}
    answer = await ann.patch("/users/@me/messaging-settings", body)
    assert answer.json() == {**SETTINGS, "user_id": ann.id, **body}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("read_receipts_enabled", False),
        ("typing_indicators_enabled", False),
        ("compact_messages_enabled", False),
        ("allow_dms_from", "none"),
        ("auto_create_dms", False),
    ],
)
async def test_seed_patch_messaging_settings_field(
    ann: Person, field: str, value: object
) -> None:
    path = "/users/@me/messaging-settings"
    assert (await ann.patch(path, {})).json() == {**SETTINGS, "user_id": ann.id}
    await ann.patch(path, {field: value})
    assert (await ann.get(path)).json() == {**SETTINGS, "user_id": ann.id, field: value}


# PATCH /users/@me


@pytest.mark.parametrize("base", BASES)
async def test_seed_patch_users_me_example(ann: Person, base: str) -> None:
    await draw(ann)
    command = """curl -X PATCH https://api.plexichat.com/users/@me \\
      -H "Authorization: Bearer YOUR_SESSION_TOKEN" \\
      -H "Content-Type: application/json" \\
      -d '{
        "username": "newusername"
      }'"""
    answer = await curl(ann, command, base)
    assert answer.status_code == 200
    promise(answer.json(), PRIVATE)
    assert answer.json()["username"] == "newusername"


async def test_seed_patch_users_me_username_3_to_32_characters(ann: Person) -> None:
    for length, status in ((2, 400), (3, 200), (32, 200), (33, 400)):
        assert (await ann.patch("/users/@me", {"username": "a" * length})).status_code == status


async def test_seed_patch_users_me_email_valid(ann: Person) -> None:
    for email, status in (("ann@example.net", 200), ("ann", 400), ("ann@", 400), ("", 400)):
        assert (await ann.patch("/users/@me", {"email": email})).status_code == status
    assert (await ann.get("/users/@me")).json()["email"] == "ann@example.net"


async def test_seed_patch_users_me_password_min_8_characters(ann: Person) -> None:
    for length, status in ((7, 400), (8, 200)):
        body = {"password": "p" * length, "current_password": PASSWORD}
        assert (await ann.patch("/users/@me", body)).status_code == status


async def test_seed_patch_users_me_current_password_required_if_changing_password(
    ann: Person,
) -> None:
    assert (await ann.patch("/users/@me", {"username": "anna"})).status_code == 200
    assert (await ann.patch("/users/@me", {"password": "a-long-one"})).status_code == 400
    body = {"password": "a-long-one", "current_password": PASSWORD}
    assert (await ann.patch("/users/@me", body)).status_code == 200


async def test_seed_patch_users_me_400_invalid_input(ann: Person) -> None:
    status, message = refusal(await ann.patch("/users/@me", {"email": "nowhere"}))
    assert (status, message.partition(":")[0]) == (400, "Invalid input")


async def test_seed_patch_users_me_400_weak_password(ann: Person) -> None:
    body = {"password": "short", "current_password": PASSWORD}
    status, message = refusal(await ann.patch("/users/@me", body))
    assert (status, message.partition(":")[0]) == (400, "Weak password")


async def test_seed_patch_users_me_400_missing_current_password(ann: Person) -> None:
    for body in ({}, {"current_password": ""}):
        answer = await ann.patch("/users/@me", {"password": "a-long-one", **body})
        assert refusal(answer) == (400, "Missing current_password")


@pytest.mark.parametrize("body", [{"username": "bob"}, {"email": "bob@example.org"}])
async def test_seed_patch_users_me_409_already_exists(
    ann: Person, bob: Person, body: dict[str, str]
) -> None:
    status, message = refusal(await ann.patch("/users/@me", body))
    assert (status, message.partition(":")[0]) == (409, "Already exists")


# POST /users/@me/avatar


@pytest.mark.parametrize("base", BASES)
async def test_seed_post_avatar_example(ann: Person, tmp_path: Path, base: str) -> None:
    (tmp_path / "avatar.png").write_bytes(picture("PNG", 256, 256))
    command = """curl -X POST https://api.plexichat.com/users/@me/avatar \\
      -H "Authorization: Bearer YOUR_SESSION_TOKEN" \\
      -F "file=@/path/to/avatar.png" """
    answer = await curl(ann, command, base, {"/path/to": str(tmp_path)})
    assert answer.status_code == 200
    example = {
        "success": True,
        "avatar_url": "https://api.plexichat.com/avatars/users/123456789012345678",
        "width": 256,
        "height": 256,
        "size": 12345,
        "animated": False,
    }
    given = answer.json()
    promise(given, example)
    assert (given["width"], given["height"], given["animated"]) == (256, 256, False)
    assert given["avatar_url"].endswith(f"/avatars/users/{ann.id}")


async def test_seed_post_avatar_400_invalid_file_type(ann: Person) -> None:
    files = {"file": ("avatar.png", b"not an image at all")}
    answer = await ann.ask("POST", "/users/@me/avatar", files=files)
    assert refusal(answer) == (400, "Invalid file type")


async def test_seed_post_avatar_400_file_too_large(ann: Person) -> None:
    files = {"file": ("avatar.png", picture("PNG") + bytes(5 << 20))}
    answer = await ann.ask("POST", "/users/@me/avatar", files=files)
    assert refusal(answer) == (400, "File too large")


# GET /users/@me/notes


@pytest.mark.parametrize("base", BASES)
async def test_seed_get_notes_example(ann: Person, base: str) -> None:
    notes = (await ann.get(f"{base}/users/@me/notes")).json()
    await ann.say(notes["id"], "buy leeks")
    example = {
        "id": "123456789012345678",
        "type": "notes",
        "name": "Personal Notes",
        "last_message_id": "234567890123456789",
        "last_message_at": 1704067200,
    }
    again = (await ann.get(f"{base}/users/@me/notes")).json()
    promise(again, example)
    assert (again["id"], again["type"], again["name"]) == (notes["id"], "notes", "Personal Notes")


async def test_seed_get_notes_are_for_their_owner_alone(ann: Person, bob: Person) -> None:
    mine = (await ann.get("/users/@me/notes")).json()["id"]
    assert (await bob.get("/users/@me/notes")).json()["id"] != mine
    assert (await bob.get(f"/channels/{mine}/messages")).status_code == 403


# GET /users/@me/channels


@pytest.mark.parametrize("base", BASES)
async def test_seed_get_channels_example(ann: Person, bob: Person, base: str) -> None:
    dm = await ann.dm(bob)
    await bob.say(dm, "hello")
    answer = await ann.get(f"{base}/users/@me/channels")
    promise(answer.json(), [{**DM, "last_message_id": "345678901234567890"}])
    assert answer.json()[0]["recipient"]["username"] == "bob"


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("id", "string"),
        ("type", "string"),
        ("recipient_id", "string"),
        ("recipient", "object"),
        ("last_message_id", "string?"),
    ],
)
async def test_seed_get_channels_response_field(
    ann: Person, bob: Person, cem: Person, field: str, kind: str
) -> None:
    await ann.say(await ann.dm(bob), "hello")
    await ann.dm(cem)
    listed = (await ann.get("/users/@me/channels")).json()
    assert {channel["type"] for channel in listed} == {"dm"}
    holds(kind, [channel[field] for channel in listed])


# POST /users/@me/channels


@pytest.mark.parametrize("base", BASES)
async def test_seed_post_channels_example(ann: Person, bob: Person, base: str) -> None:
    path = f"{base}/users/@me/channels"
    first = await ann.post(path, {"recipient_id": bob.id})
    assert first.status_code == 200
    promise(first.json(), DM)
    again = await ann.post(path, {"recipient_id": bob.id})
    assert (again.status_code, again.json()) == (200, first.json())


async def test_seed_post_channels_recipient_id_required(ann: Person, bob: Person) -> None:
    assert (await ann.post("/users/@me/channels", {})).status_code == 400
    answer = await ann.post("/users/@me/channels", {"recipient_id": bob.id})
    assert answer.json()["recipient_id"] == bob.id


async def test_seed_post_channels_400_recipient_id_required(ann: Person) -> None:
    answer = await ann.post("/users/@me/channels", {})
    assert refusal(answer) == (400, "recipient_id required")


async def test_seed_post_channels_400_invalid_recipient_id(ann: Person) -> None:
    answer = await ann.post("/users/@me/channels", {"recipient_id": "bob"})
    assert refusal(answer) == (400, "Invalid recipient ID")


async def test_seed_post_channels_403_cannot_message(ann: Person, bob: Person) -> None:
    await block(bob, ann)
    answer = await ann.post("/users/@me/channels", {"recipient_id": bob.id})
    assert refusal(answer) == (403, "Cannot message")


async def test_seed_post_channels_404_user_not_found(ann: Person) -> None:
    answer = await ann.post("/users/@me/channels", {"recipient_id": ID})
    assert refusal(answer) == (404, "User not found")


# GET /users/search


@pytest.mark.parametrize("base", BASES)
async def test_seed_get_search_example(ann: Person, bob: Person, base: str) -> None:
    await draw(bob)
    command = """curl -X GET "https://api.plexichat.com/users/search?username=johndoe" \\
      -H "Authorization: Bearer YOUR_SESSION_TOKEN" """
    answer = await curl(ann, command, base, {"johndoe": "bob"})
    assert answer.status_code == 200
    promise(answer.json(), PUBLIC)
    assert answer.json()["id"] == bob.id


async def test_seed_get_search_username_exact_case_insensitive(ann: Person, bob: Person) -> None:
    for name, status in (("bob", 200), ("BoB", 200), ("bo", 404), ("bobb", 404)):
        answer = await ann.get("/users/search", params={"username": name})
        assert answer.status_code == status


async def test_seed_get_search_400_username_required(ann: Person) -> None:
    assert refusal(await ann.get("/users/search")) == (400, "Username required")


async def test_seed_get_search_404_user_not_found(ann: Person) -> None:
    answer = await ann.get("/users/search", params={"username": "nobody"})
    assert refusal(answer) == (404, "User not found")


# GET /users/{user_id}


@pytest.mark.parametrize("base", BASES)
async def test_seed_get_user_by_id_example(ann: Person, bob: Person, base: str) -> None:
    await draw(bob)
    answer = await ann.get(f"{base}/users/{bob.id}")
    assert answer.status_code == 200
    promise(answer.json(), PUBLIC)


async def test_seed_get_user_by_id_user_id_is_a_snowflake(ann: Person, bob: Person) -> None:
    assert (await ann.get(f"/users/{bob.id}")).json()["id"] == bob.id


async def test_seed_get_user_by_id_400_invalid_user_id(ann: Person) -> None:
    assert refusal(await ann.get("/users/bob")) == (400, "Invalid user ID")


async def test_seed_get_user_by_id_404_user_not_found(ann: Person) -> None:
    assert refusal(await ann.get(f"/users/{ID}")) == (404, "User not found")
