"""How people are seen, in this dialect and from the other."""

import dataclasses
import re
import time
from typing import Any

import httpx
import pytest

from plexichat.app import House, create_app
from plexichat.config import Config, Presence
from plexichat.wryft.dialect import iso
from tests.api.line import Line, listening
from tests.cast import PASSWORD, Person, browser
from tests.town import found
from tests.town import join as admit
from tests.wryft.cast import named, path_of, refusal

NOBODY = "00000000-0000-8000-8000-00000000beef"
SHOWN = {"online": "online", "idle": "idle", "dnd": "dnd", "focus": "focus",
         "invisible": "offline"}  # fmt: skip


async def choose(person: Person, status: str, **more: Any) -> dict[str, Any]:
    answer = await person.post("/api/presence", {"status": status, **more})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def beat(person: Person) -> None:
    answer = await person.ask("POST", "/api/presence/heartbeat")
    assert (answer.status_code, answer.content) == (204, b"")


async def shown(person: Person, other: Person) -> str:
    answer = await person.get(f"/api/presence/{named(other)}")
    assert answer.status_code == 200
    assert answer.json()["user_id"] == named(other)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", answer.json()["last_seen"])
    return str(answer.json()["status"])


async def say(person: Person, **said: Any) -> dict[str, Any]:
    answer = await person.patch(f"/api/users/{named(person)}/status", said)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] | None = answer.json()["custom_status"]
    return told or {}


async def keep(person: Person, **wanted: Any) -> dict[str, Any]:
    answer = await person.patch(f"/api/users/{named(person)}/privacy", wanted)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def befriend(one: Person, other: Person) -> None:
    await one.post("/relationships", {"user_id": other.id})
    await other.put(f"/relationships/{one.id}/accept")


async def next_presence(line: Line) -> tuple[str, str | None]:
    """The status and text in the next news of somebody."""
    while (frame := await line.hear())["t"] != "PRESENCE_UPDATE":
        pass
    return frame["d"]["status"], frame["d"]["custom_status"]


class TestChoosing:
    @pytest.mark.parametrize("status", SHOWN)
    async def test_is_answered_and_seen(self, ann: Person, bob: Person, status: str) -> None:
        told = await choose(ann, status)
        assert (told["user_id"], told["status"]) == (named(ann), status)
        assert told["last_seen"].endswith("Z")
        assert await shown(bob, ann) == SHOWN[status]
        bulk = await bob.post("/api/presence/bulk", {"user_ids": [named(ann)]})
        assert bulk.json() == {named(ann): SHOWN[status]}

    async def test_of_focus_is_told_in_the_words_of_the_other_dialect(
        self, ann: Person, bob: Person, url: str
    ) -> None:
        await befriend(ann, bob)
        async with listening(url, bob) as bobs:
            await choose(ann, "focus", custom_status="Centering")
            assert await next_presence(bobs) == ("dnd", "Centering")
        seen = (await bob.get(f"/users/{ann.id}/presence")).json()
        assert (seen["status"], seen["custom_status"]) == ("dnd", "Centering")
        assert (await ann.get(f"/users/{ann.id}/presence")).json()["status"] == "dnd"
        (listed,) = (await bob.get("/relationships/@me")).json()
        assert listed["presence"]["status"] == "dnd"
        answer = await ann.put("/users/@me/presence", {"status": "focus"})
        assert answer.status_code == 400

    @pytest.mark.parametrize(
        "body",
        [
            {"status": "away"}, {"status": None}, {}, {"status": "dnd", "custom_status": "x" * 129},
            {"status": "offline", "custom_status": "x" * 129},
        ],
    )  # fmt: skip
    async def test_of_what_there_is_not_is_refused(
        self, ann: Person, bob: Person, body: dict[str, object]
    ) -> None:
        assert refusal(await ann.post("/api/presence", body))[0] == 400
        assert await shown(bob, ann) == "offline"

    async def test_takes_a_text_along(self, ann: Person, bob: Person) -> None:
        await choose(ann, "online", custom_status="Centering")
        status = (await bob.get(f"/api/users/{named(ann)}")).json()["custom_status"]
        assert status == {"text": "Centering", "emoji": None, "expires_at": None}
        await choose(ann, "idle")
        status = (await bob.get(f"/api/users/{named(ann)}")).json()["custom_status"]
        assert status["text"] == "Centering"

    async def test_there_is_chosen_here(self, ann: Person, bob: Person) -> None:
        await ann.put("/users/@me/presence", {"status": "idle"})
        assert await shown(bob, ann) == "idle"


