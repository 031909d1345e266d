"""The conversation on a socket: what may be said when, and how it ends."""

import asyncio
import json
import zlib
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from quart import Quart
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from plexichat.api.frames import VOICE_AND_INTERACTIONS, WITH_DATA
from plexichat.app import House
from plexichat.config import Config, Gateway, Rate, RateLimits, Server, Versioning
from plexichat.core import messages
from plexichat.core.messages import Draft
from plexichat.core.receipts import Online
from plexichat.store.db import Tx
from tests.api.line import dial, listening
from tests.cast import PASSWORD, Person, quick

DEEP = '{"op":1,"d":' + "[" * 30_000

UNREADABLE = {
    "nothing": "",
    "not JSON": "hello",
    "no object": "[]",
    "null": "null",
    "no op": '{"d":1}',
    "op is a text": '{"op":"1"}',
    "op is a boolean": '{"op":true}',
    "op is a fraction": '{"op":1.5}',
    "op has 5,000 digits": '{"op":' + "9" * 5000 + "}",
    "more after it": '{"op":1}{"op":1}',
    "NaN": '{"op":1,"d":NaN}',
    "NUL": '{"op":1,"d":"\x00"}',
    "30,000 brackets": DEEP,
    "30,000 pairs of brackets": DEEP + "]" * 30_000 + "}",
    "binary": b'{"op":1}',
    "IDENTIFY without d": '{"op":2}',
    "IDENTIFY with null": '{"op":2,"d":null}',
    "IDENTIFY with a list": '{"op":2,"d":[]}',
    "a lone surrogate": '{"op":2,"d":{"token":"\\ud800"}}',
    "intents as a text": '{"op":2,"d":{"token":"x","intents":"1"}}',
    "RESUME without d": '{"op":6}',
    "RESUME without seq": '{"op":6,"d":{"token":"x","session_id":"y"}}',
    "RESUME with seq as a text": '{"op":6,"d":{"token":"x","session_id":"y","seq":"1"}}',
    "VERSION_CHECK without d": '{"op":13}',
    "VERSION_CHECK of nonsense": '{"op":13,"d":{"client_version":"1.2.3"}}',
}


def rename(tx: Tx, table: str, name: str) -> None:
    tx.execute(f"ALTER TABLE {table} RENAME TO {name}")


@pytest.fixture
def config(request: pytest.FixtureRequest, tmp_path: Path) -> Config:
    return quick(tmp_path / "data", **getattr(request, "param", {}))


def configured(**sections: object) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("config", [sections], indirect=True, ids=["configured"])


async def test_hello_comes_at_once(url: str) -> None:
    async with connect(url) as socket:
        hello = json.loads(await socket.recv())
        assert hello == {"op": 10, "d": {"heartbeat_interval": 45000}}


@pytest.mark.parametrize("frame", UNREADABLE.values(), ids=UNREADABLE)
async def test_what_cannot_be_read_closes_4002(url: str, frame: str | bytes) -> None:
    async with dial(url) as line:
        await line.socket.send(frame)
        assert await line.hangup() == (4002, "Decode error")


async def test_a_frame_over_the_limit_closes_4002(url: str) -> None:
    async with dial(url) as line:
        await line.socket.send('{"op":1}' + " " * (65_536 - 8))
        assert await line.hear() == {"op": 11}
        await line.socket.send('{"op":1}' + " " * (65_537 - 8))
        assert await line.hangup() == (4002, "Decode error")


@pytest.mark.parametrize("op", [-1, 0, 5, 7, 9, 10, 11, 12, 14, 30, 50, 63, 99, 1 << 70])
async def test_an_op_that_clients_do_not_send_closes_4001(url: str, op: int, ann: Person) -> None:
    async with dial(url) as stranger, listening(url, ann) as line:
        for each in (stranger, line):
            await each.say(op)
            assert await each.hangup() == (4001, "Unknown opcode")


@pytest.mark.parametrize("op", sorted({3, 8, 40, 41} | VOICE_AND_INTERACTIONS))
async def test_an_op_before_ready_closes_4003(url: str, op: int) -> None:
    async with dial(url) as line:
        await line.say(op, guild_id="1")
        assert await line.hangup() == (4003, "Not authenticated")


async def test_ops_of_voice_and_interactions_are_passed_over_in_silence(
    url: str, ann: Person
) -> None:
    async with listening(url, ann) as line:
        for op in sorted(VOICE_AND_INTERACTIONS):
            await line.say(op, channel_id="1", token="none")
        for op in sorted(VOICE_AND_INTERACTIONS - WITH_DATA):
            await line.socket.send(json.dumps({"op": op}))
        assert await line.beat() == []


