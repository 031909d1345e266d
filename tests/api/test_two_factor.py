"""The second factor: setting it up, and answering for it at login."""

import time
from typing import Any

import httpx
import pyotp
import pytest

from plexichat.app import House
from plexichat.core.two_factor import CHALLENGE_MS
from plexichat.store.db import Tx
from tests.cast import PASSWORD, Person, refusal

STEP = 30


def code(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(time.time()) + steps * STEP)


@pytest.fixture
async def setup(ann: Person) -> dict[str, Any]:
    """Ann's second factor, on: secret and backup codes."""
    setup: dict[str, Any] = (await ann.post("/auth/2fa/enable", {"password": PASSWORD})).json()
    confirmed = await ann.post("/auth/2fa/confirm", {"code": code(setup["secret"], -1)})
    assert confirmed.json() == {"success": True}
    return setup


async def challenged(stranger: httpx.AsyncClient) -> str:
    login = await stranger.post("/auth/login", json={"username": "ann", "password": PASSWORD})
    told = login.json()
    assert (login.status_code, told["status"]) == (200, "two_factor_required")
    assert (told["token"], told["user"]) == (None, None)
    assert (told["methods"], told["expires_in"]) == (["totp", "backup_code"], 300)
    return str(told["challenge_token"])


async def answer(stranger: httpx.AsyncClient, token: str, code: str) -> httpx.Response:
    return await stranger.post("/auth/2fa", json={"challenge_token": token, "code": code})


async def test_setting_up_shows_secret_and_codes_once(ann: Person) -> None:
    setup = (await ann.post("/auth/2fa/enable", {"password": PASSWORD})).json()
    assert setup["qr_uri"].startswith("otpauth://totp/Plexichat:ann?secret=" + setup["secret"])
    assert len({*setup["backup_codes"]}) == 10
    assert {len(backup) for backup in setup["backup_codes"]} == {8}
    status = {"enabled": False, "backup_codes_remaining": 0}
    assert (await ann.get("/auth/2fa/status")).json() == status


async def test_an_unconfirmed_setup_does_not_count(
    ann: Person, stranger: httpx.AsyncClient
) -> None:
    await ann.post("/auth/2fa/enable", {"password": PASSWORD})
    login = await stranger.post("/auth/login", json={"username": "ann", "password": PASSWORD})
    assert login.json()["status"] == "success"


async def test_a_confirmed_setup_shows_everywhere(ann: Person, setup: dict[str, Any]) -> None:
    status = {"enabled": True, "backup_codes_remaining": 10}
    assert (await ann.get("/auth/2fa/status")).json() == status
    assert (await ann.get("/users/@me")).json()["totp_enabled"] is True


async def test_a_login_needs_the_code(
    ann: Person, setup: dict[str, Any], stranger: httpx.AsyncClient
) -> None:
    token = await challenged(stranger)
    login = await answer(stranger, token, code(setup["secret"]))
    assert login.json()["status"] == "success"
    assert login.json()["user"]["id"] == ann.id
    assert refusal(await answer(stranger, token, code(setup["secret"], 1))) == (
        401, "Invalid challenge",
    )  # fmt: skip


async def test_a_code_works_once(setup: dict[str, Any], stranger: httpx.AsyncClient) -> None:
    now = code(setup["secret"])
    assert (await answer(stranger, await challenged(stranger), now)).status_code == 200
    again = await answer(stranger, await challenged(stranger), now)
    assert refusal(again) == (401, "Invalid code")


async def test_a_backup_code_works_once(
    ann: Person, setup: dict[str, Any], stranger: httpx.AsyncClient
) -> None:
    backup = setup["backup_codes"][3]
    assert (await answer(stranger, await challenged(stranger), backup)).status_code == 200
    again = await answer(stranger, await challenged(stranger), backup)
    assert refusal(again) == (401, "Invalid code")
    left = (await ann.get("/auth/2fa/status")).json()["backup_codes_remaining"]
    assert left == 9


