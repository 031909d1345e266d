"""Profiles, and what one has in common with others."""

import dataclasses
from typing import Any

import httpx
import pytest

from plexichat.config import Config, Wryft
from tests import town
from tests.cast import Person
from tests.wryft.cast import named, refusal

NOBODY = "00000000-0000-8000-8000-00000000beef"


async def patch(person: Person, what: str, **body: Any) -> dict[str, Any]:
    answer = await person.patch(f"/api/users/{named(person)}/{what}", body)
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def seen(person: Person, other: Person) -> dict[str, Any]:
    answer = await person.get(f"/api/users/{named(other)}")
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


class TestAProfile:
    async def test_has_every_name_of_both_vocabularies(
        self, stranger: httpx.AsyncClient, ann: Person
    ) -> None:
        shown = (await stranger.get(f"/api/users/{named(ann)}")).json()
        assert shown.pop("created_at").endswith("Z")
        assert shown == {
            "id": named(ann), "username": "ann", "discriminator": f"{ann.number % 10000:04}",
            "avatar": None, "avatar_url": None, "banner": None, "banner_url": None, "bio": None,
            "about_me": None, "pronouns": None, "timezone": None, "banner_color": None,
            "banner_color_secondary": None, "theme_config": None, "is_premium": False,
            "premium_since": None, "custom_status": None, "custom_status_emoji": None,
        }  # fmt: skip

    async def test_tells_its_owner_more(self, ann: Person) -> None:
        mine = {
            "email": "ann@example.org", "allow_dms": "everyone",
            "allow_friend_requests": "everyone", "show_online_status": True,
            "explicit_content_filter": "friends",
        }  # fmt: skip
        shown = await seen(ann, ann)
        assert {name: shown[name] for name in mine} == mine
        assert (await ann.get("/api/users/me")).json() == shown

    async def test_of_nobody_is_not_there(self, ann: Person, stranger: httpx.AsyncClient) -> None:
        assert refusal(await stranger.get(f"/api/users/{NOBODY}")) == (404, "User not found")
        assert refusal(await ann.get("/api/users/77")) == (400, "Invalid user id")
        assert refusal(await stranger.get("/api/users/me"))[0] == 401

    async def test_is_changed_in_the_words_of_the_documents(self, ann: Person) -> None:
        wanted = {
            "bio": "Kiln open Sundays", "avatar": "https://pics.example/a.png",
            "banner": "https://pics.example/b.png", "pronouns": "she/her",
            "timezone": "Europe/Lisbon",
        }  # fmt: skip
        shown = await patch(ann, "profile", **wanted)
        assert {name: shown[name] for name in wanted} == wanted
        assert shown["about_me"] == wanted["bio"]
        assert (shown["avatar_url"], shown["banner_url"]) == (wanted["avatar"], wanted["banner"])
        assert (await ann.get("/users/@me")).json()["avatar_url"] == wanted["avatar"]

    async def test_is_changed_in_the_words_of_the_client(self, ann: Person) -> None:
        wanted = {
            "about_me": "Kiln open Sundays", "avatar_url": "https://pics.example/a.png",
            "banner_url": "https://pics.example/b.png", "pronouns": "she/her",
            "timezone": "Europe/Lisbon", "banner_color": "#aa00FF",
            "banner_color_secondary": "#000000", "theme_config": {"dark": [1, {"deep": None}]},
        }  # fmt: skip
        shown = await patch(ann, "profile", **wanted)
        assert {name: shown[name] for name in wanted} == wanted
        assert await patch(ann, "profile", **dict.fromkeys(wanted)) == shown
        assert await patch(ann, "profile", unknown="passed over") == shown
        shown = await patch(ann, "profile", **dict.fromkeys(set(wanted) - {"theme_config"}, ""))
        assert {shown[name] for name in wanted if name != "theme_config"} == {None}

    async def test_believes_the_documents_where_the_client_says_something_else(
        self, ann: Person
    ) -> None:
        shown = await patch(ann, "profile", bio="seed", about_me="client")
        assert shown["bio"] == "seed"

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("bio", "b" * 1001), ("about_me", "b" * 1001), ("pronouns", "p" * 41),
            ("timezone", "t" * 65), ("banner_color", "red"), ("banner_color", "#12345"),
            ("banner_color_secondary", "#1234567"), ("theme_config", "dark"),
            ("theme_config", {"a": "x" * 20_000}), ("avatar", "javascript:alert(1)"),
            ("banner", "ftp://pics.example/b.png"), ("avatar", f"/api/files/{NOBODY}"),
            ("bio", 7),
        ],
    )  # fmt: skip
    async def test_takes_nothing_that_is_wrong(
        self, ann: Person, name: str, value: object
    ) -> None:
        before = await seen(ann, ann)
        path = f"/api/users/{named(ann)}/profile"
        answer = await ann.patch(path, {"pronouns": "they", name: value})
        assert refusal(answer)[0] == 400
        assert await seen(ann, ann) == before

    async def test_may_be_as_long_as_it_may(self, ann: Person) -> None:
        wanted = {"bio": "b" * 1000, "pronouns": "p" * 40, "timezone": "t" * 64}
        shown = await patch(ann, "profile", **wanted)
        assert {name: shown[name] for name in wanted} == wanted

    @pytest.mark.parametrize("what", ["profile", "username", "status", "privacy"])
    async def test_is_changed_by_nobody_else(
        self, ann: Person, bob: Person, stranger: httpx.AsyncClient, what: str
    ) -> None:
        path, body = f"/api/users/{named(ann)}/{what}", {"username": "eve"}
        assert refusal(await bob.patch(path, body)) == (
            403, "Permission denied: this is not your account",
        )  # fmt: skip
        assert refusal(await stranger.patch(path, json=body))[0] == 401