class TestSeeing:
    async def test_needs_no_token(self, ann: Person, stranger: httpx.AsyncClient) -> None:
        await choose(ann, "dnd")
        answer = await stranger.get(f"/api/presence/{named(ann)}")
        assert (answer.status_code, answer.json()["status"]) == (200, "dnd")

    async def test_somebody_never_seen_or_unknown_finds_them_offline(
        self, ann: Person, bob: Person, stranger: httpx.AsyncClient
    ) -> None:
        assert await shown(ann, bob) == "offline"
        answer = await stranger.get(f"/api/presence/{NOBODY}")
        assert answer.status_code == 200
        assert (answer.json()["user_id"], answer.json()["status"]) == (NOBODY, "offline")
        assert refusal(await stranger.get("/api/presence/77")) == (400, "Invalid user id")

    async def test_does_not_pass_a_block(self, ann: Person, bob: Person) -> None:
        await choose(ann, "online", custom_status="Centering")
        await ann.ask("POST", f"/api/friends/block/{named(bob)}")
        assert await shown(bob, ann) == "offline"
        bulk = await bob.post("/api/presence/bulk", {"user_ids": [named(ann)]})
        assert bulk.json() == {named(ann): "offline"}
        assert (await bob.get(f"/api/users/{named(ann)}")).json()["custom_status"] is None

    async def test_several_at_once(self, ann: Person, bob: Person) -> None:
        await choose(ann, "focus")
        wanted = [named(ann), named(bob), NOBODY]
        answer = await bob.post("/api/presence/bulk", {"user_ids": wanted})
        assert answer.status_code == 200
        assert answer.json() == dict(zip(wanted, ("focus", "offline", "offline"), strict=True))
        assert (await bob.post("/api/presence/bulk", {"user_ids": []})).json() == {}
        hundred = await bob.post("/api/presence/bulk", {"user_ids": [NOBODY] * 100})
        assert hundred.json() == {NOBODY: "offline"}
        for wrong in ([NOBODY] * 101, ["77"], [7], None):
            answer = await bob.post("/api/presence/bulk", {"user_ids": wrong})
            assert refusal(answer)[0] == 400

    async def test_a_guild_shows_who_ever_was_there(
        self, ann: Person, bob: Person, cem: Person, dee: Person
    ) -> None:
        town = await found(ann)
        await admit(town, bob, cem)
        await choose(bob, "invisible")
        await beat(cem)
        answer = await ann.get(f"{path_of(town)}/presence")
        assert answer.status_code == 200
        assert {each["user_id"]: each["status"] for each in answer.json()} == {
            named(bob): "offline", named(cem): "online",
        }  # fmt: skip
        assert set(answer.json()[0]) == {"user_id", "status", "last_seen"}
        assert refusal(await dee.get(f"{path_of(town)}/presence"))[0] == 403
        assert refusal(await ann.get(f"/api/guilds/{NOBODY}/presence"))[0] == 404

    @pytest.mark.parametrize(
        ("method", "path"),
        [("POST", ""), ("POST", "/heartbeat"), ("POST", "/bulk")],
    )
    async def test_ones_own_needs_a_token(
        self, stranger: httpx.AsyncClient, method: str, path: str
    ) -> None:
        answer = await stranger.request(method, f"/api/presence{path}", json={})
        assert refusal(answer) == (401, "Authentication required")


class TestAHeartbeat:
    async def test_shows_somebody_as_they_chose_to_be_seen(self, ann: Person, bob: Person) -> None:
        await beat(ann)
        assert await shown(bob, ann) == "online"
        await choose(ann, "idle")
        await beat(ann)
        assert await shown(bob, ann) == "idle"


class TestLeaving:
    @pytest.fixture
    def config(self, config: Config) -> Config:
        return dataclasses.replace(config, presence=Presence(departure_seconds=1))

    async def test_is_believed_of_whoever_does_not_come_back(
        self, ann: Person, bob: Person, cem: Person, url: str
    ) -> None:
        for friend in (ann, bob):
            await choose(friend, "online")
            await befriend(friend, cem)
        async with listening(url, cem) as cems:
            for friend in (ann, bob):
                assert (await choose(friend, "offline"))["status"] == "offline"
                assert await shown(cem, friend) == "online"
            await choose(ann, "online")
            assert await next_presence(cems) == ("offline", None)
        assert (await shown(cem, ann), await shown(cem, bob)) == ("online", "offline")