async def test_five_wrong_codes_end_a_challenge(
    setup: dict[str, Any], stranger: httpx.AsyncClient
) -> None:
    token = await challenged(stranger)
    for _ in range(5):
        assert refusal(await answer(stranger, token, "000000")) == (401, "Invalid code")
    right = await answer(stranger, token, code(setup["secret"]))
    assert refusal(right) == (401, "Invalid challenge")


async def test_a_challenge_expires(
    setup: dict[str, Any], stranger: httpx.AsyncClient, house: House
) -> None:
    token = await challenged(stranger)

    def age(tx: Tx) -> None:
        tx.execute("UPDATE challenge SET expires_at = expires_at - ?", (CHALLENGE_MS,))

    await house.db.write(age)
    late = await answer(stranger, token, code(setup["secret"]))
    assert refusal(late) == (401, "Expired token")


async def test_a_new_password_ends_the_logins_that_the_old_one_began(
    ann: Person, setup: dict[str, Any], stranger: httpx.AsyncClient
) -> None:
    token = await challenged(stranger)
    new = {"password": "beet-and-onion", "current_password": PASSWORD}
    assert (await ann.patch("/users/@me", new)).status_code == 200
    late = await answer(stranger, token, code(setup["secret"]))
    assert refusal(late) == (401, "Invalid challenge")


@pytest.mark.parametrize("token", ["", "2fa.1.x", "2fa.x.y", "2fa." + "9" * 40 + ".z", "x.1.y"])
async def test_a_made_up_challenge_is_refused(
    setup: dict[str, Any], stranger: httpx.AsyncClient, token: str
) -> None:
    assert refusal(await answer(stranger, token, "000000")) == (401, "Invalid challenge")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, (400, "Password required")),
        ({"password": ""}, (400, "Password required")),
        ({"password": "wrong"}, (401, "Invalid password")),
    ],
)
async def test_enabling_needs_the_password(
    ann: Person, body: dict[str, str], told: tuple[int, str]
) -> None:
    assert refusal(await ann.post("/auth/2fa/enable", body)) == told


async def test_enabling_twice_is_a_conflict(ann: Person, setup: dict[str, Any]) -> None:
    answer = await ann.post("/auth/2fa/enable", {"password": PASSWORD})
    assert refusal(answer) == (409, "2FA is already enabled")


async def test_confirming_needs_a_setup_and_a_right_code(ann: Person) -> None:
    for wrong in ({}, {"code": "12345"}, {"code": "12345x"}):
        told = refusal(await ann.post("/auth/2fa/confirm", wrong))
        assert told == (400, "Valid 6-digit code required")
    told = refusal(await ann.post("/auth/2fa/confirm", {"code": "123456"}))
    assert told == (400, "2FA setup not started")
    setup = (await ann.post("/auth/2fa/enable", {"password": PASSWORD})).json()
    wrong_code = f"{(int(code(setup['secret'])) + 1) % 1_000_000:06}"
    told = refusal(await ann.post("/auth/2fa/confirm", {"code": wrong_code}))
    assert told == (401, "Invalid code")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"code": "123456"}, (400, "Password required")),
        ({"password": PASSWORD}, (400, "2FA code required")),
        ({"password": PASSWORD, "code": "123"}, (400, "2FA code required")),
        ({"password": "wrong", "code": "123456"}, (401, "Invalid password or code")),
        ({"password": PASSWORD, "code": "12345x"}, (401, "Invalid password or code")),
    ],
)
async def test_disabling_needs_both(
    ann: Person, setup: dict[str, Any], body: dict[str, str], told: tuple[int, str]
) -> None:
    assert refusal(await ann.post("/auth/2fa/disable", body)) == told


async def test_once_disabled_a_password_is_enough(
    ann: Person, setup: dict[str, Any], stranger: httpx.AsyncClient
) -> None:
    body = {"password": PASSWORD, "code": setup["backup_codes"][0]}
    assert (await ann.post("/auth/2fa/disable", body)).json() == {"success": True}
    assert refusal(await ann.post("/auth/2fa/disable", body)) == (400, "2FA is not enabled")
    login = await stranger.post("/auth/login", json={"username": "ann", "password": PASSWORD})
    assert login.json()["status"] == "success"
