import asyncio
import json
import logging
from typing import Any

import pytest
from websockets.asyncio.client import connect

from plexichat.config import Gateway
from tests.gateway.radio import Station, closing, on_air, read, say

ANN, BOB, CEM = 1, 2, 3


async def test_an_event_reaches_every_socket_of_its_audience_and_nobody_else(
    station: Station,
) -> None:
    async with (
        station.listener(ANN) as desk,
        station.listener(ANN) as phone,
        station.listener(BOB) as bob,
    ):
        station.tell("for ann", ANN)
        station.tell("for both", ANN, BOB)
        for socket in (desk, phone):
            assert await read(socket) == {"s": 2, "t": "TOLD", "d": "for ann"}
            assert await read(socket) == {"s": 3, "t": "TOLD", "d": "for both"}
        assert await read(bob) == {"s": 2, "t": "TOLD", "d": "for both"}


async def test_an_audience_larger_than_the_house_reaches_those_who_are_there(
    station: Station,
) -> None:
    async with station.listener(ANN) as ann:
        station.tell("hello all", *range(1000))
        assert (await read(ann))["d"] == "hello all"


async def test_a_fault_in_an_encoder_is_logged_and_silences_only_that_event(
    station: Station, caplog: pytest.LogCaptureFixture
) -> None:
    async with station.listener(ANN) as ann:
        with caplog.at_level(logging.ERROR, "plexichat.gateway.hub"):
            station.tell("unspeakable", ANN)
        station.tell("unspoken", ANN)
        station.tell("spoken", ANN)
        assert await read(ann) == {"s": 2, "t": "TOLD", "d": "spoken"}
        assert "this cannot be said" in caplog.text


async def test_an_intent_that_is_not_wanted_takes_no_number(station: Station) -> None:
    async with station.listener(ANN, intents=0b01) as ann:
        station.tell("unwanted", ANN, intent=0b10)
        station.tell("wanted", ANN, intent=0b11)
        assert await read(ann) == {"s": 2, "t": "TOLD", "d": "wanted"}


async def test_who_is_online_follows_the_open_sockets(station: Station) -> None:
    async with station.listener(ANN), station.listener(BOB):
        async with station.listener(ANN):
            assert set(station.hub.online()) == {ANN, BOB}
        await station.left.wait()
        assert station.hub.connected(ANN)
    while station.hub.online():
        station.left.clear()
        await station.left.wait()
    assert not station.hub.connected(ANN)


async def test_a_session_that_waits_for_its_picture_loses_and_repeats_nothing(
    station: Station,
) -> None:
    async with connect(station.url) as ann:
        await ann.send(json.dumps({"user": ANN, "begin": False}))
        await ann.send(json.dumps({"echo": "attached"}))
        assert await read(ann) == "attached"
        for commit in (5, 6, 7):
            station.tell(f"commit {commit}", ANN, commit=commit)
        station.tell("of no commit", ANN, commit=None)
        (session,) = station.sessions
        session.begin(say("PICTURE", "up to 6"), 6)
        station.tell("commit 6, published late", ANN, commit=6)
        station.tell("commit 8", ANN, commit=8)
        said = [await read(ann) for _ in range(4)]
        assert [each["d"] for each in said] == ["up to 6", "commit 7", "of no commit", "commit 8"]
        assert [each["s"] for each in said] == [1, 2, 3, 4]


async def test_what_is_read_on_the_way_comes_before_what_was_told_meanwhile(
    station: Station,
) -> None:
    async with station.listener(ANN) as ann:
        (session,) = station.sessions
        session.hold()
        station.tell("meanwhile", ANN)
        session.release(say("LISTED", "as it was read"))
        assert [(await read(ann))["d"] for _ in range(2)] == ["as it was read", "meanwhile"]


