"""Presence and typing: what is set, what is seen, and who is told."""

import asyncio
import dataclasses
import threading
from collections.abc import Sequence
from typing import Any

import pytest

from plexichat.app import House, create_app
from plexichat.config import Config, Presence
from plexichat.store.calls import Call
from tests.api.friends import befriend, block
from tests.api.line import Line, dial, listening
from tests.api.queueing import held, reading_held
from tests.cast import PASSWORD, Person, browser, refusal
from tests.town import found, join

OFFLINE = {"status": "offline", "custom_status": None, "custom_emoji": None}


async def seen(viewer: Person, other: Person) -> dict[str, Any]:
    answer = await viewer.get(f"/users/{other.id}/presence")
    assert answer.status_code == 200
    shown: dict[str, Any] = answer.json()
    assert shown.pop("user_id") == other.id
    return shown


async def next_presence(line: Line) -> dict[str, Any]:
    """The next thing this line is told of anybody's presence."""
    while True:
        frame = await line.hear()
        if frame.get("t") == "PRESENCE_UPDATE":
            told: dict[str, Any] = frame["d"]
            return told


async def presences(line: Line) -> list[dict[str, Any]]:
    return [frame["d"] for frame in await line.beat() if frame["t"] == "PRESENCE_UPDATE"]


async def test_setting_a_presence_answers_with_it(ann: Person) -> None:
    wanted = {"status": "dnd", "custom_status": "exam", "custom_emoji": ":computer:"}
    answer = await ann.put("/users/@me/presence", wanted)
    assert answer.status_code == 200
    told = answer.json()
    assert isinstance(told.pop("last_seen"), int)
    assert told == wanted | {"user_id": ann.id}


@pytest.mark.parametrize("status", ["online", "idle", "dnd", "invisible", "offline"])
async def test_each_status_is_reported_back_to_oneself(ann: Person, status: str) -> None:
    answer = await ann.put("/users/@me/presence", {"status": status})
    assert answer.json()["status"] == status
    assert (await seen(ann, ann))["status"] == status


@pytest.mark.parametrize(
    ("body", "status", "phrase"),
    [
        ({}, 400, "Invalid status"),
        ({"status": None}, 400, "Invalid status"),
        ({"status": "away"}, 400, "Invalid status"),
        ({"status": "Online"}, 400, "Invalid status"),
        ({"status": 1}, 400, "Invalid status"),
        ({"status": "idle", "custom_status": "x" * 129}, 400, "Invalid input: custom_status"),
        ({"status": "idle", "custom_emoji": "x" * 65}, 400, "Invalid input: custom_emoji"),
    ],
)
async def test_a_bad_presence_is_refused_and_changes_nothing(
    ann: Person, body: dict[str, object], status: int, phrase: str
) -> None:
    await ann.put("/users/@me/presence", {"status": "dnd", "custom_status": "exam"})
    answer = await ann.put("/users/@me/presence", body)
    assert answer.status_code == status
    assert answer.json()["error"]["message"].startswith(phrase)
    kept = await seen(ann, ann)
    assert (kept["status"], kept["custom_status"]) == ("dnd", "exam")


async def test_text_and_emoji_stay_unless_named_and_go_when_empty(ann: Person) -> None:
    async def put(**wanted: object) -> tuple[object, object]:
        told = (await ann.put("/users/@me/presence", {"status": "idle", **wanted})).json()
        return told["custom_status"], told["custom_emoji"]

    assert await put(custom_status="soup", custom_emoji="🍲") == ("soup", "🍲")
    assert await put() == ("soup", "🍲")
    assert await put(custom_status=None) == (None, "🍲")
    assert await put(custom_status="tea", custom_emoji="") == ("tea", None)


@pytest.mark.parametrize("user_id", ["77", "9" * 19, "9" * 40])
async def test_an_unknown_person_is_offline(ann: Person, user_id: str) -> None:
    answer = await ann.get(f"/users/{user_id}/presence")
    assert answer.status_code == 200
    assert answer.json()["user_id"] == user_id
    assert answer.json()["status"] == "offline"
    assert answer.json()["last_seen"] is None


async def test_a_bad_user_id_is_400(ann: Person) -> None:
    assert refusal(await ann.get("/users/x/presence")) == (400, "Invalid user ID")


async def test_a_presence_set_without_a_socket_shows(ann: Person, bob: Person) -> None:
    await ann.put("/users/@me/presence", {"status": "idle", "custom_status": "soup"})
    shown = await seen(bob, ann)
    assert (shown["status"], shown["custom_status"]) == ("idle", "soup")
    assert shown["last_seen"] is not None


