"""Who gets into the admin API, in which order they are refused, and when their session ends."""

import dataclasses
import re
from typing import Any

import httpx
import pyotp
import pytest

from plexichat.api import panel as groups
from plexichat.app import House, create_app
from plexichat.config import AdminUi, Config
from plexichat.core import accounts, admin_sessions, administration, passwords
from plexichat.store.db import Tx
from tests.api.panel.office import HOME, Office, appoint, log_in, visitor
from tests.cast import PASSWORD, Person, browser, quick, refusal

INSIDE = [
    route
    for group in groups.GROUPS
    for route in group.routes
    if route.guard is not None and route.guard.scheme == "admin"
]
DENIED = (403, "Access denied")
INVALID = (401, "Invalid token")
EXPIRED = (401, "Invalid or expired token")
STEP_UP = (403, "Insufficient permissions: give your password again")
NOBODY = (401, "Invalid credentials")


def path_of(route: Any) -> str:
    return re.sub(r"<\w+>", "no-id", route.path)


async def test_every_route_asks_who_one_is_before_anything_else(
    ann: Person, stranger: httpx.AsyncClient, neighbour: httpx.AsyncClient
) -> None:
    assert len(INSIDE) > 30
    for route in INSIDE:
        for base in ("", "/api/v1"):
            path = base + path_of(route)
            far = await stranger.request(route.method, path, content=b"no JSON")
            assert refusal(far) == DENIED, path
            near = await neighbour.request(route.method, path, content=b"no JSON")
            assert refusal(near) == INVALID, path
            bearer = {"Authorization": f"Bearer {ann.token}"}
            person = await neighbour.request(route.method, path, headers=bearer)
            assert refusal(person) == EXPIRED, path


@pytest.mark.parametrize(
    ("address", "welcome"),
    [
        ("127.0.0.1", True), ("::1", True), ("10.1.2.3", True), ("172.31.0.1", True),
        ("192.168.7.7", True), ("::ffff:192.168.7.7", True), ("fd00::7", True),
        ("172.32.0.1", False), ("203.0.113.7", False), ("2001:db8::7", False),
        ("::ffff:203.0.113.7", False), ("", False),
    ],
)  # fmt: skip
async def test_an_address_decides(ann: Person, address: str, welcome: bool) -> None:
    await appoint(ann)
    async with visitor(ann, address) as client:
        answer = await log_in(client, "ann")
    assert (answer.status_code == 200) == welcome
    if not welcome:
        assert refusal(answer) == DENIED


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-Ip"])
async def test_what_an_unnamed_proxy_passes_on_is_refused(ann: Person, header: str) -> None:
    await appoint(ann)
    async with visitor(ann, "127.0.0.1", **{header: HOME}) as client:
        assert refusal(await log_in(client, "ann")) == DENIED


async def test_the_host_in_a_request_decides_nothing(ann: Person) -> None:
    await appoint(ann)
    async with visitor(ann, "203.0.113.7", Host="localhost") as client:
        assert refusal(await log_in(client, "ann")) == DENIED


class TestOff:
    @pytest.fixture
    def config(self, tmp_path: Any) -> Config:
        return quick(tmp_path / "data", admin_ui=AdminUi(enabled=False))

    async def test_where_it_is_off_there_is_no_such_thing(
        self, ann: Person, stranger: httpx.AsyncClient, neighbour: httpx.AsyncClient
    ) -> None:
        await appoint(ann)
        for client in (stranger, neighbour):
            assert refusal(await log_in(client, "ann")) == (404, "Not found")
            for route in INSIDE:
                answer = await client.request(route.method, path_of(route))
                assert refusal(answer) == (404, "Not found")


async def test_an_admin_logs_in_and_out(ann: Person, neighbour: httpx.AsyncClient) -> None:
    await appoint(ann)
    answer = await log_in(neighbour, "ANN@example.org")
    token = answer.json().pop("token")
    assert token.startswith("adm.")
    assert answer.json() == {
        "status": "success", "token": token, "admin_id": ann.id, "otp_secret": None,
        "otp_qr_uri": None, "message": None, "challenge_token": None,
        "requires_password_change": False,
    }  # fmt: skip
    bearer = {"Authorization": f"Bearer {token}"}
    assert (await neighbour.get("/admin/dashboard", headers=bearer)).status_code == 200
    assert refusal(await neighbour.get("/users/@me", headers=bearer)) == (401, "Invalid token")
    assert (await neighbour.post("/admin/logout", headers=bearer)).json() == {"success": True}
    assert refusal(await neighbour.get("/admin/dashboard", headers=bearer)) == EXPIRED
    assert (await ann.get("/users/@me")).status_code == 200


