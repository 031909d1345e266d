"""What people think of the server, worked through by admins."""

import pytest

from tests.api.panel.office import Office
from tests.cast import Person, refusal

MISSING = (404, "Ticket not found")


async def give(person: Person, content: str = "more soup, please") -> str:
    answer = await person.post("/feedback", {"content": content, "category": "food", "rating": 4})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


async def test_feedback_arrives(office: Office, bob: Person) -> None:
    first, second = await give(bob), await give(bob, "less soup, please")
    shown = await office.seen("/admin/tickets")
    assert [ticket["id"] for ticket in shown] == [second, first]
    assert shown[1] == await office.seen(f"/admin/tickets/{first}") == {
        "id": first, "user_id": bob.id, "username": "bob", "content": "more soup, please",
        "category": "food", "rating": 4, "status": "open", "created_at": shown[1]["created_at"],
        "resolved_at": None, "resolved_by": None,
    }  # fmt: skip
    (last,) = await office.seen("/admin/tickets", limit=1, offset=1)
    assert last["id"] == first


async def test_a_ticket_is_worked_through(office: Office, bob: Person) -> None:
    ticket = await give(bob)
    path = f"/admin/tickets/{ticket}"
    for status, done in (
        ("in_progress", False), ("resolved", True), ("closed", True), ("open", False)
    ):  # fmt: skip
        answer = await office.client.patch(f"{path}/status", json={"status": status})
        assert answer.json() == {"success": True}
        shown = await office.seen(path)
        assert (shown["status"], shown["resolved_by"]) == (
            status, office.admin.id if done else None
        )  # fmt: skip
        assert (shown["resolved_at"] is not None) == done
        assert [each["id"] for each in await office.seen("/admin/tickets", status=status)] == [
            ticket
        ]
    assert await office.seen("/admin/tickets", status="closed") == []


async def test_admins_note_something_about_a_ticket(office: Office, bob: Person) -> None:
    path = f"/admin/tickets/{await give(bob)}/notes"
    assert await office.seen(path) == []
    first = await office.did(path, content="asked the cook")
    assert (first["admin_username"], first["content"]) == ("ann", "asked the cook")
    second = await office.did(path, content="the cook agrees")
    assert await office.seen(path) == [first, second]
    for content in ("", "x" * 2001):
        assert refusal(await office.post(path, content=content))[0] == 400
    assert (await office.actions())[:2] == ["tickets.note", "tickets.note"]


@pytest.mark.parametrize("tail", ["", "/notes"])
async def test_what_is_no_ticket_is_not_found(office: Office, tail: str) -> None:
    assert refusal(await office.get(f"/admin/tickets/77{tail}")) == MISSING
    assert refusal(await office.post("/admin/tickets/77/notes", content="x")) == MISSING
    moved = await office.client.patch("/admin/tickets/77/status", json={"status": "open"})
    assert refusal(moved) == MISSING
    odd = await office.client.patch("/admin/tickets/77/status", json={"status": "odd"})
    assert refusal(odd)[0] == 400