async def test_a_session_can_be_resumed_while_it_reads(station: Station) -> None:
    async with station.listener(ANN) as ann:
        (session,) = station.sessions
        session.hold()
        station.tell("meanwhile", ANN)
        await ann.close()
        await station.left.wait()
    async with connect(station.url) as ann:
        await ann.send(json.dumps({"user": ANN, "resume": session.id, "seq": 1}))
        assert (await read(ann))["t"] == "RESUMED"
        session.release(None)
        assert await read(ann) == {"s": 2, "t": "TOLD", "d": "meanwhile"}


async def test_the_oldest_socket_makes_room_for_one_too_many(station: Station) -> None:
    async with station.listener(ANN) as oldest:
        others = [await connect(station.url) for _ in range(5)]
        for other in others:
            await other.send(json.dumps({"user": ANN}))
            await read(other)
        assert await closing(oldest) == (4008, "crowded")
        station.tell("still here", ANN)
        for other in others:
            assert (await read(other))["d"] == "still here"
            await other.close()


async def test_a_revoked_login_closes_its_sockets_after_what_was_said_before(
    station: Station,
) -> None:
    async with station.listener(ANN) as ann, station.listener(BOB) as bob:
        session = station.sessions[0]
        station.tell("you were logged out", ANN, BOB)
        station.hub.close_sessions(ANN, {ANN * 10}, 4004, "revoked")
        assert (await read(ann))["d"] == "you were logged out"
        assert await closing(ann) == (4004, "revoked")
        assert (await read(bob))["d"] == "you were logged out"
        async with connect(station.url) as again:
            await again.send(json.dumps({"user": ANN, "resume": session.id, "seq": 2}))
            assert await read(again) == {"t": "LOST"}


async def test_what_was_missed_is_replayed_once_and_in_order(station: Station) -> None:
    async with station.listener(ANN) as ann:
        station.tell("heard", ANN)
        await read(ann)
    await station.left.wait()
    for number in range(1000):
        station.tell(f"missed {number}", ANN)
    session_id = station.sessions[0].id
    async with connect(station.url) as ann:
        await ann.send(json.dumps({"user": ANN, "resume": session_id, "seq": 2}))
        assert await read(ann) == {"s": 1002, "t": "RESUMED", "d": {}}
        station.tell("live", ANN)
        said = [await read(ann) for _ in range(1001)]
        assert [each["s"] for each in said] == list(range(3, 1004))
        assert [each["d"] for each in said[:-1]] == [f"missed {n}" for n in range(1000)]
        assert said[-1]["d"] == "live"


async def test_a_resumed_session_leaves_its_old_socket(station: Station) -> None:
    async with station.listener(ANN) as old, connect(station.url) as new:
        await new.send(json.dumps({"user": ANN, "resume": station.sessions[0].id, "seq": 1}))
        assert (await read(new))["t"] == "RESUMED"
        assert await closing(old) == (4000, "replaced")
        station.left.clear()
        station.tell("on the new one", ANN)
        assert await read(new) == {"s": 2, "t": "TOLD", "d": "on the new one"}
        assert station.hub.connected(ANN)


@pytest.mark.parametrize(
    "wish",
    [
        {"user": ANN, "resume": "no such session", "seq": 1},
        {"user": BOB, "resume": "", "seq": 1},
        {"user": ANN, "resume": "", "seq": 3},
        {"user": ANN, "resume": "", "seq": -1},
        {"user": ANN, "resume": "", "seq": 0},
    ],
    ids=["unknown", "of another", "from the future", "negative", "before the picture"],
)
async def test_a_resume_that_would_leave_a_gap_is_refused(
    station: Station, wish: dict[str, Any]
) -> None:
    async with station.listener(ANN) as ann:
        station.tell("one", ANN)
        await read(ann)
    await station.left.wait()
    wish["resume"] = wish["resume"] or station.sessions[0].id
    async with connect(station.url) as again:
        await again.send(json.dumps(wish))
        assert await read(again) == {"t": "LOST"}
        await again.send(json.dumps({"user": ANN}))
        assert (await read(again))["t"] == "PICTURE"


