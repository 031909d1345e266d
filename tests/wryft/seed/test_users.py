"""The page of the users' API, row by row: profiles, statuses, privacy, the mutual, presence."""

import re
from typing import Any

import httpx
import pytest

from tests.cast import Person
from tests.giving import give
from tests.pictures import picture
from tests.town import found
from tests.town import join as admit
from tests.wryft.cast import named

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


async def patch(person: Person, what: str, body: dict[str, Any]) -> None:
    answer = await person.patch(f"/api/users/{named(person)}/{what}", body)
    assert answer.status_code == 200, answer.text


async def shown(stranger: httpx.AsyncClient, person: Person) -> dict[str, Any]:
    answer = await stranger.get(f"/api/users/{named(person)}")
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json()
    return told


async def test_get_user_profile(ann: Person, stranger: httpx.AsyncClient) -> None:
    told = await shown(stranger, ann)
    assert UUID.fullmatch(told["id"])
    assert told["username"] == "ann"
    assert re.fullmatch(r"\d{4}", told["discriminator"])
    assert (told["avatar"], told["banner"], told["bio"]) == (None, None, None)
    assert told["is_premium"] is False
    assert MOMENT.fullmatch(told["created_at"])
    assert told["custom_status"] is None


async def test_update_profile(ann: Person, stranger: httpx.AsyncClient) -> None:
    wanted = {
        "bio": "New bio", "avatar": "https://pics.example/a.png",
        "banner": "https://pics.example/b.png", "pronouns": "they/them",
        "timezone": "America/New_York",
    }  # fmt: skip
    await patch(ann, "profile", wanted)
    told = await shown(stranger, ann)
    assert {name: told[name] for name in wanted} == wanted


@pytest.mark.parametrize("kind", ["avatar", "banner"])
async def test_upload_avatar_and_banner(
    ann: Person, stranger: httpx.AsyncClient, kind: str
) -> None:
    given = (await give(ann, f"/api/upload/{kind}", picture("PNG"), "pot.png")).json()
    assert UUID.fullmatch(given["file_id"])
    assert given["url"] == f"/api/files/{given['file_id']}"
    await patch(ann, "profile", {kind: given["url"]})
    assert (await shown(stranger, ann))[kind] == given["url"]


async def test_custom_status(ann: Person, stranger: httpx.AsyncClient) -> None:
    wanted = {"text": "Playing games", "emoji": "🎮", "expires_at": "2124-01-02T00:00:00Z"}
    await patch(ann, "status", wanted)
    assert (await shown(stranger, ann))["custom_status"] == wanted
    await patch(ann, "status", wanted | {"expires_at": "2024-01-02T00:00:00Z"})
    assert (await shown(stranger, ann))["custom_status"] is None
    await patch(ann, "status", wanted | {"expires_at": None})
    assert (await shown(stranger, ann))["custom_status"]["expires_at"] is None
    await patch(ann, "status", {"text": None, "emoji": None})
    assert (await shown(stranger, ann))["custom_status"] is None


async def test_privacy_settings(ann: Person, bob: Person) -> None:
    await ann.post("/api/presence", {"status": "online"})
    await patch(ann, "privacy", {
        "allow_friend_requests": False, "allow_dms_from_non_friends": False,
        "show_online_status": False,
    })  # fmt: skip
    asked = await bob.post("/api/friends/requests", {"username": "ann"})
    assert asked.status_code == 403
    opened = await bob.post("/users/@me/channels", {"recipient_id": ann.id})
    assert opened.status_code == 403
    seen = (await bob.get(f"/api/presence/{named(ann)}")).json()
    assert seen["status"] == "offline"
    await patch(ann, "privacy", {
        "allow_friend_requests": True, "allow_dms_from_non_friends": True,
        "show_online_status": True,
    })  # fmt: skip
    asked = await bob.post("/api/friends/requests", {"username": "ann"})
    assert asked.status_code == 200
    opened = await bob.post("/users/@me/channels", {"recipient_id": ann.id})
    assert opened.status_code == 200
    seen = (await bob.get(f"/api/presence/{named(ann)}")).json()
    assert seen["status"] == "online"


async def test_get_mutual_guilds(ann: Person, bob: Person) -> None:
    town = await found(ann, "Shared Server")
    await admit(town, bob)
    await ann.ask("POST", f"{town.path}/icon", files={"file": ("pot.png", picture("PNG"))})
    answer = await ann.get(f"/api/users/{named(ann)}/mutual-guilds/{named(bob)}")
    (guild,) = answer.json()
    assert UUID.fullmatch(guild["id"])
    assert guild["name"] == "Shared Server"
    assert (await bob.get(guild["icon"])).headers["content-type"] == "image/png"


async def test_get_mutual_friends(ann: Person, bob: Person, cem: Person) -> None:
    for person in (ann, bob):
        await person.post("/relationships", {"user_id": cem.id})
        await cem.put(f"/relationships/{person.id}/accept")
    answer = await ann.get(f"/api/users/{named(ann)}/mutual-friends/{named(bob)}")
    (friend,) = answer.json()
    assert (friend["id"], friend["username"]) == (named(cem), "cem")


@pytest.mark.parametrize(
    ("status", "seen"),
    [("online", "online"), ("idle", "idle"), ("dnd", "dnd"), ("invisible", "offline")],
)
async def test_presence(
    ann: Person, stranger: httpx.AsyncClient, status: str, seen: str
) -> None:
    answer = await ann.post(
        "/api/presence", {"status": status, "custom_status": "Playing games"}
    )
    assert answer.status_code == 200
    told = (await stranger.get(f"/api/presence/{named(ann)}")).json()
    assert set(told) == {"user_id", "status", "last_seen"}
    assert (told["user_id"], told["status"]) == (named(ann), seen)
    assert MOMENT.fullmatch(told["last_seen"])
    assert (await shown(stranger, ann))["custom_status"]["text"] == "Playing games"


async def test_heartbeat_keeps_presence_alive(ann: Person, stranger: httpx.AsyncClient) -> None:
    answer = await ann.ask("POST", "/api/presence/heartbeat")
    assert answer.status_code in (200, 204)
    told = (await stranger.get(f"/api/presence/{named(ann)}")).json()
    assert told["status"] == "online"
