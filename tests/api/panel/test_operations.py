"""The server at a glance, what everybody is told of it, and the log of what admins did."""

import csv
import io
from typing import Any

import httpx
import pytest

from tests.api.line import listening
from tests.api.panel.office import Office, log_in
from tests.cast import Person, refusal


async def test_the_server_is_seen_at_a_glance(office: Office, bob: Person, url: str) -> None:
    await bob.say(await bob.dm(office.admin), "soup?")
    await bob.post("/feedback", {"content": "more soup, please"})
    async with listening(url, bob):
        seen = await office.seen("/admin/dashboard")
    assert (seen["total_users"], seen["active_users"], seen["online_users"]) == (2, 2, 1)
    assert seen["db_status"] == "healthy"
    assert seen["tickets"] == {
        "open": 1, "in_progress": 0, "resolved": 0, "closed": 0, "total": 1
    }  # fmt: skip
    assert seen["feature_stats"]["messages_sent"] == 1
    system = seen["system"]
    assert system["thread_count"] > 1
    assert system["process_memory_mb"] > 1
    assert 0 <= system["disk_percent"] <= 100
    assert system["memory_available_mb"] <= system["memory_total_mb"]


async def test_everybody_is_told_of_maintenance(
    office: Office, bob: Person, url: str, stranger: httpx.AsyncClient
) -> None:
    async with listening(url, bob) as line:
        await office.did(
            "/admin/maintenance", state="maintenance", message="moving disks",
            estimated_downtime_seconds=600, restart_at=1_800_000_000_000,
        )  # fmt: skip
        assert await line.hear() == {"op": 12, "d": {
            "state": "maintenance", "message": "moving disks", "restart_at": 1_800_000_000,
        }}  # fmt: skip
        status = (await stranger.get("/status")).json()
        assert status["state"] == "maintenance"
        assert status["maintenance_message"] == "moving disks"
        assert (status["estimated_downtime_seconds"], status["restart_at"]) == (600, 1_800_000_000)
        await office.did("/admin/maintenance", state="running")
        assert await line.hear() == {"op": 12, "d": {"state": "running"}}
        assert await line.beat() == []
    assert (await stranger.get("/status")).json()["maintenance_message"] is None


@pytest.mark.parametrize(
    "body",
    [{}, {"state": "shutting_down"}, {"state": "running", "message": "x" * 501},
     {"state": "running", "restart_at": -1}],
)  # fmt: skip
async def test_what_cannot_be_announced_is_not(
    office: Office, stranger: httpx.AsyncClient, body: dict[str, Any]
) -> None:
    assert refusal(await office.post("/admin/maintenance", **body))[0] == 400
    assert (await stranger.get("/status")).json()["state"] == "running"


async def test_every_deed_is_one_line(office: Office, bob: Person) -> None:
    await office.did("/admin/security/lock-user", user_id=bob.id, duration_seconds=60)
    await office.did("/admin/security/unlock-user", user_id=bob.id)
    await office.did(f"/admin/users/{bob.id}/notes", notes="sings")
    await office.did("/admin/users", username="cem")
    await office.did("/admin/maintenance", state="running")
    assert refusal(await office.post("/admin/security/lock-user", user_id="77"))[0] == 404
    assert await office.actions() == [
        "operations.maintenance", "users.create", "users.notes", "security.unlock_user",
        "security.lock_user", "auth.step_up", "auth.login",
    ]  # fmt: skip
    lines = (await office.seen("/admin/audit/logs", action_family="security"))["logs"]
    line = lines[1]
    assert line.pop("created_at") > 0
    assert line.pop("id")
    assert line == {
        "admin_id": office.admin.id, "admin_username": "ann", "action_family": "security",
        "action": "security.lock_user", "status": "success", "target_type": "user",
        "target_id": bob.id, "details": {"duration_seconds": 60}, "ip_address": "192.168.0.7",
    }  # fmt: skip


async def test_failed_attempts_are_written_down(office: Office, bob: Person) -> None:
    await log_in(office.client, "bob")
    await log_in(office.client, "ann", "wrong")
    await office.step_up("wrong")
    lines = (await office.seen("/admin/audit/logs", status="failure"))["logs"]
    told = [(line["action"], line["admin_username"], line["admin_id"]) for line in lines]
    ann = office.admin.id
    assert told == [
        ("auth.step_up", "ann", ann), ("auth.login", "ann", ann), ("auth.login", "bob", None)
    ]  # fmt: skip


async def test_the_log_is_filtered_and_paged(office: Office, bob: Person) -> None:
    path = "/admin/audit/logs"
    for notes in "abc":
        await office.did(f"/admin/users/{bob.id}/notes", notes=notes)
    page = await office.seen(path, page=2, per_page=2)
    assert (page["total"], page["page"], page["per_page"]) == (5, 2, 2)
    assert [line["action"] for line in page["logs"]] == ["users.notes", "auth.step_up"]
    assert (await office.seen(path, admin_id=office.admin.id))["total"] == 5
    assert (await office.seen(path, admin_id=bob.id))["total"] == 0
    assert (await office.seen(path, target_type="user"))["total"] == 3
    at = page["logs"][0]["created_at"]
    assert (await office.seen(path, date_from=at + 9999))["total"] == 0
    assert (await office.seen(path, date_to=at - 9999))["total"] == 0
    assert (await office.seen(path, date_from=(at - 99) * 1000, date_to=at + 99))["total"] == 5
    for wrong in (
        {"page": 0}, {"per_page": 201}, {"status": "odd"}, {"admin_id": "x"}, {"date_from": "x"}
    ):  # fmt: skip
        assert refusal(await office.get(path, **wrong))[0] == 400
    assert await office.seen(f"{path}/stats") == {
        "total": 5, "by_action_family": {"auth": 2, "users": 3}, "by_status": {"success": 5}
    }  # fmt: skip


async def test_the_log_is_taken_along_as_a_file(office: Office) -> None:
    await log_in(office.client, "=cmd()")
    path = "/admin/audit/logs/export"
    lines = await office.seen(path)
    assert [line["action"] for line in lines] == ["auth.login", "auth.step_up", "auth.login"]
    answer = await office.get(path, format="csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="audit.csv"' in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["admin_username"] for row in rows] == ["'=cmd()", "ann", "ann"]
    assert refusal(await office.get(path, format="xml"))[0] == 400


async def test_a_line_is_not_written_without_what_it_tells_of(office: Office) -> None:
    before = await office.actions()
    for path in ("/admin/users/77/notes", "/admin/users/77/unlock-user"):
        assert refusal(await office.post(path, notes="x"))[0] == 404
    assert await office.actions() == before


async def test_a_backup_is_made_where_backups_are(office: Office) -> None:
    made = await office.did("/admin/backup")
    folder = office.admin.house.backups.folder
    assert (folder / made["filename"]).stat().st_size == made["bytes"]
    assert (made["uploads"], made["lost"]) == (0, 0)
    assert made["created_at"] > 0
    assert (await office.actions())[0] == "operations.backup"


async def test_a_backup_that_cannot_be_made_is_told_without_detail(office: Office) -> None:
    folder = office.admin.house.backups.folder
    folder.parent.mkdir(exist_ok=True)
    folder.write_text("in the way")
    answer = await office.post("/admin/backup")
    assert refusal(answer) == (409, "No backup was made")
    (line, *_) = (await office.seen("/admin/audit/logs"))["logs"]
    assert (line["action"], line["status"]) == ("operations.backup", "failure")
