"""Registering, logging in, and the sessions that come of it."""

import dataclasses

import httpx
import pytest
from quart import Quart

from plexichat.app import House, create_app
from plexichat.config import AgeGate, Config, Lockout, Passwords, Registration, Sessions
from tests.cast import PASSWORD, Join, Person, browser, refusal


def form(name: str, **more: object) -> dict[str, object]:
    return {"username": name, "email": f"{name}@example.org", "password": PASSWORD, **more}


async def test_registering_logs_in(stranger: httpx.AsyncClient) -> None:
    answer = await stranger.post("/api/v1/auth/register", json=form("ann"))
    assert answer.status_code == 201
    made = answer.json()
    assert made["status"] == "success"
    assert (made["challenge_token"], made["methods"], made["expires_in"]) == (None, None, None)
    user = made["user"]
    assert (user["username"], user["email"]) == ("ann", "ann@example.org")
    assert user["avatar_url"] is None
    assert user["badges"] == []
    assert (user["email_verified"], user["totp_enabled"], user["age_verified"]) == (False,) * 3
    me = await stranger.get("/users/@me", headers={"Authorization": f"Bearer {made['token']}"})
    assert me.json() == user


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"username": "ab"}, "Invalid input: username"),
        ({"username": "a" * 33}, "Invalid input: username"),
        ({"username": "ann lee"}, "Invalid input: username"),
        ({"username": "Admin"}, "Invalid input: username"),
        ({"username": 7}, "Invalid input: username"),
        ({"username": None}, "Invalid input: username"),
        ({"email": "ann"}, "Invalid input: email"),
        ({"email": "ann@home"}, "Invalid input: email"),
        ({"email": ""}, "Invalid input: email"),
        ({"password": "short"}, "Weak password: needs at least 8 characters"),
        ({"password": "x" * 129}, "Weak password: needs at most 128 characters"),
        ({"age": -1}, "Invalid input: age"),
    ],
)
async def test_a_bad_registration_names_the_field(
    stranger: httpx.AsyncClient, change: dict[str, object], sentence: str
) -> None:
    answer = await stranger.post("/auth/register", json=form("ann") | change)
    assert refusal(answer) == (400, sentence)


async def test_a_missing_field_is_named(stranger: httpx.AsyncClient) -> None:
    answer = await stranger.post("/auth/register", json={"username": "ann", "password": PASSWORD})
    assert refusal(answer) == (400, "Invalid input: email")


async def test_a_name_or_address_belongs_to_one_person_ignoring_case(
    ann: Person, stranger: httpx.AsyncClient
) -> None:
    same_name = await stranger.post("/auth/register", json=form("ANN") | {"email": "b@b.org"})
    assert refusal(same_name) == (409, "Already exists: username")
    same_address = form("bob") | {"email": "ANN@Example.ORG"}
    answer = await stranger.post("/auth/register", json=same_address)
    assert refusal(answer) == (409, "Already exists: email")


@pytest.mark.parametrize("name", ["ann", "ANN", "ann@example.org", "Ann@Example.Org"])
async def test_one_logs_in_by_name_or_address(
    ann: Person, stranger: httpx.AsyncClient, name: str
) -> None:
    answer = await stranger.post("/auth/login", json={"username": name, "password": PASSWORD})
    assert answer.status_code == 200
    assert answer.json()["user"]["id"] == ann.id
    assert answer.json()["token"] != ann.token


async def test_email_is_an_alias_of_username_in_login(
    ann: Person, stranger: httpx.AsyncClient
) -> None:
    by_address = {"email": "ann@example.org", "password": PASSWORD}
    answer = await stranger.post("/auth/login", json=by_address)
    assert answer.status_code == 200


async def test_a_wrong_password_and_an_unknown_name_are_answered_alike(
    ann: Person, stranger: httpx.AsyncClient
) -> None:
    for name in ("ann", "nobody"):
        answer = await stranger.post("/auth/login", json={"username": name, "password": "wrong"})
        assert refusal(answer) == (401, "Invalid credentials")


async def test_a_password_may_be_longer_than_bcrypt_reads(
    join: Join, stranger: httpx.AsyncClient
) -> None:
    long = "é" * 100
    await stranger.post("/auth/register", json=form("ann") | {"password": long})
    right = await stranger.post("/auth/login", json={"username": "ann", "password": long})
    wrong = await stranger.post(
        "/auth/login", json={"username": "ann", "password": long[:-1] + "e"}
    )
    assert (right.status_code, wrong.status_code) == (200, 401)


