"""Webhooks: managing them, and what programs post to them."""

import hashlib
from typing import Any

import httpx
import pytest

from plexichat.app import House
from plexichat.store.db import Snapshot
from tests import town
from tests.api.line import listening
from tests.cast import Person, refusal
from tests.town import Town

DENIED = (403, "Permission denied")


@pytest.fixture
async def street(ann: Person, bob: Person) -> Town:
    street = await town.found(ann)
    await town.join(street, bob)
    return street


@pytest.fixture
async def bell(street: Town, ann: Person) -> dict[str, Any]:
    """A webhook of Ann's in her server, as shown when it was made."""
    answer = await ann.post("/webhooks", {"channel_id": street.general, "name": "Doorbell"})
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


def door(bell: dict[str, Any], tail: str = "") -> str:
    return f"/webhooks/{bell['id']}/{bell['token']}{tail}"


async def history(person: Person, street: Town) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await person.get(f"/channels/{street.general}/messages")).json()
    return found


async def test_the_token_is_shown_when_made_and_never_again(
    bell: dict[str, Any], street: Town, ann: Person, house: House
) -> None:
    assert bell["url"] == f"{house.shapes.origin}/api/v1{door(bell)}"
    assert (bell["server_id"], bell["creator_id"]) == (street.id, ann.id)
    shown = (await ann.get(f"/webhooks/{bell['id']}")).json()
    assert shown == bell | {"token": None, "url": None}
    listed = {key: bell[key] for key in bell if key not in ("token", "url")}
    assert (await ann.get(f"/channels/{street.general}/webhooks")).json() == [listed]
    assert (await ann.get(f"/servers/{street.id}/webhooks")).json() == [listed]

    def kept(snap: Snapshot) -> bytes:
        row = snap.execute("SELECT token_hash FROM webhook").fetchone()
        return bytes(row[0])

    assert await house.db.read(kept) == hashlib.sha256(bell["token"].encode()).digest()


async def test_a_program_posts_and_everybody_hears_it(
    bell: dict[str, Any], street: Town, bob: Person, stranger: httpx.AsyncClient, url: str
) -> None:
    async with listening(url, bob) as line:
        body = {"content": "someone is at the door <@1> @everyone", "username": "Porch"}
        assert (await stranger.post(door(bell), json=body)).json() == {"success": True}
        (heard,) = [frame for frame in await line.beat() if frame["t"] == "MESSAGE_CREATE"]
    (message,) = await history(bob, street)
    for seen in (message, heard["d"]):
        assert seen["author_id"] == seen["webhook_id"] == bell["id"]
        assert (seen["author_username"], seen["author_avatar_url"]) == ("Porch", None)
        assert seen["content"] == body["content"]
    unread = (await bob.get("/users/@me/unread")).json()["unread_counts"]
    assert unread == {street.general: 1}


async def test_wait_answers_with_the_message(
    bell: dict[str, Any], stranger: httpx.AsyncClient
) -> None:
    picture = "https://pictures.example/bell.png"
    body = {"content": "ding", "avatar_url": picture}
    told = (await stranger.post(door(bell, "?wait=true"), json=body)).json()
    assert told | {"id": "", "created_at": 0} == {
        "id": "", "webhook_id": bell["id"], "channel_id": bell["channel_id"], "content": "ding",
        "username": "Doorbell", "avatar_url": picture, "created_at": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, (400, "Empty message")),
        ({"content": "  "}, (400, "Empty message")),
        ({"content": "x" * 2001}, (400, "Invalid content: more than 2000 characters")),
        ({"content": "x\0"}, (400, "Invalid content")),
        ({"content": 5}, (400, "Invalid content")),
        ({"content": "x", "username": "y" * 81}, (400, "Invalid content: username")),
        ({"content": "x", "avatar_url": "javascript:1"}, (400, "Invalid content: avatar_url")),
        ({"content": "x", "thread_id": "5"}, (400, "Invalid content: thread_id")),
        ({"embeds": [{"title": "x"}] * 11}, (400, "Invalid content: more than 10 embeds")),
    ],
)
async def test_a_bad_post_is_refused_and_leaves_nothing(
    bell: dict[str, Any], street: Town, bob: Person, stranger: httpx.AsyncClient,
    body: dict[str, Any], told: tuple[int, str],
) -> None:  # fmt: skip
    assert refusal(await stranger.post(door(bell), json=body)) == told
    assert await history(bob, street) == []


async def test_a_wrong_door_does_not_open(
    bell: dict[str, Any], stranger: httpx.AsyncClient
) -> None:
    body = {"content": "x"}
    told = {
        f"/webhooks/{bell['id']}/guess": (401, "Invalid token"),
        f"/webhooks/77/{bell['token']}": (404, "Webhook not found"),
        f"/webhooks/x/{bell['token']}": (400, "Invalid ID format"),
    }
    for path, expected in told.items():
        for tail in ("", "/slack", "/github"):
            assert refusal(await stranger.post(path + tail, json=body)) == expected