@pytest.mark.parametrize("op", sorted(WITH_DATA))
async def test_ops_of_voice_that_say_nothing_close_4002(url: str, op: int, ann: Person) -> None:
    async with listening(url, ann) as line:
        await line.socket.send(json.dumps({"op": op, "d": None}))
        assert await line.hangup() == (4002, "Decode error")


async def test_whoever_does_not_identify_in_time_is_closed_4003(house: House, url: str) -> None:
    async with dial(url) as line:
        await line.beat()
        (socket,) = house.hub._sockets
        socket.deadline = 0
        assert await line.hangup() == (4003, "Not authenticated")


async def test_a_heartbeat_is_answered_and_keeps_the_socket_open(
    house: House, url: str, ann: Person
) -> None:
    async with listening(url, ann) as line:
        (socket,) = house.hub._sockets
        socket.deadline -= 60
        due = socket.deadline
        assert await line.beat() == []
        assert socket.deadline > due
        socket.deadline = 0
        assert await line.hangup() == (4009, "Session timed out")


@pytest.mark.parametrize("prefix", ["", "Bearer "])
async def test_a_token_is_taken_raw_or_as_in_http(url: str, ann: Person, prefix: str) -> None:
    async with dial(url) as line:
        await line.say(2, token=prefix + ann.token)
        assert (await line.hear())["t"] == "READY"


NO_TOKENS: tuple[object, ...] = (None, "", "1.nonsense", 5, ["1.nonsense"], {})


@pytest.mark.parametrize("said", [{}, *({"token": token} for token in NO_TOKENS)])
async def test_a_missing_or_unknown_token_closes_4004(url: str, said: dict[str, Any]) -> None:
    async with dial(url) as line:
        await line.say(2, **said)
        assert await line.hangup() == (4004, "Authentication failed")


@pytest.mark.parametrize("intents", [-1, 2_097_152, 10**30])
async def test_intents_that_do_not_exist_close_4013(url: str, ann: Person, intents: int) -> None:
    async with dial(url) as line:
        await line.say(2, token=ann.token, intents=intents)
        assert await line.hangup() == (4013, "Invalid intents")


@pytest.mark.parametrize("intents", [None, 0, 32_509, 2_097_151])
async def test_the_usual_intents_hear_direct_messages(
    url: str, ann: Person, bob: Person, intents: int | None
) -> None:
    channel = await bob.dm(ann)
    async with listening(url, ann, intents=intents) as line:
        said = await bob.say(channel, "hello")
        (heard,) = await line.beat()
        assert (heard["t"], heard["d"]["id"]) == ("MESSAGE_CREATE", said["id"])


async def test_who_does_not_ask_for_direct_messages_hears_none(
    url: str, ann: Person, bob: Person
) -> None:
    async with listening(url, ann, intents=1) as line:
        await bob.say(await bob.dm(ann), "hello")
        assert [each["t"] for each in await line.beat()] == ["CHANNEL_CREATE"]


@pytest.mark.parametrize("op", [2, 6])
async def test_a_second_introduction_closes_4005(url: str, ann: Person, op: int) -> None:
    async with listening(url, ann) as line:
        await line.say(op, token=ann.token, session_id=line.ready["session_id"], seq=1)
        assert await line.hangup() == (4005, "Already authenticated")


async def test_a_compressing_client_gets_one_zlib_stream(url: str, ann: Person) -> None:
    async with dial(url) as line:
        await line.say(2, token=ann.token, compress=True)
        inflate = zlib.decompressobj()
        await line.socket.send('{"op":1}')
        ready, beat = await line.socket.recv(), await line.socket.recv()
        assert isinstance(ready, bytes)
        assert isinstance(beat, bytes)
        assert ready.endswith(b"\x00\x00\xff\xff")
        assert json.loads(inflate.decompress(ready))["t"] == "READY"
        assert json.loads(inflate.decompress(beat)) == {"op": 11}


async def test_the_fallback_speaks_the_same(app: Quart, ann: Person, bob: Person) -> None:
    channel = await ann.dm(bob)
    async with app.test_client().websocket("/gateway") as socket:
        assert json.loads(await socket.receive())["op"] == 10
        await socket.send(json.dumps({"op": 2, "d": {"token": ann.token}}))
        assert json.loads(await socket.receive())["t"] == "READY"
        await bob.say(channel, "hello")
        assert json.loads(await socket.receive())["d"]["content"] == "hello"