@pytest.mark.parametrize("headers", [
    [("Authorization", "Basic YTpi")],
    [("Authorization", "Bearer a b")],
    [("Authorization", "Bearer x"), ("Authorization", "Bearer y")],
])  # fmt: skip
async def test_what_is_no_token_is_told_as_such(
    neighbour: httpx.AsyncClient, headers: list[tuple[str, str]]
) -> None:
    answer = await neighbour.get("/admin/dashboard", headers=headers)
    assert refusal(answer) == INVALID


async def test_who_is_no_admin_learns_nothing(
    ann: Person, bob: Person, neighbour: httpx.AsyncClient
) -> None:
    await appoint(ann)
    for name, password in (("bob", PASSWORD), ("nobody", PASSWORD), ("ann", "wrong")):
        assert refusal(await log_in(neighbour, name, password)) == NOBODY
    for body in ({}, {"username": "", "password": "x"}, {"username": "ann", "password": "x" * 201}):
        assert refusal(await neighbour.post("/admin/login", json=body))[0] == 400


async def test_too_many_attempts_lock_an_address_out(ann: Person, bob: Person) -> None:
    await appoint(ann)
    async with visitor(ann) as near, visitor(ann, "10.0.0.9") as other:
        for _ in range(5):
            assert refusal(await log_in(near, "bob")) == NOBODY
        locked = await log_in(near, "ann")
        assert refusal(locked) == (429, "Rate limited")
        assert locked.headers["retry-after"] == "900"
        assert (await log_in(other, "ann")).status_code == 200


async def test_who_gets_in_may_try_again(ann: Person, bob: Person) -> None:
    await appoint(ann)
    async with visitor(ann) as near:
        for _ in range(3):
            for _ in range(4):
                await log_in(near, "bob")
            assert (await log_in(near, "ann")).status_code == 200


async def test_wrong_passwords_lock_the_account_too(ann: Person) -> None:
    await appoint(ann)
    for number in range(5):
        async with visitor(ann, f"10.0.0.{number}") as client:
            assert refusal(await log_in(client, "ann", "wrong")) == NOBODY
    async with visitor(ann) as client:
        assert refusal(await log_in(client, "ann")) == (403, "Account locked")


async def test_the_second_factor_is_asked_for(ann: Person, neighbour: httpx.AsyncClient) -> None:
    await appoint(ann)
    setup = (await ann.post("/auth/2fa/enable", {"password": PASSWORD})).json()
    await ann.post("/auth/2fa/confirm", {"code": pyotp.TOTP(setup["secret"]).now()})
    begun = (await log_in(neighbour, "ann")).json()
    assert (begun["status"], begun["token"], begun["admin_id"]) == ("otp_required", None, ann.id)

    async def verify(**more: Any) -> httpx.Response:
        body = {"admin_id": ann.id, "challenge_token": begun["challenge_token"], **more}
        return await neighbour.post("/admin/verify-otp", json=body)

    assert refusal(await verify(code="aaaaaaaa")) == (401, "Invalid code")
    codes = setup["backup_codes"]
    assert refusal(await verify(code=codes[0], admin_id="77")) == (401, "Invalid challenge")
    assert refusal(await verify(code=codes[0], admin_id="x")) == (400, "Invalid admin ID")
    assert refusal(await verify(code=codes[0], challenge_token="2fa.1.nothing")) == (
        401, "Invalid challenge"
    )  # fmt: skip
    done = (await verify(code=codes[0])).json()
    bearer = {"Authorization": f"Bearer {done['token']}"}
    assert (await neighbour.get("/admin/dashboard", headers=bearer)).status_code == 200
    seen = await neighbour.get("/admin/auth/security-status", headers=bearer)
    assert seen.json()["otp_enabled"] is True
    assert seen.json()["backup_codes_remaining"] == 9


async def test_a_fourth_session_ends_the_one_unused_for_longest(ann: Person) -> None:
    await appoint(ann)
    offices = [Office(ann) for _ in range(4)]
    for office in offices:
        await office.enter()
    assert refusal(await offices[0].get("/admin/dashboard")) == EXPIRED
    for office in offices[1:]:
        assert (await office.get("/admin/dashboard")).status_code == 200
    for office in offices:
        await office.client.aclose()


def pass_time(tx: Tx, column: str, minutes: int) -> None:
    tx.execute(f"UPDATE admin_session SET {column} = {column} - ?", (minutes * 60_000,))


@pytest.mark.parametrize(("column", "minutes"), [("expires_at", 480), ("active_at", 30)])
async def test_a_session_ends_by_itself(office: Office, column: str, minutes: int) -> None:
    await office.admin.house.db.write(pass_time, column, minutes - 1)
    assert (await office.get("/admin/dashboard")).status_code == 200
    await office.admin.house.db.write(pass_time, column, minutes + 1)
    assert refusal(await office.get("/admin/dashboard")) == EXPIRED


