"""What people tell of themselves."""

from typing import Any

import httpx
import pytest

from plexichat.core import deletion
from plexichat.store.db import Snapshot, Tx
from tests.cast import Person, refusal
from tests.giving import give
from tests.pictures import picture

NOTHING: dict[str, Any] = {
    "bio": None, "status": None, "status_emoji": None, "pronouns": None, "location": None,
    "timezone": None, "banner_url": None, "social_links": [],
}  # fmt: skip
ALL = {
    "bio": "b" * 1000, "status": "s" * 128, "status_emoji": "e" * 32, "pronouns": "p" * 40,
    "location": "l" * 100, "timezone": "t" * 64, "banner_url": "https://pics.example/b.png",
    "social_links": [{"name": "site", "url": "https://ann.example"}] * 10,
}  # fmt: skip


async def change(person: Person, **wanted: Any) -> httpx.Response:
    return await person.patch("/features/users/@me/profile", wanted)


async def shown(viewer: Person, other: Person) -> dict[str, Any]:
    answer = await viewer.get(f"/features/users/{other.id}/profile")
    assert answer.status_code == 200, answer.text
    profile: dict[str, Any] = answer.json()["profile"]
    assert profile.pop("user_id") == other.id
    return profile


async def test_who_tells_nothing_has_a_profile_too(ann: Person, bob: Person) -> None:
    assert await shown(bob, ann) == NOTHING
    assert refusal(await ann.get("/features/users/77/profile")) == (404, "User not found")
    assert refusal(await ann.get("/features/users/x/profile")) == (400, "Invalid user ID")


async def test_everything_may_be_told_and_taken_back(ann: Person, bob: Person) -> None:
    answer = await change(ann, **ALL)
    assert answer.json() == {"success": True, "profile": {"user_id": ann.id, **ALL}}
    assert await shown(bob, ann) == ALL
    assert (await change(ann, unknown=1)).json()["profile"] == {"user_id": ann.id, **ALL}
    await change(ann, **dict.fromkeys(ALL))
    assert await shown(bob, ann) == NOTHING
    await change(ann, bio="tenor")
    await change(ann, bio="")
    assert await shown(bob, ann) == NOTHING


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((name, f"{value}x") for name, value in ALL.items() if isinstance(value, str)
          and name != "banner_url"),
        ("banner_url", "ftp://pics.example/b.png"), ("social_links", [{}] * 11),
        ("social_links", ["https://ann.example"]), ("social_links", {}), ("bio", 7),
        ("social_links", [{"url": "u" * 20_000}]),
    ],
)  # fmt: skip
async def test_what_is_too_long_or_wrong_changes_nothing(
    ann: Person, name: str, value: object
) -> None:
    status, sentence = refusal(await change(ann, **{"location": "upstairs", name: value}))
    assert status == 400
    assert sentence.startswith("Invalid input")
    assert await shown(ann, ann) == NOTHING


async def test_the_text_is_the_one_of_the_moment(ann: Person, bob: Person) -> None:
    await ann.put("/users/@me/presence", {"status": "idle", "custom_status": "tea"})
    assert (await shown(bob, ann))["status"] == "tea"
    await change(ann, status_emoji="🍵")
    seen = (await bob.get(f"/users/{ann.id}/presence")).json()
    assert (seen["status"], seen["custom_status"], seen["custom_emoji"]) == ("idle", "tea", "🍵")
    await change(ann, status=None)
    seen = (await bob.get(f"/users/{ann.id}/presence")).json()
    assert (seen["custom_status"], seen["custom_emoji"]) == (None, "🍵")


async def test_a_picture_of_ours_can_be_seen_by_anybody(
    ann: Person, stranger: httpx.AsyncClient
) -> None:
    await give(ann, "/users/@me/avatar", picture("PNG"), "pot.png")
    await ann.house.db.write(_show_as_banner, ann.number)
    url = (await shown(ann, ann))["banner_url"]
    assert (await stranger.get(url)).headers["content-type"] == "image/png"
    await change(ann, bio="tenor", banner_url=url)
    assert (await shown(ann, ann))["banner_url"] == url
    assert (await stranger.get(url)).headers["content-type"] == "image/png"
    await change(ann, banner_url=None)
    await ann.house.shelf.settled()
    assert (await stranger.get(url)).status_code == 401


async def test_it_goes_with_the_account(ann: Person, bob: Person) -> None:
    await change(ann, **ALL)
    await ann.house.db.write(_end, ann.number)
    assert refusal(await bob.get(f"/features/users/{ann.id}/profile"))[0] == 404
    assert await ann.house.db.read(_kept) == 0


def _end(tx: Tx, user_id: int) -> None:
    deletion.begin(tx, user_id, tx.now)
    while deletion.purge(tx):
        pass


def _kept(snap: Snapshot) -> int:
    (count,) = snap.execute("SELECT count(*) FROM profile").fetchone()
    return int(count)


def _show_as_banner(tx: Tx, user_id: int) -> None:
    """Let the profile have the file that is the avatar."""
    tx.execute("INSERT INTO profile (user_id, banner) SELECT id, avatar FROM user WHERE id = ?",
               (user_id,))  # fmt: skip
    tx.execute("UPDATE user SET avatar = NULL WHERE id = ?", (user_id,))
