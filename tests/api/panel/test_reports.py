"""What people report, and what admins make of it."""

from typing import Any

import pytest

from tests.api.panel.office import Office
from tests.cast import Person, refusal


async def report_message(bob: Person, cem: Person, reason: str = "rude") -> tuple[str, str, str]:
    """Bob reports what Cem wrote to him; return channel, message and report."""
    channel = await cem.dm(bob)
    said = await cem.say(channel, "no soup for you")
    body = {"message_id": said["id"], "channel_id": channel, "reason": reason}
    answer = await bob.post("/reports/messages", body)
    return channel, said["id"], answer.json()["report_id"]


async def report_user(bob: Person, cem: Person, **more: Any) -> str:
    answer = await bob.post("/reports/users", {"user_id": cem.id, "reason": "rude", **more})
    return str(answer.json()["report_id"])


async def test_a_reported_message_is_shown_as_it_was(
    office: Office, bob: Person, cem: Person
) -> None:
    channel, message, report = await report_message(bob, cem)
    await cem.patch(f"/channels/{channel}/messages/{message}", {"content": "soup for all"})
    (shown,) = await office.seen("/admin/message-reports")
    at = shown.pop("reported_at")
    assert at > 0
    assert shown == {
        "id": report, "reporter_id": bob.id, "reported_user_id": cem.id, "reason": "rude",
        "category": "other", "details": None, "status": "pending", "reviewed_at": None,
        "reviewed_by": None, "admin_notes": None, "action_taken": None, "message_id": message,
        "channel_id": channel, "server_id": None, "message_content": "no soup for you",
    }  # fmt: skip
    assert await office.seen("/admin/user-reports") == []


async def test_a_reported_person_is_shown_with_the_evidence(
    office: Office, bob: Person, cem: Person
) -> None:
    report = await report_user(bob, cem, evidence_message_ids=["7", 8], details="twice")
    (shown,) = await office.seen("/admin/user-reports")
    assert (shown["id"], shown["reported_user_id"]) == (report, cem.id)
    assert (shown["evidence_message_ids"], shown["details"]) == (["7", "8"], "twice")


@pytest.mark.parametrize(
    ("action", "status"),
    [("action", "actioned"), ("dismiss", "dismissed"), ("review", "reviewed")],
)
async def test_a_review_is_written_down(
    office: Office, bob: Person, cem: Person, action: str, status: str
) -> None:
    _, _, of_message = await report_message(bob, cem)
    of_user = await report_user(bob, cem)
    for kind, report in (("message", of_message), ("user", of_user)):
        path = f"/admin/{kind}-reports"
        done = await office.did(f"{path}/{report}/review", action=action, notes="a joke")
        assert done == {"success": True, "action": action}
        (shown,) = await office.seen(path, status_filter=status)
        assert (shown["status"], shown["admin_notes"]) == (status, "a joke")
        assert (shown["reviewed_by"], shown["reviewed_at"] > 0) == (office.admin.id, True)
        assert shown["action_taken"] == ("a joke" if action == "action" else None)
        assert await office.seen(path, status_filter="pending") == []
        counts = await office.seen(f"{path}/counts")
        assert counts == {
            "pending": 0, "reviewed": 0, "actioned": 0, "dismissed": 0, "total": 1, status: 1
        }  # fmt: skip
    assert (await office.actions())[:2] == [f"reports.{action}"] * 2


async def test_the_newest_report_comes_first(office: Office, bob: Person, cem: Person) -> None:
    reports = [await report_user(bob, cem) for _ in range(3)]
    path = "/admin/user-reports"
    assert [shown["id"] for shown in await office.seen(path)] == reports[::-1]
    (second,) = await office.seen(path, limit=1, offset=1)
    assert second["id"] == reports[1]


async def test_a_report_is_reviewed_as_what_it_is(
    office: Office, bob: Person, cem: Person
) -> None:
    report = await report_user(bob, cem)
    for path in (f"/admin/message-reports/{report}/review", "/admin/user-reports/77/review"):
        assert refusal(await office.post(path, action="review")) == (404, "Report not found")
    path = f"/admin/user-reports/{report}/review"
    for body in ({}, {"action": "burn"}, {"action": "review", "notes": "x" * 2001}):
        assert refusal(await office.post(path, **body))[0] == 400
    assert refusal(await office.get("/admin/user-reports", status_filter="burnt"))[0] == 400
    (shown,) = await office.seen("/admin/user-reports")
    assert shown["status"] == "pending"