@pytest.mark.parametrize("status", ["invisible", "offline"])
async def test_who_hides_is_offline_to_others_without_a_trace(
    ann: Person, bob: Person, status: str
) -> None:
    await ann.put("/users/@me/presence", {"status": "idle", "custom_status": "soup"})
    await ann.put("/users/@me/presence", {"status": status})
    hidden = await seen(bob, ann)
    assert hidden == OFFLINE | {"last_seen": hidden["last_seen"]}


async def test_a_blocked_pair_sees_nothing_of_each_other(ann: Person, bob: Person) -> None:
    for person in (ann, bob):
        await person.put("/users/@me/presence", {"status": "online", "custom_status": "soup"})
    await block(ann, bob)
    assert await seen(ann, bob) == OFFLINE | {"last_seen": None}
    assert await seen(bob, ann) == OFFLINE | {"last_seen": None}


async def test_friends_are_told_of_a_change_and_strangers_are_not(
    ann: Person, bob: Person, cem: Person, url: str
) -> None:
    await befriend(ann, bob)
    async with listening(url, bob) as bobs, listening(url, cem) as cems:
        await ann.put("/users/@me/presence", {"status": "dnd", "custom_emoji": "🍲"})
        told = {"user_id": ann.id, "status": "dnd", "custom_status": None, "custom_emoji": "🍲"}
        assert await presences(bobs) == [told]
        assert await presences(cems) == []


async def test_ones_own_sockets_hear_the_truth_and_friends_the_outside(
    ann: Person, bob: Person, url: str
) -> None:
    await befriend(ann, bob)
    async with listening(url, bob) as bobs, listening(url, ann) as anns:
        assert (await next_presence(bobs))["status"] == "online"
        await ann.put("/users/@me/presence", {"status": "invisible", "custom_status": "shh"})
        assert (await presences(anns))[-1]["status"] == "invisible"
        assert await presences(bobs) == [OFFLINE | {"user_id": ann.id}]
        await ann.put("/users/@me/presence", {"status": "invisible", "custom_status": "psst"})
        assert await presences(bobs) == []


async def test_a_refused_choice_is_as_if_nobody_had_asked(
    ann: Person, bob: Person, url: str
) -> None:
    wrong = {"status": "online", "custom_status": "x" * 129}
    assert (await ann.put("/users/@me/presence", wrong)).status_code == 400
    assert (await seen(bob, ann))["status"] == "offline"
    async with listening(url, ann):
        assert (await ann.put("/users/@me/presence", wrong)).status_code == 400
        assert (await seen(bob, ann))["status"] == "online"


async def test_op_3_is_the_same_as_put(ann: Person, bob: Person, url: str) -> None:
    await befriend(ann, bob)
    async with listening(url, bob) as bobs, listening(url, ann) as anns:
        await next_presence(bobs)
        await anns.say(3, status="idle", custom_status="tea")
        told = await next_presence(bobs)
        assert (told["status"], told["custom_status"]) == ("idle", "tea")
        await anns.say(3, status="nonsense")
        await anns.say(3, status=["x"])
        await anns.say(3, status="dnd", custom_status="a\0b")
        await anns.beat()
        kept = await seen(ann, ann)
        assert (kept["status"], kept["custom_status"]) == ("idle", "tea")


async def test_ready_shows_the_friends_who_are_there(ann: Person, bob: Person, url: str) -> None:
    await befriend(ann, bob)
    async with listening(url, bob) as bobs:
        await bobs.say(3, status="dnd", custom_status="exam")
        await next_presence(bobs)
        async with listening(url, ann) as anns:
            told = {"user_id": bob.id, "status": "dnd", "custom_status": "exam",
                    "custom_emoji": None}  # fmt: skip
            assert anns.ready["presences"] == [told]


async def test_a_newcomer_is_told_who_is_there_without_a_socket(
    ann: Person, bob: Person, url: str
) -> None:
    town = await found(ann)
    await ann.put("/users/@me/presence", {"status": "idle"})
    async with listening(url, bob) as line:
        await join(town, bob)
        (told,) = [frame["d"] for frame in await line.beat() if frame["t"] == "GUILD_CREATE"]
        assert [(each["user_id"], each["status"]) for each in told["presences"]] == [
            (ann.id, "idle")
        ]


async def identifying(house: House, line: Line, person: Person) -> "asyncio.Task[None]":
    """Somebody's READY, waiting for the readers, who are held; that they came is known by then."""
    ready = asyncio.create_task(line.identify(person))
    while not (house.db._reads.qsize() and house.attendance.here(person.number)):
        await asyncio.sleep(0)
    await house.db.write(lambda tx: None)
    return ready


async def test_who_comes_while_ready_is_read_is_in_it_or_told_after_it(
    ann: Person, bob: Person, url: str, house: House
) -> None:
    await join(await found(ann), bob)
    async with dial(url) as line:
        async with reading_held(house):
            ready = await identifying(house, line, ann)
            await bob.put("/users/@me/presence", {"status": "idle"})
        await ready
        told = [*line.ready["presences"], *await presences(line)]
        assert [(each["user_id"], each["status"]) for each in told] == [(bob.id, "idle")]