@configured(
    gateway=Gateway(allowed_origins=("https://listed.example",)),
    server=Server(public_url="https://chat.example/home"),
)
@pytest.mark.parametrize(
    ("origin", "welcome"),
    [
        ("http://127.0.0.1:{port}", True),
        ("http://127.0.0.1", False),
        ("https://elsewhere.example", False),
        ("null", False),
        ("", False),
        ("http://[", False),
        ("https://listed.example", True),
        ("https://LISTED.example", True),
        ("https://chat.example", True),
        ("https://chat.example.evil", False),
    ],
)
async def test_only_pages_of_ours_or_listed_ones_may_connect(
    url: str, origin: str, welcome: bool
) -> None:
    origin = origin.format(port=url.split(":")[2].partition("/")[0])
    if welcome:
        async with dial(url, additional_headers={"Origin": origin}) as line:
            assert await line.beat() == []
    else:
        with pytest.raises(InvalidStatus, match="403"):
            await connect(url, additional_headers={"Origin": origin})


async def test_the_gateway_is_nowhere_else(url: str) -> None:
    async with dial(url + "/"), dial(url + "?v=10&encoding=json"):
        pass
    with pytest.raises(InvalidStatus):
        await connect(url.replace("/gateway", "/api/v1/gateway"))


@pytest.mark.parametrize(
    ("client", "recommended"), [("a.1.0-40", True), ("a.1.0-49", False), ("r.2.0-1", False)]
)
async def test_a_version_is_judged_before_or_after_ready(
    url: str, ann: Person, client: str, recommended: bool
) -> None:
    async with dial(url) as stranger, listening(url, ann) as line:
        for each in (stranger, line):
            await each.say(13, client_version=client)
            answer = await each.hear()
            assert answer["op"] == 13
            assert answer["d"]["compatible"]
            assert not answer["d"]["update_required"]
            assert answer["d"]["update_recommended"] == recommended
            assert answer["d"]["server_version"]["string"] == "a.1.0-49"


@configured(rate_limits=RateLimits())
async def test_frames_without_pause_close_4008(url: str) -> None:
    async with dial(url) as line, dial(url) as other:
        for _ in range(120):
            await line.beat()
        await line.socket.send('{"op":1}')
        assert await line.hangup() == (4008, "Rate limited")
        assert await other.beat() == []


@configured(rate_limits=RateLimits(address=(Rate(2, 60, 2),)))
async def test_a_handshake_counts_as_a_request_of_its_address(url: str) -> None:
    async with dial(url), dial(url):
        with pytest.raises(InvalidStatus, match="429") as refused:
            await connect(url)
    answer = refused.value.response
    assert int(answer.headers["retry-after"]) == 30
    assert answer.body is not None
    assert json.loads(answer.body)["error"]["message"] == "Rate limited"


@configured(rate_limits=RateLimits())
async def test_identifying_again_within_seconds_closes_4008(url: str, ann: Person) -> None:
    async with listening(url, ann), dial(url) as line:
        await line.say(2, token=ann.token)
        assert await line.hangup() == (4008, "Rate limited")


@configured(versioning=Versioning(min_supported_version="a.1.0-20"))
async def test_a_version_that_is_too_old_is_told_so_and_closed_4015(url: str) -> None:
    async with dial(url) as line:
        await line.say(13, client_version="a.1.0-19")
        answer = (await line.hear())["d"]
        assert (answer["compatible"], answer["update_required"]) == (False, True)
        assert answer["min_supported_version"]["string"] == "a.1.0-20"
        assert await line.hangup() == (4015, "Version outdated")


async def test_missed_dispatches_are_replayed_and_then_it_goes_on(
    url: str, ann: Person, bob: Person
) -> None:
    channel = await ann.dm(bob)
    async with listening(url, ann) as line:
        session_id = line.ready["session_id"]
        await bob.say(channel, "heard")
        assert (await line.hear())["s"] == 2
    for number in range(10):
        await bob.say(channel, f"missed {number}")
    async with dial(url) as line:
        assert await line.resume(ann, session_id, 2) == {"op": 0, "t": "RESUMED", "s": 12, "d": {}}
        await bob.say(channel, "live")
        heard = await line.beat()
        assert [each["s"] for each in heard] == list(range(3, 14))
        said = [each["d"]["content"] for each in heard]
        assert said == [*(f"missed {number}" for number in range(10)), "live"]


