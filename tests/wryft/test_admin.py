"""What admins see and do in this dialect."""

import dataclasses
from ipaddress import IPv4Network
from typing import Any

import pytest

from plexichat.config import AdminUi, Config
from plexichat.core import administration, deeds
from plexichat.core.deeds import Filter
from tests.cast import PASSWORD, Person
from tests.town import found
from tests.wryft.cast import named, path_of, refusal

NOBODY = "00000000-0000-8000-8000-00000000beef"
ROUTES = [
    ("GET", "stats"), ("GET", "users"), ("POST", f"users/{NOBODY}/ban"),
    ("POST", f"users/{NOBODY}/unban"), ("DELETE", f"users/{NOBODY}"), ("GET", "guilds"),
    ("DELETE", f"guilds/{NOBODY}"),
]  # fmt: skip


@pytest.fixture
def config(config: Config) -> Config:
    allowed = (IPv4Network("203.0.113.0/24"),)
    return dataclasses.replace(config, admin_ui=AdminUi(allowed=allowed))


@pytest.fixture
async def boss(dee: Person) -> Person:
    await dee.house.db.write(administration.appoint, dee.number, admin=True)
    return dee


async def did(person: Person, method: str, path: str, body: Any = None) -> None:
    options = {} if body is None else {"json": body}
    answer = await person.ask(method, f"/api/admin/{path}", **options)
    assert (answer.status_code, answer.json()) == (200, {"success": True})


async def log_in(person: Person) -> int:
    body = {"email": f"{person.username}@example.org", "password": PASSWORD}
    return (await person.post("/api/auth/login", body)).status_code


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_all_of_it_is_for_admins(ann: Person, method: str, path: str) -> None:
    answer = await ann.ask(method, f"/api/admin/{path}", json={})
    assert refusal(answer) == (403, "Permission denied")


@pytest.mark.parametrize(("method", "path"), ROUTES[2:5] + ROUTES[6:])
async def test_what_is_not_there_is_not_found(boss: Person, method: str, path: str) -> None:
    answer = await boss.ask(method, f"/api/admin/{path}", json={})
    assert answer.status_code == 404


async def test_numbers_tell_what_there_is(ann: Person, boss: Person) -> None:
    town = await found(ann)
    await ann.say(town.general, "hello")
    answer = await boss.get("/api/admin/stats")
    assert answer.status_code == 200
    assert answer.json() == {
        "total_users": 2, "new_users_week": 2, "total_guilds": 1, "new_guilds_week": 1,
        "total_messages": 1, "messages_today": 1, "total_banned": 0, "users_online": 0,
    }  # fmt: skip


async def test_people_come_in_pages_the_newest_first(
    ann: Person, bob: Person, boss: Person
) -> None:
    answer = await boss.get("/api/admin/users?limit=2")
    assert [each["username"] for each in answer.json()] == ["dee", "bob"]
    assert answer.json()[0] == {
        "id": named(boss), "username": "dee", "email": "dee@example.org",
        "created_at": answer.json()[0]["created_at"], "is_premium": False, "is_banned": False,
        "admin_level": 3,
    }  # fmt: skip
    answer = await boss.get("/api/admin/users?limit=2&page=2")
    assert [each["username"] for each in answer.json()] == ["ann"]
    for wrong in ("limit=101", "limit=0", "page=0", "page=x"):
        assert refusal(await boss.get(f"/api/admin/users?{wrong}"))[0] == 400


async def test_who_is_banned_is_let_in_no_more(ann: Person, boss: Person) -> None:
    path = f"users/{named(ann)}"
    await did(boss, "POST", f"{path}/ban", {"reason": "spam", "duration_days": None})
    assert await log_in(ann) == 403
    assert refusal(await ann.get("/api/users/me"))[0] == 401
    (_, shown) = (await boss.get("/api/admin/users")).json()
    assert (shown["username"], shown["is_banned"]) in {("ann", True), ("dee", False)}
    assert (await boss.get("/api/admin/stats")).json()["total_banned"] == 1
    await did(boss, "POST", f"{path}/unban")
    await did(boss, "POST", f"{path}/unban")
    assert await log_in(ann) == 200
    await did(boss, "POST", f"{path}/ban", {"reason": "again", "duration_days": 7})
    for wrong in (0, -1, "7", 1.5):
        answer = await boss.post(f"/api/admin/{path}/ban", {"duration_days": wrong})
        assert refusal(answer)[0] == 400
    page = await ann.house.db.read(deeds.read, Filter(), 1, 10)
    assert [line.action for line in page.entries] == [
        "users.ban", "users.unban", "users.ban",
    ]  # fmt: skip
    assert page.entries[0].admin_name == "dee"


async def test_an_account_is_deleted(ann: Person, bob: Person, boss: Person) -> None:
    await did(boss, "DELETE", f"users/{named(bob)}", {"reason": "asked for it"})
    assert await log_in(bob) == 401
    await found(ann)
    answer = await boss.delete(f"/api/admin/users/{named(ann)}")
    assert refusal(answer)[0] == 400, "who owns guilds stays"


async def test_guilds_are_listed_and_ended(ann: Person, boss: Person) -> None:
    await found(ann, "Maple Street")
    town = await found(ann, "Pottery Club")
    answer = await boss.get("/api/admin/guilds?limit=1")
    (shown,) = answer.json()
    assert shown.pop("created_at").endswith("Z")
    assert shown == {
        "id": path_of(town).rpartition("/")[2], "name": "Pottery Club", "owner_id": named(ann),
        "member_count": 1,
    }  # fmt: skip
    await did(boss, "DELETE", f"guilds/{shown['id']}", {"reason": "empty"})
    assert (await ann.get(town.path)).status_code == 404
    assert [each["name"] for each in (await boss.get("/api/admin/guilds")).json()] == [
        "Maple Street"
    ]


class TestElsewhere:
    @pytest.fixture
    def config(self, config: Config) -> Config:
        return dataclasses.replace(config, admin_ui=AdminUi())

    async def test_no_admin_does_anything(self, boss: Person) -> None:
        for method, path in ROUTES:
            answer = await boss.ask(method, f"/api/admin/{path}", json={})
            assert refusal(answer) == (403, "Access denied")