class TestWithoutALease:
    @pytest.fixture
    def config(self, config: Config) -> Config:
        return dataclasses.replace(config, presence=Presence(lease_seconds=0, grace_seconds=0))

    async def test_somebody_is_gone_with_their_last_request_and_keeps_their_status(
        self, ann: Person, bob: Person, url: str
    ) -> None:
        await befriend(ann, bob)
        async with listening(url, bob) as bobs:
            await choose(ann, "idle")
            assert [await next_presence(bobs) for _ in range(2)] == [
                ("idle", None), ("offline", None),
            ]  # fmt: skip
            await beat(ann)
            assert [await next_presence(bobs) for _ in range(2)] == [
                ("idle", None), ("offline", None),
            ]  # fmt: skip


class TestACustomStatus:
    async def test_is_said_in_either_vocabulary_and_cleared(
        self, ann: Person, bob: Person
    ) -> None:
        await choose(ann, "online")
        wanted = {"text": "Glazing", "emoji": "🏺", "expires_at": "2131-01-02T03:04:05Z"}
        assert await say(ann, **wanted) == wanted
        seen = (await bob.get(f"/api/users/{named(ann)}")).json()
        assert (seen["custom_status"], seen["custom_status_emoji"]) == (wanted, "🏺")
        elsewhere = (await bob.get(f"/users/{ann.id}/presence")).json()
        assert (elsewhere["custom_status"], elsewhere["custom_emoji"]) == ("Glazing", "🏺")
        told = await say(ann, custom_status="Firing", custom_status_emoji="🔥")
        assert told == {"text": "Firing", "emoji": "🔥", "expires_at": None}
        assert (await say(ann, text="Trimming"))["emoji"] is None
        assert await say(ann, text=None, emoji=None) == {}
        assert (await bob.get(f"/users/{ann.id}/presence")).json()["custom_status"] is None

    async def test_may_be_said_by_who_is_not_here(self, ann: Person, bob: Person) -> None:
        await say(ann, text="back on Monday")
        assert await shown(bob, ann) == "offline"
        assert (await bob.get(f"/users/{ann.id}/presence")).json()["custom_status"] is None
        await beat(ann)
        seen = (await bob.get(f"/users/{ann.id}/presence")).json()
        assert seen["custom_status"] == "back on Monday"

    async def test_that_has_had_its_time_is_none(self, ann: Person) -> None:
        assert await say(ann, text="yesterday", expires_at="2001-01-02T03:04:05+01:00") == {}

    async def test_goes_by_itself_and_friends_hear_of_it(
        self, ann: Person, bob: Person, url: str
    ) -> None:
        await befriend(ann, bob)
        async with listening(url, ann) as anns, listening(url, bob) as bobs:
            await choose(ann, "online")
            await say(ann, text="one moment", expires_at=iso(_in(1_000)))
            while await next_presence(bobs) != ("online", "one moment"):
                pass
            assert await next_presence(bobs) == ("online", None)
            while await next_presence(anns) != ("online", "one moment"):
                pass
            assert await next_presence(anns) == ("online", None)
        assert (await ann.get("/api/users/me")).json()["custom_status"] is None

    async def test_goes_by_itself_after_a_restart(self, config: Config) -> None:
        house = await House.open(config)
        ann = await _settle(house)
        until = _in(60_000)
        assert await say(ann, text="one moment", expires_at=iso(until))
        await house.close()
        house = await House.open(config)
        ann.client = browser(create_app(house), ann.token)
        said = (await ann.get("/api/users/me")).json()["custom_status"]
        assert said["expires_at"] == iso(until)
        await house.close()

    @pytest.mark.parametrize(
        "body",
        [
            {"text": "x" * 129}, {"emoji": "x" * 65}, {"custom_status": "x" * 129}, {"text": 7},
            {"text": "x", "expires_at": "tomorrow"}, {"text": "x", "expires_at": 7},
        ],
    )  # fmt: skip
    async def test_that_cannot_be_is_refused(self, ann: Person, body: dict[str, object]) -> None:
        await say(ann, text="Glazing")
        answer = await ann.patch(f"/api/users/{named(ann)}/status", body)
        assert refusal(answer)[0] == 400
        assert (await ann.get("/api/users/me")).json()["custom_status"]["text"] == "Glazing"