async def test_five_wrong_passwords_lock_the_account(
    ann: Person, stranger: httpx.AsyncClient
) -> None:
    for _ in range(Lockout().max_failures):
        await stranger.post("/auth/login", json={"username": "ann", "password": "wrong"})
    answer = await stranger.post("/auth/login", json={"username": "ann", "password": PASSWORD})
    assert refusal(answer) == (403, "Account locked")
    assert (await ann.get("/users/@me")).status_code == 200


async def test_a_right_password_begins_the_count_anew(
    ann: Person, stranger: httpx.AsyncClient
) -> None:
    for password in ["wrong"] * 4 + [PASSWORD] + ["wrong"] * 4:
        await stranger.post("/auth/login", json={"username": "ann", "password": password})
    answer = await stranger.post("/auth/login", json={"username": "ann", "password": PASSWORD})
    assert answer.status_code == 200


async def test_logging_out_ends_the_token_at_once(ann: Person) -> None:
    assert (await ann.post("/auth/logout")).json() == {"success": True}
    assert refusal(await ann.get("/users/@me")) == (401, "Invalid token")


async def test_refresh_answers_with_the_same_token(ann: Person) -> None:
    answer = (await ann.post("/auth/refresh")).json()
    assert (answer["status"], answer["token"]) == ("success", ann.token)


async def test_sessions_are_listed_and_the_present_one_is_marked(
    ann: Person, stranger: httpx.AsyncClient, app: Quart
) -> None:
    await stranger.post(
        "/auth/login", json={"username": "ann", "password": PASSWORD}, headers={"User-Agent": "F"}
    )
    sessions = (await ann.get("/auth/sessions")).json()
    assert len(sessions) == 2
    assert sum(session["current"] for session in sessions) == 1
    other = next(session for session in sessions if not session["current"])
    assert (other["user_agent"], other["ip_address"]) == ("F", "203.0.113.7")
    assert other["expires_at"] - other["created_at"] == Sessions().expire_hours * 3600


async def test_a_revoked_session_is_dead_and_others_live(
    ann: Person, stranger: httpx.AsyncClient, app: Quart
) -> None:
    login = await stranger.post("/auth/login", json={"username": "ann", "password": PASSWORD})
    token = login.json()["token"]
    session_id = token.partition(".")[0]
    assert (await ann.delete(f"/auth/sessions/{session_id}")).json() == {"success": True}
    assert (await browser(app, token).get("/users/@me")).status_code == 401
    assert (await ann.get("/users/@me")).status_code == 200
    assert refusal(await ann.delete(f"/auth/sessions/{session_id}")) == (404, "Session not found")
    assert refusal(await ann.delete("/auth/sessions/x")) == (400, "Invalid session ID")


async def test_nobody_revokes_a_strangers_session(ann: Person, bob: Person) -> None:
    bobs = (await bob.get("/auth/sessions")).json()[0]["id"]
    assert refusal(await ann.delete(f"/auth/sessions/{bobs}")) == (404, "Session not found")
    assert (await bob.get("/users/@me")).status_code == 200


@pytest.mark.parametrize(("except_current", "ended"), [(None, 2), (True, 2), (False, 3)])
async def test_revoke_all_keeps_the_present_session_unless_told_otherwise(
    ann: Person, stranger: httpx.AsyncClient, except_current: bool | None, ended: int
) -> None:
    for _ in range(2):
        await stranger.post("/auth/login", json={"username": "ann", "password": PASSWORD})
    body = {} if except_current is None else {"except_current": except_current}
    answer = await ann.post("/auth/sessions/revoke-all", body)
    assert answer.json() == {"success": True, "revoked_count": ended}
    alive = (await ann.get("/users/@me")).status_code
    assert alive == (401 if except_current is False else 200)


async def test_the_eleventh_session_ends_the_one_unused_for_longest(
    ann: Person, stranger: httpx.AsyncClient
) -> None:
    for _ in range(Sessions().max_per_user):
        await stranger.post("/auth/login", json={"username": "ann", "password": PASSWORD})
    assert (await ann.get("/users/@me")).status_code == 401


@pytest.mark.parametrize(
    ("headers", "sentence"),
    [
        ([], "Authentication required"),
        ([("Authorization", "Bearer")], "Invalid token"),
        ([("Authorization", "Bearer x y")], "Invalid token"),
        ([("Authorization", "Basic eHk6")], "Invalid token"),
        ([("Authorization", "Bearer 1.unknown")], "Invalid token"),
        ([("Authorization", "Bearer é")], "Invalid token"),
        ([("Authorization", "Bearer a"), ("Authorization", "Bearer b")],
         "Multiple Authorization headers"),
    ],
)  # fmt: skip
async def test_a_bad_authorization_header_says_what_is_wrong(
    stranger: httpx.AsyncClient, headers: list[tuple[str, str]], sentence: str
) -> None:
    raw = [(name.encode(), value.encode()) for name, value in headers]
    assert refusal(await stranger.get("/users/@me", headers=raw)) == (401, sentence)