async def test_more_than_the_buffer_holds_cannot_be_resumed() -> None:
    async with on_air(Station(Gateway(replay_events=10))) as station:
        async with station.listener(ANN):
            pass
        await station.left.wait()
        for number in range(11):
            station.tell(f"missed {number}", ANN)
        session = station.sessions[0]
        async with connect(station.url) as ann:
            await ann.send(json.dumps({"user": ANN, "resume": session.id, "seq": 1}))
            assert await read(ann) == {"t": "LOST"}
            await ann.send(json.dumps({"user": ANN, "resume": session.id, "seq": 2}))
            assert (await read(ann))["t"] == "RESUMED"
            assert [(await read(ann))["s"] for _ in range(10)] == list(range(3, 13))


async def test_a_session_is_gone_when_its_window_is_over() -> None:
    async with on_air(Station(Gateway(resume_window_seconds=0))) as station:
        async with station.listener(ANN):
            pass
        await station.left.wait()
        async with connect(station.url) as ann:
            session_id = station.sessions[0].id
            await ann.send(json.dumps({"user": ANN, "resume": session_id, "seq": 1}))
            assert await read(ann) == {"t": "LOST"}


async def test_only_so_many_sessions_of_one_person_wait_to_be_resumed() -> None:
    async with on_air(Station(Gateway(max_sockets_per_user=2))) as station:
        for _ in range(3):
            station.left.clear()
            async with station.listener(ANN):
                pass
            await station.left.wait()
        async with connect(station.url) as ann:
            replies = []
            for session in station.sessions:
                await ann.send(json.dumps({"user": ANN, "resume": session.id, "seq": 1}))
                replies.append((await read(ann))["t"])
                if replies[-1] == "RESUMED":
                    break
            assert replies == ["LOST", "RESUMED"]


async def test_a_plain_dialect_hears_events_as_they_are_and_ends_with_its_socket() -> None:
    async with on_air(Station(Gateway(), "/plain")) as station:
        async with connect(station.url) as ann:
            await ann.send(json.dumps({"user": ANN, "begin": False}))
            await ann.send(json.dumps({"echo": "attached"}))
            assert await read(ann) == "attached"
            (session,) = station.sessions
            station.tell("before", ANN)
            session.begin()
            station.tell("after", ANN)
            assert [await read(ann), await read(ann)] == ["before", "after"]
        await station.left.wait()
        assert not station.hub.connected(ANN)
        assert not session.reaches(0)


async def test_a_session_about_something_hears_that_and_what_is_about_nothing() -> None:
    async with on_air(Station(Gateway(), "/plain")) as station, connect(station.url) as ann:
        await ann.send(json.dumps({"user": ANN, "begin": False, "topic": "soup"}))
        await ann.send(json.dumps({"echo": "attached"}))
        assert await read(ann) == "attached"
        station.sessions[0].begin()
        for topic in ("bread", "soup", None):
            station.tell(f"of {topic}", ANN, topic=topic)
        assert [await read(ann), await read(ann)] == ["of soup", "of None"]


async def test_a_missed_deadline_closes_the_socket(station: Station) -> None:
    async with station.listener(ANN) as ann:
        await ann.send(json.dumps({"deadline": 0}))
        assert await closing(ann) == (4009, "overdue")


async def test_a_shutdown_warns_then_closes_everybody(station: Station) -> None:
    async with station.listener(ANN) as ann, connect(station.url) as stranger:
        await stranger.send(json.dumps({"echo": "here"}))
        await read(stranger)
        down = asyncio.create_task(station.hub.shutdown())
        for socket in (ann, stranger):
            assert await read(socket) == {"t": "WARNING", "d": 2}
        station.tell("still served", ANN)
        assert (await read(ann))["d"] == "still served"
        for socket in (ann, stranger):
            assert await closing(socket) == (4017, "shutdown")
        await down
        async with connect(station.url) as late:
            assert await closing(late) == (4017, "shutdown")