class TestAName:
    async def test_is_changed(self, ann: Person) -> None:
        told = await patch(ann, "username", username="ann.clay")
        assert told == {"success": True, "username": "ann.clay"}
        assert (await ann.get("/users/@me")).json()["username"] == "ann.clay"

    async def test_that_is_not_to_be_had_is_no_error(self, ann: Person, bob: Person) -> None:
        told = await patch(ann, "username", username="BOB")
        assert told == {"success": False, "error": "Already exists: username"}
        told = await patch(ann, "username", username="a b")
        assert told == {"success": False, "error": "Invalid input: username"}
        answer = await ann.patch(f"/api/users/{named(ann)}/username", {})
        assert refusal(answer) == (400, "Invalid input: username")


class TestTheMutual:
    @pytest.fixture
    async def pottery(self, ann: Person, bob: Person, cem: Person) -> town.Town:
        for name, people in (("zebra house", (bob,)), ("Alone", ()), ("not his", (cem,))):
            await town.join(await town.found(ann, name), *people)
        pottery = await town.found(ann, "Pottery Club")
        await town.join(pottery, bob)
        return pottery

    async def test_guilds_come_by_name(self, ann: Person, bob: Person, pottery: town.Town) -> None:
        answer = await ann.get(f"/api/users/{named(ann)}/mutual-guilds/{named(bob)}")
        assert answer.status_code == 200
        club, house = answer.json()
        assert club.pop("id") != house.pop("id")
        assert club == {"name": "Pottery Club", "icon": "PO", "icon_url": None}
        assert house == {"name": "zebra house", "icon": "ZE", "icon_url": None}

    async def test_friends_come_by_name(
        self, ann: Person, bob: Person, cem: Person, dee: Person
    ) -> None:
        for one, other in ((ann, dee), (bob, dee), (ann, cem), (bob, cem), (ann, bob)):
            await one.post("/relationships", {"user_id": other.id})
            await other.put(f"/relationships/{one.id}/accept")
        answer = await ann.get(f"/api/users/{named(ann)}/mutual-friends/{named(bob)}")
        assert answer.status_code == 200
        assert answer.json() == [
            {"id": named(each), "username": each.username, "avatar": None, "avatar_url": None}
            for each in (cem, dee)
        ]

    @pytest.mark.parametrize("what", ["mutual-guilds", "mutual-friends"])
    async def test_are_ones_own(self, ann: Person, bob: Person, what: str) -> None:
        path = f"/api/users/{named(bob)}/{what}/{named(ann)}"
        assert refusal(await ann.get(path))[0] == 403
        path = f"/api/users/{named(ann)}/{what}/{NOBODY}"
        assert refusal(await ann.get(path)) == (404, "User not found")
        path = f"/api/users/{named(ann)}/{what}/nonsense"
        assert refusal(await ann.get(path)) == (400, "Invalid target user id")


class TestTheClientOfToday:
    @pytest.fixture
    def config(self, config: Config) -> Config:
        return dataclasses.replace(config, wryft=Wryft(legacy_client=True))

    async def test_gets_a_status_it_can_show(self, ann: Person, bob: Person) -> None:
        await patch(ann, "status", text="Glazing", emoji="🏺")
        shown = await seen(bob, ann)
        assert (shown["custom_status"], shown["custom_status_emoji"]) == ("Glazing", "🏺")
        await patch(ann, "status", text=None, emoji=None)
        assert (await seen(bob, ann))["custom_status"] is None
