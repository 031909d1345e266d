"""Badges, and the numbers about people."""

import httpx
import pytest

from plexichat.core import administration
from tests.cast import Person
from tests.town import found
from tests.wryft.cast import named, refusal

NOBODY = "00000000-0000-8000-8000-00000000beef"


async def test_every_badge_is_told_by_rarity_and_name(ann: Person) -> None:
    answer = await ann.get("/api/badges")
    assert answer.status_code == 200
    first, *_, last = answer.json()
    assert set(first) == {
        "id", "name", "description", "icon", "category", "rarity", "is_secret",
    }  # fmt: skip
    assert (first["rarity"], last["rarity"], last["is_secret"]) == ("common", "legendary", False)
    names = [badge["name"] for badge in answer.json() if badge["rarity"] == "rare"]
    assert names == sorted(names)


async def test_what_an_admin_gives_is_seen(ann: Person, bob: Person) -> None:
    for badge in ("verified", "staff"):
        await ann.house.db.write(administration.set_badge, ann.number, badge, worn=True)
    answer = await bob.get(f"/api/users/{named(ann)}/badges")
    assert answer.status_code == 200
    assert [earned["badge"]["name"] for earned in answer.json()] == ["Staff", "Verified"]
    assert set(answer.json()[0]) == {"id", "badge", "earned_at", "progress"}
    known = {badge["id"]: badge for badge in (await ann.get("/api/badges")).json()}
    assert all(known[each["badge"]["id"]] == each["badge"] for each in answer.json())


async def test_stats_count_what_somebody_did(ann: Person, bob: Person) -> None:
    town = await found(ann)
    for content in ("one", "two"):
        await ann.say(town.general, content)
    await ann.say(await ann.dm(bob), "three")
    await ann.post("/relationships", {"user_id": bob.id})
    await bob.put(f"/relationships/{ann.id}/accept")
    answer = await bob.get(f"/api/users/{named(ann)}/stats")
    assert answer.status_code == 200
    assert answer.json() == {
        "messages_sent": 2, "dms_sent": 1, "friends_added": 1, "servers_joined": 1,
        "servers_created": 1, "reactions_given": 0, "reactions_received": 0, "voice_minutes": 0,
        "files_uploaded": 0, "days_active": 0,
    }  # fmt: skip


@pytest.mark.parametrize("what", ["badges", "stats", "badge-progress"])
async def test_of_nobody_nothing_is_told(
    ann: Person, stranger: httpx.AsyncClient, what: str
) -> None:
    assert (await ann.get(f"/api/users/{named(ann)}/{what}")).status_code == 200
    assert refusal(await ann.get(f"/api/users/{NOBODY}/{what}")) == (404, "User not found")
    assert refusal(await ann.get(f"/api/users/77/{what}")) == (400, "Invalid user id")
    assert refusal(await stranger.get(f"/api/users/{named(ann)}/{what}"))[0] == 401


async def test_no_badge_is_counted_for(ann: Person) -> None:
    assert (await ann.get(f"/api/users/{named(ann)}/badge-progress")).json() == []
