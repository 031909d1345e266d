"""Sessions that admins end, and people whom they lock out."""

import httpx
import pytest

from plexichat.store.db import Tx
from tests.api.line import dial, listening
from tests.api.panel.office import Office
from tests.cast import PASSWORD, Person, refusal

GONE = (401, "Invalid token")


async def log_in(client: httpx.AsyncClient, name: str) -> httpx.Response:
    return await client.post("/auth/login", json={"username": name, "password": PASSWORD})


@pytest.mark.parametrize("alias", [False, True])
async def test_a_forced_logout_is_told_and_closes_every_socket(
    office: Office, bob: Person, url: str, stranger: httpx.AsyncClient, alias: bool
) -> None:
    async with listening(url, bob) as line:
        if alias:
            await office.did(f"/admin/users/{bob.id}/logout-all")
        else:
            await office.did("/admin/security/force-logout", user_id=bob.id)
        told = await line.hear()
        assert (told["t"], told["d"]) == (
            "SECURITY_LOGOUT", {"user_id": bob.id, "message": "Security logout"}
        )  # fmt: skip
        assert await line.hangup() == (4004, "Authentication failed")
    assert refusal(await bob.get("/users/@me")) == GONE
    async with dial(url) as line:
        await line.say(2, token=bob.token)
        assert (await line.hangup())[0] == 4004
    assert (await log_in(stranger, "bob")).status_code == 200


async def test_a_locked_account_gets_no_session(
    office: Office, bob: Person, url: str, stranger: httpx.AsyncClient
) -> None:
    async with listening(url, bob) as line:
        await office.did("/admin/security/lock-user", user_id=bob.number)
        told = await line.hear()
        assert told["d"] == {"user_id": bob.id, "message": "Account suspended"}
        assert (await line.hangup())[0] == 4004
    refused = await log_in(stranger, "bob")
    assert refusal(refused) == (403, "Account locked")
    assert refused.json()["error"]["reason"] == "Account suspended"
    shown = await office.seen(f"/admin/users/{bob.id}")
    assert (shown["account_locked"], shown["locked_until"]) == (True, None)
    await office.did("/admin/security/unlock-user", user_id=bob.id)
    assert (await log_in(stranger, "bob")).status_code == 200


async def test_a_lock_may_end_by_itself(
    office: Office, bob: Person, stranger: httpx.AsyncClient
) -> None:
    await office.did("/admin/security/lock-user", user_id=bob.id, duration_seconds=600)
    shown = await office.seen(f"/admin/users/{bob.id}")
    assert shown["account_locked"] is True
    assert 0 < shown["locked_until"] - shown["created_at"] <= 660
    assert refusal(await log_in(stranger, "bob"))[0] == 403
    await bob.house.db.write(pass_ten_minutes, bob.number)
    assert (await log_in(stranger, "bob")).status_code == 200


def pass_ten_minutes(tx: Tx, user_id: int) -> None:
    tx.execute(
        "UPDATE user SET suspended_until = suspended_until - 600001 WHERE id = ?", (user_id,)
    )


async def test_unlocking_lets_in_whom_wrong_passwords_locked_out(
    office: Office, bob: Person, stranger: httpx.AsyncClient
) -> None:
    for _ in range(5):
        await stranger.post("/auth/login", json={"username": "bob", "password": "wrong"})
    assert refusal(await log_in(stranger, "bob")) == (403, "Account locked")
    await office.did(f"/admin/users/{bob.id}/unlock-user")
    assert (await log_in(stranger, "bob")).status_code == 200
    await office.did(f"/admin/users/{bob.id}/unlock-user")


async def test_nobody_locks_themselves_out(office: Office) -> None:
    answer = await office.post("/admin/security/lock-user", user_id=office.admin.id)
    assert refusal(answer) == (400, "Own account: somebody else has to do that")
    assert (await office.get("/admin/dashboard")).status_code == 200


@pytest.mark.parametrize("verb", ["force-logout", "lock-user", "unlock-user"])
async def test_somebody_is_named_who_exists(office: Office, verb: str) -> None:
    path = f"/admin/security/{verb}"
    assert refusal(await office.post(path, user_id="77")) == (404, "User not found")
    assert refusal(await office.post(path, user_id="bob")) == (400, "Invalid user ID")
    assert refusal(await office.post(path))[0] == 400
    for alias in ("unlock-user", "logout-all"):
        assert refusal(await office.post(f"/admin/users/77/{alias}")) == (404, "User not found")


async def test_a_lock_lasts_at_least_a_second(office: Office, bob: Person) -> None:
    for wrong in (0, -1, "long"):
        answer = await office.post(
            "/admin/security/lock-user", user_id=bob.id, duration_seconds=wrong
        )
        assert refusal(answer) == (400, "Invalid input: duration_seconds")
    assert (await bob.get("/users/@me")).status_code == 200


async def test_everybody_is_logged_out_at_once(
    office: Office, bob: Person, cem: Person, url: str
) -> None:
    async with listening(url, bob) as bobs, listening(url, cem) as cems:
        done = await office.did("/admin/security/logout-all")
        assert done == {"success": True, "revoked_count": 3}
        for line in (bobs, cems):
            assert (await line.hear())["d"]["message"] == "Security reset"
            assert await line.hangup() == (4004, "Security reset")
    for person in (office.admin, bob, cem):
        assert refusal(await person.get("/users/@me")) == GONE