class TestPrivacy:
    async def test_is_said_in_either_vocabulary(self, ann: Person) -> None:
        told = await keep(
            ann, allow_friend_requests=False, allow_dms_from_non_friends=False,
            show_online_status=False,
        )  # fmt: skip
        names = ("allow_friend_requests", "allow_dms", "show_online_status")
        assert [told[name] for name in names] == ["none", "friends", False]
        told = await keep(ann, allow_friend_requests=True, allow_dms_from_non_friends=True)
        assert [told[name] for name in names] == ["everyone", "everyone", False]
        wanted = {
            "allow_dms": "server_members", "allow_friend_requests": "friends_of_friends",
            "show_online_status": True, "explicit_content_filter": "none",
        }  # fmt: skip
        told = await keep(ann, **wanted)
        assert {name: told[name] for name in wanted} == wanted
        assert await keep(ann) == told

    @pytest.mark.parametrize(
        "body",
        [
            {"allow_dms": "some"}, {"allow_dms": True}, {"allow_friend_requests": "friends"},
            {"show_online_status": "yes"}, {"explicit_content_filter": "all"},
            {"allow_dms_from_non_friends": "everyone"},
        ],
    )  # fmt: skip
    async def test_that_cannot_be_is_refused(self, ann: Person, body: dict[str, object]) -> None:
        before = await keep(ann)
        answer = await ann.patch(
            f"/api/users/{named(ann)}/privacy", {"show_online_status": False, **body}
        )
        assert refusal(answer)[0] == 400
        assert await keep(ann) == before

    async def test_hides_that_somebody_is_here(self, ann: Person, bob: Person, url: str) -> None:
        await befriend(ann, bob)
        await choose(ann, "online")
        async with listening(url, bob) as bobs:
            await keep(ann, show_online_status=False)
            assert await next_presence(bobs) == ("offline", None)
            assert await shown(bob, ann) == "offline"
            await choose(ann, "dnd")
            await keep(ann, show_online_status=True)
            assert await next_presence(bobs) == ("dnd", None)

    @pytest.mark.parametrize("asks", ["here", "there"])
    async def test_says_who_may_ask(
        self, ann: Person, bob: Person, cem: Person, dee: Person, asks: str
    ) -> None:
        async def asked(person: Person) -> int:
            if asks == "here":
                answer = await person.post("/api/friends/requests", {"username": "ann"})
                told = answer.json().get("error")
            else:
                answer = await person.post("/relationships", {"user_id": ann.id})
                told = answer.json().get("error", {}).get("message")
            assert told in (None, "Permission denied")
            return answer.status_code

        await befriend(ann, dee)
        await befriend(bob, dee)
        await admit(await found(ann), cem)
        await keep(ann, allow_friend_requests="none")
        assert await asked(bob) == 403
        await keep(ann, allow_friend_requests="friends_of_friends")
        assert (await asked(cem), await asked(bob)) == (403, 200)
        await ann.delete(f"/relationships/{bob.id}")
        await keep(ann, allow_friend_requests="server_members")
        assert (await asked(bob), await asked(cem)) == (403, 200)

    async def test_says_who_may_write(
        self, ann: Person, bob: Person, cem: Person, dee: Person
    ) -> None:
        async def written(person: Person) -> int:
            answer = await person.post("/users/@me/channels", {"recipient_id": ann.id})
            return answer.status_code

        await befriend(ann, dee)
        await admit(await found(ann), cem)
        await keep(ann, allow_dms="server_members")
        settings = (await ann.get("/users/@me/messaging-settings")).json()
        assert settings["allow_dms_from"] == "friends", "the word that comes nearest there"
        assert [await written(each) for each in (bob, cem, dee)] == [403, 200, 200]
        await ann.patch("/users/@me/messaging-settings", {"compact_messages_enabled": False})
        assert (await keep(ann))["allow_dms"] == "server_members"
        await keep(ann, allow_dms="friends")
        assert [await written(each) for each in (bob, cem, dee)] == [403, 403, 200]
        await keep(ann, allow_dms="none")
        assert await written(dee) == 403
        await ann.patch("/users/@me/messaging-settings", {"allow_dms_from": "everyone"})
        assert (await keep(ann))["allow_dms"] == "everyone"
        assert await written(bob) == 200


def _in(ms: int) -> int:
    """A moment so soon, up to a second later: this wire knows whole seconds."""
    return (int(time.time() * 1000) + ms) // 1000 * 1000 + 1000


async def _settle(house: House) -> Person:
    app = create_app(house)
    async with browser(app) as client:
        form = {"username": "ann", "email": "ann@example.org", "password": PASSWORD}
        made = (await client.post("/auth/register", json=form)).json()
    return Person(app, made["user"], made["token"])
