"""People as admins see them: found, let in, noted about, about to be deleted."""

from typing import Any

import httpx
import pytest

from plexichat.core import administration, deletion
from plexichat.store.db import Tx
from tests import town
from tests.api.panel.office import Office
from tests.cast import PASSWORD, Person, refusal

MISSING = (404, "User not found")
NEW = "beet-and-onion"
DAY = 86_400


async def test_people_are_found_by_a_part_of_name_or_address(
    office: Office, bob: Person, cem: Person
) -> None:
    async def names(**query: Any) -> list[str]:
        found = await office.seen("/admin/users/search", **query)
        return [user["username"] for user in found["users"]]

    assert await names(q="BO") == ["bob"]
    assert await names(q="cem@exam") == ["cem"]
    assert await names(q=bob.id) == ["bob"]
    assert await names(q="example", limit=2) == ["ann", "bob"]
    assert await names(q="example", limit=2, offset=2) == ["cem"]
    assert await names(q="nobody") == []
    for wrong in ({}, {"q": ""}, {"q": "a", "limit": 101}, {"q": "a", "offset": -1}):
        assert refusal(await office.get("/admin/users/search", **wrong))[0] == 400


async def test_everybody_is_listed_page_by_page(office: Office, bob: Person) -> None:
    first = await office.seen("/admin/users", limit=1)
    assert first["total"] == 2
    assert first["users"] == [{
        "id": office.admin.id, "username": "ann", "email": "ann@example.org", "tier": "standard",
        "badges": [], "created_at": first["users"][0]["created_at"], "deletion_status": "active",
        "deletion_at": None,
    }]  # fmt: skip
    second = await office.seen("/admin/users", limit=1, offset=1)
    assert [user["username"] for user in second["users"]] == ["bob"]


async def test_somebody_is_shown_with_what_concerns_their_getting_in(
    office: Office, bob: Person, stranger: httpx.AsyncClient
) -> None:
    shown = await office.seen(f"/admin/users/{bob.id}")
    assert shown["last_login"] >= shown["created_at"]
    assert (shown["account_locked"], shown["locked_until"]) == (False, None)
    assert (shown["is_admin"], shown["totp_enabled"], shown["sessions"]) == (False, False, 1)
    assert shown["force_username_change"] is False
    for _ in range(5):
        await stranger.post("/auth/login", json={"username": "bob", "password": "wrong"})
    shown = await office.seen(f"/admin/users/{bob.id}")
    assert shown["account_locked"] is True
    assert shown["locked_until"] > shown["created_at"]
    assert refusal(await office.get("/admin/users/77")) == MISSING
    assert refusal(await office.get("/admin/users/bob")) == (400, "Invalid user ID")


async def test_an_account_is_made_with_a_password_or_a_link(
    office: Office, stranger: httpx.AsyncClient
) -> None:
    made = await office.did("/admin/users", username="bob", password=PASSWORD)
    assert (made["user"]["username"], made["user"]["email"]) == ("bob", "")
    assert (made["recovery_url"], made["expires_at"]) == (None, None)
    bob = {"username": "bob", "password": PASSWORD}
    assert (await stranger.post("/auth/login", json=bob)).status_code == 200
    linked = await office.did("/admin/users", username="cem", email="cem@example.org")
    await use(stranger, linked["recovery_url"])
    cem = {"username": "cem@example.org", "password": NEW}
    assert (await stranger.post("/auth/login", json=cem)).status_code == 200
    for body, told in (
        ({}, (400, "Invalid input: username")),
        ({"username": "c c"}, (400, "Invalid input: username")),
        ({"username": "dee", "email": "nowhere"}, (400, "Invalid input: email")),
        ({"username": "dee", "password": "short"}, (400, "Weak password: needs at least 8 charact"
                                                          "ers")),
        ({"username": "BOB"}, (409, "Already exists: username")),
    ):  # fmt: skip
        assert refusal(await office.post("/admin/users", **body)) == told


async def use(client: httpx.AsyncClient, url: str) -> None:
    token = url.partition("#")[2]
    body = {"token": token, "new_password": NEW}
    assert (await client.post("/auth/password-reset/confirm", json=body)).status_code == 200


async def test_a_password_is_reset_by_its_owner_alone(
    office: Office, bob: Person, stranger: httpx.AsyncClient
) -> None:
    link = await office.did(f"/admin/users/{bob.id}/reset-password")
    assert link["success"] is True
    assert (await bob.get("/users/@me")).status_code == 200
    await use(stranger, link["recovery_url"])
    assert refusal(await bob.get("/users/@me")) == (401, "Invalid token")
    assert refusal(await office.post("/admin/users/77/reset-password")) == MISSING


async def test_admins_keep_notes_about_somebody(office: Office, bob: Person) -> None:
    path = f"/admin/users/{bob.id}/notes"
    assert await office.seen(path) == {"user_id": bob.id, "notes": ""}
    await office.did(path, notes="sings at night")
    await office.did(path, notes="sang at night")
    assert await office.seen(path) == {"user_id": bob.id, "notes": "sang at night"}
    assert refusal(await office.post(path, notes="x" * 5001))[0] == 400
    assert refusal(await office.post("/admin/users/77/notes", notes="x")) == MISSING
    assert refusal(await office.get("/admin/users/77/notes")) == MISSING