async def test_sessions_past_their_end_are_forgotten(office: Office) -> None:
    house = office.admin.house
    assert await house.db.write(admin_sessions.forget_expired) == 0
    await house.db.write(pass_time, "expires_at", 481)
    assert await house.db.write(admin_sessions.forget_expired) == 1


async def test_use_keeps_a_session_alive(office: Office) -> None:
    for _ in range(3):
        await office.admin.house.db.write(pass_time, "active_at", 20)
        assert (await office.get("/admin/dashboard")).status_code == 200


async def revoke(house: House, person: Person) -> None:
    await house.db.write(administration.appoint, person.number, admin=False)


async def lock(house: House, person: Person) -> None:
    await house.db.write(administration.suspend, person.number, None)


async def log_out(house: House, person: Person) -> None:
    await house.db.write(administration.log_out, person.number)


async def change_password(house: House, person: Person) -> None:
    kept = await house.slow(passwords.digest, "beet-and-onion", 4)
    await house.db.write(accounts.replace_password, person.number, kept, keep=None)


@pytest.mark.parametrize("end", [revoke, lock, log_out, change_password])
async def test_a_session_ends_with_what_made_it(office: Office, end: Any) -> None:
    ann = office.admin
    await end(ann.house, ann)
    assert refusal(await office.get("/admin/dashboard")) == EXPIRED
    if end is revoke:
        await appoint(ann)
        assert refusal(await office.get("/admin/dashboard")) == EXPIRED


async def test_what_is_dangerous_wants_the_password_again(ann: Person, bob: Person) -> None:
    await appoint(ann)
    async with Office(ann) as office:
        await office.enter()
        for path, body in (
            (f"/admin/users/{bob.id}/reset-password", {}),
            (f"/admin/users/{bob.id}/scheduled-deletions", {}),
            (f"/admin/users/{bob.id}/force-purge", {}),
            (f"/admin/users/{bob.id}/logout-all", {}),
            ("/admin/security/force-logout", {"user_id": bob.id}),
            ("/admin/security/lock-user", {"user_id": bob.id}),
            ("/admin/security/logout-all", {}),
            ("/admin/maintenance", {"state": "maintenance"}),
            ("/admin/backup", {}),
            ("/admin/security/block-ip", {"ip_address": "203.0.113.9"}),
        ):
            answer = await office.post(path, **body)
            assert refusal(answer) == STEP_UP, path
            assert answer.json()["error"]["reason"] == "password_required"
        assert (await bob.get("/users/@me")).status_code == 200
        assert refusal(await office.step_up("wrong")) == (401, "Invalid password")
        assert (await office.step_up()).status_code == 200
        assert (await office.post(f"/admin/users/{bob.id}/logout-all")).status_code == 200
        await ann.house.db.write(pass_time, "proved_at", 6)
        assert refusal(await office.post("/admin/security/logout-all")) == STEP_UP


async def test_one_changes_ones_own_password_and_stays(office: Office) -> None:
    path, new = "/admin/auth/change-password", "beet-and-onion"
    other = Office(office.admin)
    await other.enter()
    wrong = await office.post(path, current_password="wrong", new_password=new)
    assert refusal(wrong) == (401, "Invalid password")
    weak = await office.post(path, current_password=PASSWORD, new_password="short")
    assert refusal(weak)[1].startswith("Weak password")
    await office.did(path, current_password=PASSWORD, new_password=new)
    assert (await office.get("/admin/dashboard")).status_code == 200
    assert refusal(await other.get("/admin/dashboard")) == EXPIRED
    assert refusal(await office.admin.get("/users/@me")) == (401, "Invalid token")
    await other.client.aclose()


async def test_only_a_hash_of_a_token_is_kept(office: Office) -> None:
    token = office.client.headers["Authorization"].rpartition(".")[2]
    kept = b"".join(
        path.read_bytes() for path in office.admin.house.directory.glob("plexichat.db*")
    )
    assert b"adm." not in kept
    assert token.encode() not in kept


async def test_a_trusted_proxy_says_where_one_is(tmp_path: Any) -> None:
    config = quick(tmp_path / "data")
    trusting = dataclasses.replace(
        config.server, trusted_proxies=AdminUi().allowed[:1]
    )
    house = await House.open(dataclasses.replace(config, server=trusting))
    app = create_app(house)
    async with browser(app) as client:
        body = {"username": "ann", "email": "ann@example.org", "password": PASSWORD}
        ann = Person(app, (made := (await client.post("/auth/register", json=body)).json())["user"],
                     made["token"])  # fmt: skip
    await appoint(ann)
    for address, status in ((HOME, 200), ("203.0.113.7", 403)):
        async with visitor(ann, "127.0.0.1", **{"X-Forwarded-For": address}) as client:
            assert (await log_in(client, "ann")).status_code == status
    await ann.client.aclose()
    await house.close()