async def test_what_ready_read_before_it_was_told_is_told_after_it(
    ann: Person, bob: Person, url: str, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await befriend(ann, bob)
    committed, go_on = threading.Event(), threading.Event()
    hand_over = house.db._results.hand_over

    def late(calls: Sequence[Call], commit: int) -> None:
        if commit:  # a reader's has none
            committed.set()
            go_on.wait()
        hand_over(calls, commit)

    async with dial(url) as line:
        async with reading_held(house):
            ready = await identifying(house, line, ann)
            monkeypatch.setattr(house.db._results, "hand_over", late)
            choosing = asyncio.create_task(bob.put("/users/@me/presence", {"status": "idle"}))
            while not committed.is_set():
                await asyncio.sleep(0)
        await ready
        assert line.ready["presences"] == []
        go_on.set()
        await choosing
        assert [each["status"] for each in await presences(line)] == ["idle"]


async def test_a_new_friend_is_told_who_is_there(ann: Person, bob: Person, url: str) -> None:
    async with listening(url, ann) as anns, listening(url, bob) as bobs:
        await befriend(ann, bob)
        assert (await next_presence(anns))["user_id"] == bob.id
        assert (await next_presence(bobs))["user_id"] == ann.id


async def test_typing_is_told_to_the_rest_of_the_channel(
    ann: Person, bob: Person, url: str
) -> None:
    dm = await ann.dm(bob)
    async with listening(url, ann) as anns, listening(url, bob) as bobs:
        assert (await ann.post(f"/channels/{dm}/typing")).json() == {"success": True}
        (told,) = await bobs.beat()
        assert told["t"] == "TYPING_START"
        assert told["d"].pop("timestamp") > 1_700_000_000
        assert told["d"] == {
            "channel_id": dm, "user_id": ann.id, "username": "ann", "guild_id": None,
                "server_id": None,
        }  # fmt: skip
        assert await anns.beat() == []


async def test_a_message_or_op_41_ends_typing(ann: Person, bob: Person, url: str) -> None:
    dm = await ann.dm(bob)
    async with listening(url, ann) as anns, listening(url, bob) as bobs:
        await anns.say(40, channel_id=dm)
        assert (await bobs.hear())["t"] == "TYPING_START"
        await anns.say(41, channel_id=dm)
        stopped = await bobs.hear()
        assert (stopped["t"], stopped["d"]) == (
            "TYPING_STOP",
            {"channel_id": dm, "user_id": ann.id, "server_id": None, "guild_id": None},
        )  # fmt: skip
        await anns.say(40, channel_id=int(dm))
        assert (await bobs.hear())["t"] == "TYPING_START"
        await ann.say(dm, "soup")
        assert {(await bobs.hear())["t"] for _ in range(2)} == {"TYPING_STOP", "MESSAGE_CREATE"}


async def test_typing_needs_access(ann: Person, bob: Person, cem: Person) -> None:
    dm = await ann.dm(bob)
    assert refusal(await cem.post(f"/channels/{dm}/typing")) == (403, "Access denied")
    assert refusal(await cem.post("/channels/77/typing")) == (404, "Channel not found")
    assert refusal(await cem.post("/channels/x/typing")) == (400, "Invalid channel ID")


async def test_typing_that_cannot_be_meant_changes_nothing(
    ann: Person, bob: Person, cem: Person, url: str
) -> None:
    dm = await ann.dm(bob)
    async with listening(url, cem) as cems, listening(url, bob) as bobs:
        nonsense: tuple[dict[str, object], ...] = (
            {"channel_id": dm}, {"channel_id": "x"}, {"channel_id": []}, {},
        )  # fmt: skip
        for said in nonsense:
            await cems.say(40, **said)
            await cems.say(41, **said)
        await cems.beat()
        assert await bobs.beat() == []


async def test_who_keeps_their_typing_to_themselves_is_not_told_of(
    ann: Person, bob: Person, url: str
) -> None:
    dm = await ann.dm(bob)
    await ann.patch("/users/@me/messaging-settings", {"typing_indicators_enabled": False})
    async with listening(url, bob) as bobs:
        assert (await ann.post(f"/channels/{dm}/typing")).status_code == 200
        assert await bobs.beat() == []


async def test_typing_does_not_pass_a_block(ann: Person, bob: Person, url: str) -> None:
    dm = await ann.dm(bob)
    await block(bob, ann)
    async with listening(url, bob) as bobs:
        assert (await ann.post(f"/channels/{dm}/typing")).status_code == 200
        assert await bobs.beat() == []


class TestWithoutGrace:
    @pytest.fixture
    def config(self, config: Config) -> Config:
        return dataclasses.replace(config, presence=Presence(grace_seconds=0))

    async def test_who_chooses_while_their_last_socket_closes_is_seen_when_they_come_back(
        self, house: House, ann: Person, bob: Person, url: str
    ) -> None:
        await befriend(ann, bob)
        async with listening(url, ann) as line:
            async with held(house) as queue:
                choosing = await queue(ann.put("/users/@me/presence", {"status": "idle"}))
                line.socket.transport.abort()
                while house.hub.connected(ann.number) or not house.db._writes.qsize() > 2:
                    await asyncio.sleep(0)
            assert (await choosing).status_code == 200
        async with listening(url, ann):
            await ann.dm(bob)  # written after her coming has been
            assert (await seen(bob, ann))["status"] == "idle"


class TestAtOnce:
    """Nothing to wait for: the grace, the lease and the typing time-out are next to nothing."""

    @pytest.fixture
    def config(self, config: Config) -> Config:
        rules = Presence(grace_seconds=0, lease_seconds=0, typing_timeout_ms=1)
        return dataclasses.replace(config, presence=rules)

    async def test_typing_passes_by_itself(self, ann: Person, bob: Person, url: str) -> None:
        dm = await ann.dm(bob)
        async with listening(url, bob) as bobs:
            await ann.post(f"/channels/{dm}/typing")
            assert [(await bobs.hear())["t"] for _ in range(2)] == ["TYPING_START", "TYPING_STOP"]

    async def test_friends_hear_of_coming_and_going_once_per_person(
        self, ann: Person, bob: Person, url: str
    ) -> None:
        await befriend(ann, bob)
        async with listening(url, bob) as bobs:
            async with dial(url) as one, dial(url) as two:
                await one.identify(ann)
                assert (await next_presence(bobs))["status"] == "online"
                await two.identify(ann)
                await one.socket.close()
                await one.socket.wait_closed()
                assert await presences(bobs) == []
            assert await next_presence(bobs) == OFFLINE | {"user_id": ann.id}

    async def test_a_chosen_status_survives_a_reconnect(
        self, ann: Person, bob: Person, url: str
    ) -> None:
        await befriend(ann, bob)
        async with listening(url, bob) as bobs:
            async with listening(url, ann) as anns:
                await next_presence(bobs)
                await anns.say(3, status="idle", custom_status="tea")
                await next_presence(bobs)
            assert (await next_presence(bobs))["status"] == "offline"
            gone = await seen(bob, ann)
            assert gone == OFFLINE | {"last_seen": gone["last_seen"]}
            assert gone["last_seen"] is not None
            async with listening(url, ann):
                told = await next_presence(bobs)
                assert (told["status"], told["custom_status"]) == ("idle", "tea")

    async def test_who_comes_back_invisible_is_not_announced(
        self, ann: Person, bob: Person, url: str
    ) -> None:
        await befriend(ann, bob)
        await ann.put("/users/@me/presence", {"status": "invisible"})
        async with listening(url, bob) as bobs:
            async with listening(url, ann) as anns:
                await anns.beat()
            assert await presences(bobs) == []

    async def test_a_presence_without_a_socket_ends_with_its_lease(
        self, ann: Person, bob: Person, url: str
    ) -> None:
        await befriend(ann, bob)
        async with listening(url, bob) as bobs:
            await ann.put("/users/@me/presence", {"status": "dnd"})
            assert [(await next_presence(bobs))["status"] for _ in range(2)] == ["dnd", "offline"]
        assert (await seen(ann, ann))["status"] == "offline"


async def test_a_reload_is_not_news(ann: Person, bob: Person, url: str, house: House) -> None:
    await befriend(ann, bob)
    async with listening(url, bob) as bobs:
        for _ in range(5):
            async with listening(url, ann):
                pass
        async with listening(url, ann) as anns:
            assert (await next_presence(bobs))["status"] == "online"
            await anns.beat()
            assert await presences(bobs) == []


async def test_the_last_moment_survives_a_restart(config: Config) -> None:
    house = await House.open(config)
    async with browser(create_app(house)) as client:
        people = []
        for name in ("ann", "bob"):
            form = {"username": name, "email": f"{name}@example.org", "password": PASSWORD}
            made = (await client.post("/auth/register", json=form)).json()
            people.append(Person(create_app(house), made["user"], made["token"]))
    ann, bob = people
    await ann.put("/users/@me/presence", {"status": "dnd", "custom_status": "exam"})
    await house.close()
    house = await House.open(config)
    bob.client = browser(create_app(house), bob.token)
    gone = await seen(bob, ann)
    assert gone == OFFLINE | {"last_seen": gone["last_seen"]}
    assert gone["last_seen"] is not None
    await house.close()