async def test_a_new_token_ends_the_old_one(
    bell: dict[str, Any], ann: Person, stranger: httpx.AsyncClient
) -> None:
    again = (await ann.post(f"/webhooks/{bell['id']}/regenerate-token")).json()
    assert again["token"] not in (None, bell["token"])
    old = await stranger.post(door(bell), json={"content": "x"})
    assert refusal(old) == (401, "Invalid token")
    assert (await stranger.post(door(again), json={"content": "x"})).status_code == 200


async def test_a_webhook_is_changed_moved_and_removed(
    bell: dict[str, Any], street: Town, ann: Person, stranger: httpx.AsyncClient, url: str
) -> None:
    other = (await ann.post(f"/servers/{street.id}/channels", {"name": "porch"})).json()["id"]
    async with listening(url, ann) as line:
        changes = {"name": "Bell", "channel_id": other, "avatar_url": "https://x.example/b.png"}
        changed = (await ann.patch(f"/webhooks/{bell['id']}", changes)).json()
        assert {key: changed[key] for key in changes} == changes
        heard = [f["d"]["channel_id"] for f in await line.beat() if f["t"] == "WEBHOOKS_UPDATE"]
        assert sorted(heard) == sorted([street.general, other])
    assert (await ann.delete(f"/webhooks/{bell['id']}")).json() == {"success": True}
    gone = await stranger.post(door(bell), json={"content": "x"})
    assert refusal(gone) == (404, "Webhook not found")
    assert refusal(await ann.get(f"/webhooks/{bell['id']}")) == (404, "Webhook not found")


async def test_it_does_not_move_to_another_server(bell: dict[str, Any], ann: Person) -> None:
    elsewhere = await town.found(ann, "Elm Street")
    answer = await ann.patch(f"/webhooks/{bell['id']}", {"channel_id": elsewhere.general})
    assert refusal(answer) == (400, "Invalid input: channel_id")


async def test_only_who_manages_webhooks_does(
    bell: dict[str, Any], street: Town, bob: Person, cem: Person
) -> None:
    body = {"channel_id": street.general, "name": "x"}
    path = f"/webhooks/{bell['id']}"
    assert refusal(await bob.post("/webhooks", body)) == DENIED
    assert refusal(await bob.get(path)) == (403, "Access denied")
    assert refusal(await bob.patch(path, {"name": "x"})) == DENIED
    assert refusal(await bob.delete(path)) == DENIED
    assert refusal(await bob.post(f"{path}/regenerate-token")) == DENIED
    assert refusal(await bob.get(f"/channels/{street.general}/webhooks")) == DENIED
    assert refusal(await bob.get(f"/servers/{street.id}/webhooks")) == DENIED
    assert refusal(await cem.delete(path)) == (403, "Access denied")
    await town.allow(street, bob, "webhooks.manage")
    assert (await bob.delete(path)).status_code == 200


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"name": "x"}, (400, "Invalid input: channel_id")),
        ({"channel_id": "x", "name": "x"}, (400, "Invalid channel ID")),
        ({"channel_id": "77", "name": "x"}, (404, "Channel not found")),
        ({"channel_id": "{general}"}, (400, "Invalid input: name")),
        ({"channel_id": "{general}", "name": " "}, (400, "Invalid input: name")),
        ({"channel_id": "{general}", "name": "x" * 81}, (400, "Invalid input: name")),
        ({"channel_id": "{general}", "name": "x", "avatar_url": "x"},
         (400, "Invalid input: avatar_url")),
    ],
)  # fmt: skip
async def test_a_bad_webhook_is_refused(
    street: Town, ann: Person, body: dict[str, str], told: tuple[int, str]
) -> None:
    filled = {key: value.format(general=street.general) for key, value in body.items()}
    assert refusal(await ann.post("/webhooks", filled)) == told


async def test_the_eleventh_webhook_of_a_channel_is_refused(street: Town, ann: Person) -> None:
    body = {"channel_id": street.general, "name": "x"}
    answers = [await ann.post("/webhooks", body) for _ in range(11)]
    assert refusal(answers[-1]) == (400, "Webhook limit")


async def test_what_a_program_wrote_is_deleted_by_who_manages_messages(
    bell: dict[str, Any], street: Town, ann: Person, bob: Person, stranger: httpx.AsyncClient
) -> None:
    told = (await stranger.post(door(bell, "?wait=true"), json={"content": "x"})).json()
    path = f"/channels/{street.general}/messages/{told['id']}"
    assert refusal(await bob.delete(path)) == DENIED
    assert (await ann.delete(path)).status_code == 200