async def test_a_deletion_is_ordered_delayed_and_cancelled(office: Office, bob: Person) -> None:
    path = f"/admin/users/{bob.id}"
    ordered = await office.did(f"{path}/scheduled-deletions")
    assert (ordered["username"], ordered["days_left"]) == ("bob", 30)
    assert ordered["deletion_at"] - ordered["scheduled_at"] == 30 * DAY
    assert (await office.seen("/admin/users/scheduled-deletions"))["deletions"] == [ordered]
    assert refusal(await bob.get("/users/@me")) == (401, "Invalid token")
    later = ordered["deletion_at"] + 10 * DAY
    for method in ("POST", "PATCH"):
        for at in (later, later * 1000):
            delayed = await office.client.request(
                method, f"{path}/delay-deletion", params={"deletion_at": at}
            )
            assert delayed.json() == {"success": True}
    (shown,) = (await office.seen("/admin/users/scheduled-deletions"))["deletions"]
    assert (shown["deletion_at"], shown["days_left"]) == (later, 40)
    for query in ({"deletion_at": 1}, {}):
        past = await office.client.post(f"{path}/delay-deletion", params=query)
        assert refusal(past)[0] == 400
    assert (await office.client.patch(f"{path}/cancel-deletion")).json() == {"success": True}
    assert (await office.seen(path))["deletion_status"] == "active"
    none = (400, "No deletion is scheduled")
    assert refusal(await office.post(f"{path}/cancel-deletion")) == none
    again = await office.client.post(f"{path}/delay-deletion", params={"deletion_at": later})
    assert refusal(again) == none
    for verb in ("cancel-deletion", "scheduled-deletions", "delay-deletion?deletion_at=9"):
        assert refusal(await office.post(f"/admin/users/77/{verb}")) == MISSING


async def test_an_account_ends_at_once(
    office: Office, bob: Person, stranger: httpx.AsyncClient
) -> None:
    await office.did(f"/admin/users/{bob.id}/force-purge")
    credentials = {"username": "bob", "password": PASSWORD}
    refused = await stranger.post("/auth/login", json=credentials)
    assert refusal(refused) == (401, "Invalid credentials")
    while await bob.house.db.write(deletion.purge):
        pass
    assert refusal(await office.get(f"/admin/users/{bob.id}")) == MISSING
    assert refusal(await office.post(f"/admin/users/{bob.id}/force-purge")) == MISSING


async def test_badges_are_given_and_taken(office: Office, bob: Person) -> None:
    path = f"/admin/users/{bob.id}/badges"
    for badge, worn in (("staff", ["staff"]), ("partner", ["staff", "partner"])):
        assert await office.did(f"{path}/{badge}") == {"success": True, "badges": worn}
    assert (await bob.get("/users/@me")).json()["badges"] == ["staff", "partner"]
    taken = await office.client.delete(f"{path}/staff")
    assert taken.json() == {"success": True, "badges": ["partner"]}
    assert (await office.seen(f"/admin/users/{bob.id}"))["badges"] == ["partner"]
    assert refusal(await office.post(f"{path}/crown")) == (400, "Invalid badge")
    assert refusal(await office.post("/admin/users/77/badges/staff")) == MISSING


async def test_who_owns_a_server_is_not_deleted(office: Office, bob: Person) -> None:
    await town.found(bob)
    for verb in ("scheduled-deletions", "force-purge"):
        answer = await office.post(f"/admin/users/{bob.id}/{verb}")
        assert refusal(answer) == (400, "Owns servers: hand them over or delete them first")
    assert (await bob.get("/users/@me")).status_code == 200


async def test_nothing_that_admins_kept_outlives_an_account(office: Office, bob: Person) -> None:
    house = bob.house
    await office.did(f"/admin/users/{bob.id}/notes", notes="sings at night")
    await house.db.write(administration.appoint, bob.number, admin=True)
    other = Office(bob)
    await other.enter()
    await house.db.write(end, bob.number)
    while await house.db.write(deletion.purge):
        pass
    assert await house.db.read(left, bob.number) == [0, 0, 0]
    await other.client.aclose()


def end(tx: Tx, user_id: int) -> None:
    tx.execute("UPDATE user SET deletion_at = ? WHERE id = ?", (tx.now, user_id))


def left(snap: Any, user_id: int) -> list[int]:
    tables = ("admin_note", "admin_session", "session")
    return [
        snap.execute(f"SELECT count(*) FROM {name} WHERE user_id = ?", (user_id,)).fetchone()[0]
        for name in tables
    ]


@pytest.mark.parametrize("path", ["users", "users/{id}", "users/scheduled-deletions"])
async def test_both_bases_answer(office: Office, path: str) -> None:
    where = path.format(id=office.admin.id)
    bare = await office.seen(f"/admin/{where}")
    assert await office.seen(f"/api/v1/admin/{where}") == bare
