"""Reports, feedback, what an account comes with, and where one was last."""

from pathlib import Path
from typing import Any

import pytest

from plexichat.config import Config, Features
from plexichat.store.db import Tx
from tests.cast import Person, quick, refusal

CHATS = "/features/users/@me/last-chat"


async def test_a_message_is_reported_with_what_it_said(ann: Person, bob: Person) -> None:
    dm = await ann.dm(bob)
    said = await bob.say(dm, "rude")
    body = {"message_id": said["id"], "channel_id": dm, "reason": "rude", "category": "abuse"}
    answer = await ann.post("/reports/messages", body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["success"] is True
    assert answer.json()["message"]
    kept = await ann.house.db.write(reported)
    assert kept == [(int(answer.json()["report_id"]), ann.number, "message", "rude", "pending")]


async def test_only_what_one_can_see_is_reported(ann: Person, bob: Person, cem: Person) -> None:
    dm = await ann.dm(bob)
    said = await ann.say(dm, "soup")
    body = {"message_id": said["id"], "channel_id": dm, "reason": "rude"}
    assert refusal(await cem.post("/reports/messages", body)) == (403, "Access denied")
    body["message_id"] = "77"
    assert refusal(await bob.post("/reports/messages", body)) == (404, "Message not found")
    body["channel_id"] = "77"
    assert refusal(await bob.post("/reports/messages", body)) == (404, "Channel not found")


@pytest.mark.parametrize(
    ("kind", "body", "message"),
    [
        ("messages", {"message_id": "x", "channel_id": "7"}, "Invalid ID format"),
        ("messages", {"message_id": "7", "channel_id": "x"}, "Invalid ID format"),
        ("messages", {"message_id": "7", "channel_id": "7", "server_id": ""}, "Invalid ID format"),
        ("messages", {"message_id": "7"}, "Invalid input: channel_id"),
        ("messages", {"message_id": "7", "channel_id": "7", "reason": ""}, "Invalid input: reason"),
        ("messages", {"reason": "x" * 501}, "Invalid input: reason"),
        ("users", {"user_id": "x"}, "Invalid user ID"),
        ("users", {"user_id": "7", "reason": None}, "Invalid input: reason"),
        ("users", {"user_id": "7", "details": "x" * 2001}, "Invalid input: details"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    ann: Person, kind: str, body: dict[str, Any], message: str
) -> None:
    assert refusal(await ann.post(f"/reports/{kind}", {"reason": "rude", **body})) == (400, message)


async def test_people_are_reported_but_not_by_themselves(ann: Person, bob: Person) -> None:
    body = {"user_id": bob.id, "reason": "rude", "evidence_message_ids": ["7"]}
    assert (await ann.post("/reports/users", body)).json()["success"] is True
    assert refusal(await bob.post("/reports/users", body)) == (400, "Cannot report yourself")
    body["user_id"] = "77"
    assert refusal(await ann.post("/reports/users", body)) == (404, "User not found")


async def test_feedback_is_taken_five_times_an_hour(ann: Person, bob: Person) -> None:
    for count in range(5):
        status = (await ann.get("/feedback/status")).json()
        assert (status["submissions_this_hour"], status["can_submit"]) == (count, True)
        given = await ann.post("/feedback", {"content": "more soup, please", "rating": 5})
        assert given.json()["id"]
    refused = await ann.post("/feedback", {"content": "more soup, please"})
    assert refusal(refused) == (429, "Rate limited")
    assert 3500 < refused.json()["error"]["retry_after"] <= 3600
    assert (await ann.get("/feedback/status")).json() == {
        "enabled": True, "submissions_this_hour": 5, "submissions_today": 5, "max_per_hour": 5,
        "max_per_day": 20, "can_submit": False,
    }  # fmt: skip
    assert (await bob.get("/feedback/status")).json()["can_submit"] is True


@pytest.mark.parametrize("body", [{}, {"content": "too short"}, {"content": "x" * 2001},
                                  {"content": "more soup, please", "rating": 6}])  # fmt: skip
async def test_feedback_has_its_bounds(ann: Person, body: dict[str, Any]) -> None:
    status, message = refusal(await ann.post("/feedback", body))
    assert status == 400
    assert message.startswith("Invalid input: ")


async def test_everybody_has_the_same_limits(ann: Person) -> None:
    features = (await ann.get("/users/@me/features")).json()
    assert (features["badges"], features["tier"]) == ([], "standard")
    assert features["tier_limits"]["max_message_length"] == 4000
    assert features["tier_limits"]["max_file_size_mb"] == 25


async def test_one_goes_on_where_one_was_last(ann: Person, bob: Person, cem: Person) -> None:
    assert (await ann.get(CHATS)).json() == {"last_chat": None}
    first, second = await ann.dm(bob), await ann.dm(cem)
    for dm in (first, second):
        put = await ann.put(CHATS, {"conversation_id": dm, "scroll_position": 7})
        assert put.json()["success"] is True
    assert (await ann.get(CHATS)).json()["last_chat"] == put.json()["last_chat"]
    recent = (await ann.get("/features/users/@me/recent-chats")).json()["recent_chats"]
    assert [chat["conversation_id"] for chat in recent] == [second, first]
    assert recent[0]["scroll_position"] == 7
    await ann.put(CHATS, {"conversation_id": first, "last_message_id": "7"})
    some = await ann.get("/features/users/@me/recent-chats", params={"limit": 1})
    (latest,) = some.json()["recent_chats"]
    assert (latest["conversation_id"], latest["last_message_id"]) == (first, "7")


async def test_one_is_only_where_one_may_be(ann: Person, bob: Person, cem: Person) -> None:
    dm = await ann.dm(bob)
    assert refusal(await cem.put(CHATS, {"conversation_id": dm})) == (403, "Access denied")
    assert refusal(await cem.put(CHATS, {"conversation_id": "77"})) == (404, "Channel not found")
    assert refusal(await cem.put(CHATS, {})) == (400, "Invalid input: conversation_id")


class TestOff:
    """What the admin does not offer."""

    @pytest.fixture
    def config(self, tmp_path: Path) -> Config:
        nothing = Features(search=False, reports=False, feedback=False)
        return quick(tmp_path / "data", features=nothing)

    async def test_what_is_not_offered_says_so(self, ann: Person, bob: Person) -> None:
        dm = await ann.dm(bob)
        said = await bob.say(dm, "soup")
        told = {"reason": "rude", "channel_id": dm, "message_id": said["id"]}
        for asked, what in (
            (ann.get("/search/messages?query=soup"), "Search"),
            (ann.get("/search/users?query=bob"), "Search"),
            (ann.get(f"/channels/{dm}/messages/search?content=soup"), "Search"),
            (ann.post("/reports/messages", told), "Reports"),
            (ann.post("/reports/users", {"user_id": bob.id, "reason": "rude"}), "Reports"),
            (ann.post("/feedback", {"content": "more soup, please"}), "Feedback"),
        ):
            assert refusal(await asked) == (503, f"{what} module not available")
        status = (await ann.get("/feedback/status")).json()
        assert (status["enabled"], status["can_submit"]) == (False, False)
        assert await ann.house.db.write(reported) == []


def reported(tx: Tx) -> list[Any]:
    return tx.execute("SELECT id, reporter_id, kind, content, status FROM report").fetchall()