async def test_a_resumed_session_is_closed_4000_where_it_was(url: str, ann: Person) -> None:
    async with listening(url, ann) as old, dial(url) as new:
        assert (await new.resume(ann, old.ready["session_id"], 1))["t"] == "RESUMED"
        assert await old.hangup() == (4000, "Unknown error")
        assert await new.beat() == []


async def test_what_cannot_be_resumed_may_begin_anew(
    app: Quart, url: str, ann: Person, bob: Person
) -> None:
    async with listening(url, ann) as line:
        session_id = line.ready["session_id"]
    nonsense = Person(app, {"id": "1", "username": "nobody"}, "1.nonsense")
    async with dial(url) as line:
        for person, session, seq in (
            (ann, "0" * 32, 1),
            (ann, session_id, 2),
            (ann, session_id, -1),
            (bob, session_id, 1),
            (nonsense, session_id, 1),
        ):
            assert await line.resume(person, session, seq) == {"op": 9, "d": False}
        await line.identify(ann)


async def test_a_session_belongs_to_its_person_and_not_to_a_token(
    app: Quart, url: str, ann: Person
) -> None:
    """Whoever logs in again may go on; the socket then lives and dies with the new token."""
    login = await ann.post("/auth/login", {"username": "ann", "password": PASSWORD})
    again = Person(app, login.json()["user"], login.json()["token"])
    async with listening(url, ann) as line:
        session_id = line.ready["session_id"]
    async with dial(url) as line:
        assert (await line.resume(again, session_id, 1))["t"] == "RESUMED"
        await ann.post("/auth/logout")
        assert await line.beat() == []
        await again.post("/auth/logout")
        assert await line.hangup() == (4004, "Authentication failed")


async def test_a_revoked_token_closes_4004_at_once_and_cannot_resume(url: str, ann: Person) -> None:
    async with listening(url, ann) as line:
        assert (await ann.post("/auth/logout")).is_success
        assert await line.hangup() == (4004, "Authentication failed")
        async with dial(url) as again:
            assert (await again.resume(ann, line.ready["session_id"], 1))["op"] == 9


async def test_the_sixth_socket_closes_the_first_4008(url: str, ann: Person) -> None:
    async with AsyncExitStack() as open_lines:
        lines = [await open_lines.enter_async_context(listening(url, ann)) for _ in range(6)]
        assert await lines[0].hangup() == (4008, "Rate limited")
        for line in lines[1:]:
            assert await line.beat() == []


async def test_a_shutdown_is_announced_and_then_closes_4017(
    house: House, url: str, ann: Person
) -> None:
    async with listening(url, ann) as line, dial(url) as stranger:
        down = asyncio.create_task(house.hub.shutdown())
        for each in (line, stranger):
            announced = await each.hear()
            assert announced["op"] == 12
            assert announced["d"]["state"] == "shutting_down"
            assert announced["d"]["closing_in_seconds"] == 2.0
            assert await each.hangup() == (4017, "Server shutdown")
        await down


async def test_a_fault_of_ours_says_reconnect_and_closes_4000(
    house: House, url: str, ann: Person, caplog: pytest.LogCaptureFixture
) -> None:
    async with dial(url) as line:
        await house.db.write(rename, "relationship", "lost")
        await line.say(2, token=ann.token)
        assert await line.hear() == {"op": 7, "d": None}
        assert await line.hangup() == (4000, "Unknown error")
    assert "no such table: relationship" in caplog.text
    await house.db.write(rename, "lost", "relationship")


async def test_ready_under_live_messages_leaves_no_gap_and_repeats_nothing(
    house: House, url: str, ann: Person, bob: Person
) -> None:
    channel = int(await ann.dm(bob))
    rules = house.config.messages
    sent: list[int] = []
    over = False

    async def chat() -> None:
        while not over:
            view = await house.db.write(
                messages.send, bob.number, channel, Draft("hello"), rules, Online(frozenset())
            )
            sent.append(view.message.id)

    async def listen() -> tuple[int, list[int]]:
        async with listening(url, ann) as line:
            shown = int(line.ready["private_channels"][0]["last_message_id"])
            heard = [int((await line.hear())["d"]["id"]) for _ in range(3)]
            line.socket.transport.abort()
            return shown, heard

    await bob.say(str(channel), "hello")
    async with asyncio.TaskGroup() as chats:
        for _ in range(8):
            chats.create_task(chat())
        trials = [await listen() for _ in range(500)]
        over = True
    place = {message_id: index for index, message_id in enumerate(sorted(sent))}
    for shown, heard in trials:
        first = place.get(shown, -1) + 1
        assert [place[each] for each in heard] == [first, first + 1, first + 2]
