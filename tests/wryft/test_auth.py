"""Registering and logging in, as the stock client does it."""

import dataclasses
import re
import time
from typing import Any
from uuid import UUID

import httpx
import pyotp
import pytest

from plexichat import ids
from plexichat.config import Config, RateLimits, Registration, Server
from plexichat.core import administration
from tests.cast import PASSWORD, Join, Person
from tests.wryft.cast import named, refusal

REGISTER, LOGIN = "/api/auth/register", "/api/auth/login"
MARTA = {"email": "marta@clay.example", "username": "marta", "password": PASSWORD}


async def log_in(stranger: httpx.AsyncClient, email: str, password: str) -> httpx.Response:
    return await stranger.post(LOGIN, json={"email": email, "password": password})


class TestRegister:
    async def test_makes_an_account_that_is_usable_at_once(
        self, stranger: httpx.AsyncClient
    ) -> None:
        answer = await stranger.post(REGISTER, json=MARTA)
        assert answer.status_code == 200
        told: dict[str, Any] = answer.json()
        user = told["user"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", user.pop("created_at"))
        assert ids.from_uuid(UUID(user["id"])) is not None
        assert user == {
            "id": user["id"], "email": "marta@clay.example", "username": "marta", "avatar": None,
            "is_premium": False, "is_admin": False, "admin_level": 0,
        }  # fmt: skip
        mine = {"Authorization": f"Bearer {told['token']}"}
        assert (await stranger.get("/api/users/me", headers=mine)).status_code == 200
        assert (await stranger.get("/users/@me", headers=mine)).json()["username"] == "marta"

    async def test_gives_a_cookie_that_no_script_reads(self, stranger: httpx.AsyncClient) -> None:
        answer = await stranger.post(REGISTER, json=MARTA)
        token = answer.json()["token"]
        assert answer.headers["set-cookie"] == (
            f"plexichat_session={token}; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax"
        )

    async def test_names_whoever_gives_no_name(self, stranger: httpx.AsyncClient) -> None:
        answer = await stranger.post(
            REGISTER, json={"email": "marta@clay.example", "password": PASSWORD}
        )
        assert re.fullmatch(r"user_[0-9a-f]{8}", answer.json()["user"]["username"])

    @pytest.mark.parametrize(
        ("wrong", "sentence"),
        [
            ({"email": "no address"}, "Invalid input: email"),
            ({"email": None}, "Invalid input: email"),
            ({"username": "ab"}, "Invalid input: username"),
            ({"username": ""}, "Invalid input: username"),
            ({"username": "mar ta"}, "Invalid input: username"),
            ({"password": "short"}, "Weak password: needs at least 8 characters"),
            ({"password": 7}, "Invalid input: password"),
        ],
    )
    async def test_refuses_what_cannot_be(
        self, stranger: httpx.AsyncClient, wrong: dict[str, object], sentence: str
    ) -> None:
        assert refusal(await stranger.post(REGISTER, json=MARTA | wrong)) == (400, sentence)

    async def test_tells_a_taken_name_from_a_taken_address(
        self, stranger: httpx.AsyncClient, ann: Person
    ) -> None:
        taken = MARTA | {"username": "ANN"}
        assert refusal(await stranger.post(REGISTER, json=taken)) == (
            409, "Already exists: username",
        )  # fmt: skip
        taken = MARTA | {"email": "Ann@Example.org"}
        assert refusal(await stranger.post(REGISTER, json=taken)) == (409, "Already exists: email")


class TestWhereOneNeedsAnInvite:
    @pytest.fixture
    def config(self, config: Config) -> Config:
        return dataclasses.replace(config, registration=Registration("invite"))

    @pytest.mark.parametrize("code", [None, "", "AbCd1234"])
    async def test_a_missing_or_dead_one_is_refused(
        self, stranger: httpx.AsyncClient, code: str | None
    ) -> None:
        answer = await stranger.post(REGISTER, json=MARTA | {"invite_code": code})
        assert refusal(answer) == (403, "Invalid invite code")


class TestLogin:
    async def test_is_by_address_and_lasts_thirty_days(
        self, stranger: httpx.AsyncClient, ann: Person
    ) -> None:
        answer = await log_in(stranger, "ANN@example.org", PASSWORD)
        assert answer.status_code == 200
        told = answer.json()
        assert told["user"]["id"] == named(ann)
        assert answer.headers["set-cookie"].startswith(f"plexichat_session={told['token']}; ")
        until = ann.house.live.find(told["token"], 0).expires_at
        assert abs(until / 1000 - time.time() - 30 * 86_400) < 3600

    async def test_refuses_unknown_addresses_names_and_wrong_passwords_alike(
        self, stranger: httpx.AsyncClient, ann: Person
    ) -> None:
        for email, password in (
            ("ann@example.org", "wrong-password"),
            ("nobody@example.org", PASSWORD),
            ("ann", PASSWORD),
        ):
            answer = await log_in(stranger, email, password)
            assert refusal(answer) == (401, "Invalid credentials")
            assert "set-cookie" not in answer.headers

    async def test_refuses_a_body_of_another_shape(self, stranger: httpx.AsyncClient) -> None:
        answer = await stranger.post(LOGIN, json={"email": "ann@example.org"})
        assert refusal(answer)[0] == 400
        assert refusal(await stranger.post(LOGIN, content=b"{"))[0] == 400

    async def test_tells_a_suspended_account_before_the_password(
        self, stranger: httpx.AsyncClient, ann: Person
    ) -> None:
        await ann.house.db.write(administration.suspend, ann.number, None)
        answer = await log_in(stranger, "ann@example.org", "wrong-password")
        assert refusal(answer) == (403, "Account locked")

    async def test_tells_an_admin_that_they_are_one(
        self, stranger: httpx.AsyncClient, ann: Person
    ) -> None:
        await ann.house.db.write(administration.appoint, ann.number, admin=True)
        user = (await log_in(stranger, "ann@example.org", PASSWORD)).json()["user"]
        assert (user["is_admin"], user["admin_level"]) == (True, 3)


class TestASecondFactor:
    @pytest.fixture
    async def otp(self, ann: Person) -> pyotp.TOTP:
        enabled = await ann.post("/auth/2fa/enable", {"password": PASSWORD})
        otp = pyotp.TOTP(enabled.json()["secret"])
        answer = await ann.post("/auth/2fa/confirm", {"code": otp.at(time.time() - 30)})
        assert answer.status_code == 200, answer.text
        return otp

    async def test_follows_the_password_and_works_once(
        self, stranger: httpx.AsyncClient, otp: pyotp.TOTP
    ) -> None:
        secret = PASSWORD + otp.now()
        assert (await log_in(stranger, "ann@example.org", secret)).status_code == 200
        answer = await log_in(stranger, "ann@example.org", secret)
        assert refusal(answer) == (401, "Invalid credentials")

    async def test_is_asked_for(self, stranger: httpx.AsyncClient, otp: pyotp.TOTP) -> None:
        for secret in (PASSWORD, PASSWORD + "000000", "wrong-password" + otp.now()):
            answer = await log_in(stranger, "ann@example.org", secret)
            assert refusal(answer) == (401, "Invalid credentials")

    async def test_is_not_guessed_for_long(
        self, stranger: httpx.AsyncClient, otp: pyotp.TOTP
    ) -> None:
        for _ in range(5):
            await log_in(stranger, "ann@example.org", PASSWORD + "000000")
        answer = await log_in(stranger, "ann@example.org", PASSWORD + otp.now())
        assert refusal(answer) == (403, "Account locked")


class TestFromOneAddress:
    @pytest.fixture
    def config(self, config: Config) -> Config:
        return dataclasses.replace(
            config, rate_limits=RateLimits(), server=Server(public_url="https://chat.example.org")
        )

    async def test_ten_a_minute_may_come(self, stranger: httpx.AsyncClient) -> None:
        answer = await stranger.post(REGISTER, json=MARTA)
        assert answer.headers["set-cookie"].endswith("; HttpOnly; SameSite=Lax; Secure")
        for _ in range(9):
            assert (await stranger.post(LOGIN, json={})).status_code == 400
        answer = await stranger.post(LOGIN, json={})
        assert refusal(answer) == (429, "Rate limited")
        assert int(answer.headers["retry-after"]) >= 1

    async def test_those_of_the_other_dialect_are_counted_apart(self, join: Join) -> None:
        ann = await join("ann")
        answer = await ann.post(LOGIN, {"email": "ann@example.org", "password": PASSWORD})
        assert answer.headers["x-ratelimit-remaining"] == "9"