async def test_slack_senders_post_unchanged(
    bell: dict[str, Any], street: Town, bob: Person, stranger: httpx.AsyncClient
) -> None:
    body = {
        "text": "build *failed*",
        "username": "ci",
        "icon_url": "https://ci.example/icon.png",
        "channel": "#builds",
        "attachments": [
            {
                "fallback": "plain", "color": "danger", "title": "Build 7",
                "title_link": "https://ci.example/7", "text": "three tests", "ts": 1735200000,
                "fields": [{"title": "Branch", "value": "main", "short": True}],
                "footer": "ci.example", "author_name": "mira",
            },
            {"fallback": "only this", "color": "36a64f"},
        ],
    }  # fmt: skip
    for tail in ("", "/slack"):
        assert (await stranger.post(door(bell, tail), json=body)).status_code == 200
    for message in await history(bob, street):
        assert (message["author_username"], message["content"]) == ("ci", "build *failed*")
        card, plain = message["embeds"]
        assert (card["title"], card["url"]) == ("Build 7", "https://ci.example/7")
        assert (card["color"], card["description"]) == ("#E01E5A", "three tests")
        assert card["fields"] == [{"name": "Branch", "value": "main", "inline": True}]
        assert card["timestamp"].startswith("2024-12-26T08:00:00")
        assert (plain["description"], plain["color"]) == ("only this", "#36A64F")


async def test_links_and_calls_of_slack_senders_become_readable(
    bell: dict[str, Any], stranger: httpx.AsyncClient
) -> None:
    text = "<https://ci.example/7|Build 7> &lt;main&gt; &amp;amp; <https://ci.example> <!here>"
    told = await stranger.post(door(bell, "/slack?wait=true"), json={"text": text})
    assert told.json()["content"] == (
        "[Build 7](https://ci.example/7) <main> &amp; https://ci.example @here"
    )


async def test_discord_senders_post_unchanged(
    bell: dict[str, Any], street: Town, bob: Person, stranger: httpx.AsyncClient
) -> None:
    body = {
        "content": "new video", "username": "Feed", "tts": False, "flags": 4,
        "allowed_mentions": {"parse": []},
        "embeds": [{"title": "Soup", "color": 5814783, "timestamp": "2026-01-02T03:04:05.000Z"}],
    }  # fmt: skip
    assert (await stranger.post(door(bell), json=body)).status_code == 200
    (message,) = await history(bob, street)
    assert message["embeds"][0]["color"] == "#58B9FF"


REPOSITORY = {"full_name": "mira/soup"}
SENDER = {"login": "mira", "html_url": "https://github.example/mira"}


@pytest.mark.parametrize(
    ("event", "body", "title"),
    [
        ("ping", {"zen": "soup"}, "[mira/soup] is connected"),
        ("push", {"ref": "refs/heads/main", "compare": "https://github.example/c", "commits": [
            {"id": "abcdef0123", "message": "Add salt\n\nmore", "author": {"name": "Mira"}}]},
         "[mira/soup:main] 1 new commit"),
        ("push", {"ref": "refs/tags/v1", "created": True, "commits": []},
         "[mira/soup:v1] new tag"),
        ("push", {"ref": "refs/heads/old", "deleted": True}, "[mira/soup:old] deleted"),
        ("push", {"ref": "refs/heads/main", "commits": []}, None),
        ("pull_request", {"action": "opened", "pull_request": {"number": 7, "title": "Salt"}},
         "[mira/soup] Pull request opened: #7 Salt"),
        ("pull_request", {"action": "closed", "pull_request": {
            "number": 7, "title": "Salt", "merged": True}},
         "[mira/soup] Pull request merged: #7 Salt"),
        ("pull_request", {"action": "labeled", "pull_request": {"number": 7}}, None),
        ("issues", {"action": "opened", "issue": {"number": 3, "title": "Cold", "body": "brr"}},
         "[mira/soup] Issue opened: #3 Cold"),
        ("release", {"action": "published", "release": {"tag_name": "v1"}},
         "[mira/soup] Release published: v1"),
        ("star", {"action": "created"}, None),
        ("push", {"commits": "nonsense", "ref": 5}, None),
    ],
)  # fmt: skip
async def test_a_repository_tells_what_happened(
    bell: dict[str, Any], street: Town, bob: Person, stranger: httpx.AsyncClient,
    event: str, body: dict[str, Any], title: str | None,
) -> None:  # fmt: skip
    sent = {"repository": REPOSITORY, "sender": SENDER, **body}
    answer = await stranger.post(
        door(bell, "/github"), json=sent, headers={"X-GitHub-Event": event}
    )
    assert answer.json() == {"success": True}
    found = await history(bob, street)
    assert [message["embeds"][0]["title"] for message in found] == ([title] if title else [])
    if found:
        assert found[0]["author_username"] == "GitHub"
        assert found[0]["embeds"][0]["author"]["name"] == "mira"
