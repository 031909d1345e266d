"""One's own account, and other people."""

import httpx
import pytest

from tests.cast import PASSWORD, Person, refusal

BASES = ["", "/api/v1"]


@pytest.mark.parametrize("base", BASES)
async def test_get_users_me_shows_the_private_account(ann: Person, base: str) -> None:
    me = (await ann.get(f"{base}/users/@me")).json()
    assert set(me) >= {
        "id", "username", "email", "avatar_url", "created_at", "email_verified",
        "totp_enabled", "age_verified", "badges",
    }  # fmt: skip
    assert me["id"] == ann.id
    assert me["created_at"] == ((int(ann.id) >> 22) + 1704067200000) // 1000


@pytest.mark.parametrize("base", BASES)
async def test_get_user_by_id_shows_the_public_account(
    ann: Person, bob: Person, base: str
) -> None:
    seen = (await ann.get(f"{base}/users/{bob.id}")).json()
    assert seen == {
        "id": bob.id, "username": "bob", "avatar_url": None,
        "created_at": seen["created_at"], "badges": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("user_id", "told"),
    [
        ("abc", (400, "Invalid user ID")),
        ("-1", (400, "Invalid user ID")),
        ("1.5", (400, "Invalid user ID")),
        ("١٢", (400, "Invalid user ID")),
        ("0", (404, "User not found")),
        ("12345", (404, "User not found")),
        ("9" * 19, (404, "User not found")),
        ("9" * 400, (404, "User not found")),
    ],
)
async def test_a_bad_user_id_is_400_and_an_unknown_one_404(
    ann: Person, user_id: str, told: tuple[int, str]
) -> None:
    assert refusal(await ann.get(f"/users/{user_id}")) == told


async def test_noughts_before_an_id_mean_nothing(ann: Person, bob: Person) -> None:
    for noughts in (1, 5, 5000):
        seen = await ann.get(f"/users/{'0' * noughts}{bob.id}")
        assert seen.json()["id"] == bob.id


@pytest.mark.parametrize("name", ["bob", "BOB", "Bob"])
async def test_search_is_exact_and_ignores_case(ann: Person, bob: Person, name: str) -> None:
    found = await ann.get("/users/search", params={"username": name})
    assert found.json()["id"] == bob.id


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({}, (400, "Username required")),
        ({"username": ""}, (400, "Username required")),
        ({"username": "bo"}, (404, "User not found")),
        ({"username": " bob"}, (404, "User not found")),
        ({"username": "b%b"}, (404, "User not found")),
        ({"username": "bob\0"}, (400, "Invalid input: username")),
    ],
)
async def test_a_search_that_finds_nobody_says_so(
    ann: Person, bob: Person, params: dict[str, str], told: tuple[int, str]
) -> None:
    assert refusal(await ann.get("/users/search", params=params)) == told


async def test_a_name_can_be_changed_and_is_found_under_the_new_one(ann: Person) -> None:
    changed = await ann.patch("/users/@me", {"username": "anna"})
    assert changed.json()["username"] == "anna"
    assert (await ann.get("/users/search", params={"username": "anna"})).status_code == 200
    assert (await ann.get("/users/search", params={"username": "ann"})).status_code == 404


@pytest.mark.parametrize("body", [{}, {"username": None}, {"nonsense": 1}])
async def test_changing_nothing_answers_with_the_account(
    ann: Person, body: dict[str, object]
) -> None:
    before = (await ann.get("/users/@me")).json()
    changed = await ann.patch("/users/@me", body)
    assert (changed.status_code, changed.json()) == (200, before)


async def test_ones_own_name_and_address_never_conflict(ann: Person) -> None:
    changed = await ann.patch("/users/@me", {"username": "ANN", "email": "ann@example.org"})
    assert changed.json()["username"] == "ANN"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"username": "bob"}, (409, "Already exists: username")),
        ({"email": "BOB@example.org"}, (409, "Already exists: email")),
        ({"username": "x"}, (400, "Invalid input: username")),
        ({"email": "x"}, (400, "Invalid input: email")),
        ({"avatar_url": "javascript:alert(1)"}, (400, "Invalid input: avatar_url")),
        ({"avatar_url": 5}, (400, "Invalid input: avatar_url")),
        ({"avatar_url": ""}, (400, "Invalid input: avatar_url")),
        ({"password": "short", "current_password": PASSWORD},
         (400, "Weak password: needs at least 8 characters")),
        ({"password": "long-enough"}, (400, "Missing current_password")),
        ({"password": "long-enough", "current_password": "wrong"},
         (403, "Incorrect current password")),
    ],
)  # fmt: skip
async def test_a_refused_change_changes_nothing(
    ann: Person, bob: Person, body: dict[str, object], told: tuple[int, str]
) -> None:
    before = (await ann.get("/users/@me")).json()
    assert refusal(await ann.patch("/users/@me", body)) == told
    assert (await ann.get("/users/@me")).json() == before


async def test_a_new_password_ends_every_other_session(
    ann: Person, stranger: httpx.AsyncClient
) -> None:
    login = {"username": "ann", "password": PASSWORD}
    other = (await stranger.post("/auth/login", json=login)).json()["token"]
    body = {"password": "new-long-one", "current_password": PASSWORD}
    assert (await ann.patch("/users/@me", body)).status_code == 200
    assert (await ann.get("/users/@me")).status_code == 200
    headers = {"Authorization": f"Bearer {other}"}
    assert (await stranger.get("/users/@me", headers=headers)).status_code == 401
    assert (await stranger.post("/auth/login", json=login)).status_code == 401
    login["password"] = "new-long-one"
    assert (await stranger.post("/auth/login", json=login)).status_code == 200


async def test_a_refused_name_keeps_the_old_password_too(ann: Person, bob: Person) -> None:
    body = {"username": "bob", "password": "new-long-one", "current_password": PASSWORD}
    assert (await ann.patch("/users/@me", body)).status_code == 409
    body = {"password": "another-long-one", "current_password": PASSWORD}
    assert (await ann.patch("/users/@me", body)).status_code == 200


async def test_an_external_picture_is_shown_as_given_and_null_removes_it(ann: Person) -> None:
    url = "https://pictures.example/ann.png?size=3"
    assert (await ann.patch("/users/@me", {"avatar_url": url})).json()["avatar_url"] == url
    assert (await ann.patch("/users/@me", {"avatar_url": None})).json()["avatar_url"] is None
