"""What somebody writes to themself."""

from typing import Any

from tests.cast import Person
from tests.wryft.cast import named, refusal


async def write(person: Person, text: str) -> dict[str, Any]:
    answer = await person.post(
        "/api/notes", {"user_id": named(person), "text": text, "attachments": []}
    )
    assert answer.status_code == 200, answer.text
    note: dict[str, Any] = answer.json()
    return note


async def test_notes_are_written_changed_and_forgotten(ann: Person) -> None:
    path = f"/api/notes/{named(ann)}"
    assert (await ann.get(path)).json() == []
    first, second = [await write(ann, text) for text in ("buy clay", "fire the kiln")]
    assert (first["text"], first["author"], first["edited"]) == ("buy clay", "ann", False)
    assert first["timestamp"].endswith("M")
    assert (await ann.get(path)).json() == [first, second]
    answer = await ann.put(f"/api/notes/{first['id']}", {"text": "buy glaze"})
    assert (answer.status_code, answer.json()["text"]) == (200, "buy glaze")
    assert answer.json()["edited"] is True
    answer = await ann.delete(f"/api/notes/{second['id']}")
    assert (answer.status_code, answer.json()) == (200, {"success": True})
    assert [note["text"] for note in (await ann.get(path)).json()] == ["buy glaze"]


async def test_they_are_the_notes_of_the_other_dialect(ann: Person) -> None:
    channel = (await ann.get("/users/@me/notes")).json()["id"]
    await ann.say(channel, "written there")
    await write(ann, "written here")
    (first, second) = (await ann.get(f"/api/notes/{named(ann)}")).json()
    assert (first["text"], second["text"]) == ("written there", "written here")
    history = (await ann.get(f"/channels/{channel}/messages")).json()
    assert "written here" in str(history)


async def test_they_are_ones_own(ann: Person, bob: Person) -> None:
    note = await write(ann, "buy clay")
    assert refusal(await bob.get(f"/api/notes/{named(ann)}"))[0] == 403
    path = f"/api/notes/{note['id']}"
    assert refusal(await bob.put(path, {"text": "x"})) == (404, "Message not found")
    await write(bob, "mine")
    assert refusal(await bob.put(path, {"text": "x"})) == (404, "Message not found")
    assert refusal(await bob.delete(path)) == (404, "Message not found")
    assert (await ann.get(f"/api/notes/{named(ann)}")).json() == [note]


async def test_what_is_no_note_is_refused(ann: Person) -> None:
    assert refusal(await ann.post("/api/notes", {}))[0] == 400
    assert refusal(await ann.post("/api/notes", {"text": ""}))[0] == 400
    assert refusal(await ann.put("/api/notes/77", {"text": "x"}))[0] == 400