async def test_password_requirements_tell_the_truth(stranger: httpx.AsyncClient) -> None:
    told = (await stranger.get("/auth/password-requirements")).json()
    assert (told["min_length"], told["max_length"]) == (8, 128)
    assert not any(told[f"require_{word}"] for word in ("uppercase", "lowercase", "digit"))
    assert (told["age_gate_enabled"], told["minimum_age"]) == (False, None)


async def test_a_token_survives_a_restart(config: Config) -> None:
    house = await House.open(config)
    async with browser(create_app(house)) as client:
        token = (await client.post("/auth/register", json=form("ann"))).json()["token"]
    await house.close()
    house = await House.open(config)
    assert (await browser(create_app(house), token).get("/users/@me")).status_code == 200
    await house.close()


async def test_an_expired_token_says_so(config: Config) -> None:
    house = await House.open(config)
    app = create_app(house)
    async with browser(app) as client:
        token = (await client.post("/auth/register", json=form("ann"))).json()["token"]
    for me in house.live._by_id.values():
        me.expires_at = 1
    assert refusal(await browser(app, token).get("/users/@me")) == (401, "Token expired")
    await house.close()


class TestDoor:
    """What `registration.mode` and the age gate let in."""

    @pytest.fixture
    def config(self, config: Config, request: pytest.FixtureRequest) -> Config:
        return dataclasses.replace(config, **request.param)

    @pytest.mark.parametrize(
        "config", [{"registration": Registration(mode="closed")}], indirect=True
    )
    async def test_nobody_registers_when_closed(self, stranger: httpx.AsyncClient) -> None:
        answer = await stranger.post("/auth/register", json=form("ann"))
        assert refusal(answer) == (403, "Registration is disabled")

    @pytest.mark.parametrize(
        "config", [{"registration": Registration(mode="invite")}], indirect=True
    )
    @pytest.mark.parametrize("code", [{}, {"invite_code": "guess"}])
    async def test_invite_mode_refuses_without_a_live_code(
        self, stranger: httpx.AsyncClient, code: dict[str, str]
    ) -> None:
        answer = await stranger.post("/auth/register", json=form("ann", **code))
        assert refusal(answer) == (403, "Invalid invite code")

    @pytest.mark.parametrize("config", [{"age_gate": AgeGate(enabled=True)}], indirect=True)
    async def test_the_age_gate_asks_for_a_number(self, stranger: httpx.AsyncClient) -> None:
        answers = [
            await stranger.post("/auth/register", json=form(name, **age))
            for name, age in (("ann", {}), ("bob", {"age": 12}), ("cem", {"age": 13}))
        ]
        assert [answer.status_code for answer in answers] == [400, 403, 201]
        assert answers[-1].json()["user"]["age_verified"] is True

    @pytest.mark.parametrize(
        "config", [{"age_gate": AgeGate(enabled=True, mode="dob")}], indirect=True
    )
    async def test_the_age_gate_reckons_from_the_date_of_birth(
        self, stranger: httpx.AsyncClient
    ) -> None:
        dates = {"ann": {}, "bob": {"dob": "yesterday"}, "cem": {"dob": "2999-01-01"},
                 "dee": {"dob": "1990-02-28"}}  # fmt: skip
        statuses = [
            (await stranger.post("/auth/register", json=form(name, **dob))).status_code
            for name, dob in dates.items()
        ]
        assert statuses == [400, 400, 400, 201]

    @pytest.mark.parametrize(
        "config",
        [{"passwords": Passwords(bcrypt_cost=4, require_digit=True, require_special=True)}],
        indirect=True,
    )
    async def test_the_password_policy_is_enforced(self, stranger: httpx.AsyncClient) -> None:
        answer = await stranger.post("/auth/register", json=form("ann", password="leekandbarley"))
        assert refusal(answer) == (400, "Weak password: needs a digit, a special character")


async def test_the_secret_of_a_token_is_kept_nowhere(ann: Person, house: House) -> None:
    secret = ann.token.partition(".")[2].encode()
    for file in house.directory.glob("plexichat.db*"):
        assert secret not in file.read_bytes()


