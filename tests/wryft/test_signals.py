"""Voice and calls: what people say to one another through the house."""

import json
from uuid import uuid4

from plexichat.wryft.conversation import RELAYS
from plexichat.wryft.dialect import uuid
from tests.cast import Person
from tests.town import Town
from tests.wryft.cast import named
from tests.wryft.sockets import at, hear


async def voice(street: Town) -> str:
    answer = await street.owner.post(
        f"{street.path}/channels", {"name": "Lounge", "type": "voice"}
    )
    assert answer.status_code == 200, answer.text
    return uuid(int(answer.json()["id"]))


async def test_voice_is_passed_on_as_from_the_person_it_is(
    street: Town, ann: Person, bob: Person, ws: str
) -> None:
    channel = await voice(street)
    async with (
        at(ws, f"voice-{channel}", ann) as one,
        at(ws, f"voice-{channel}", bob) as other,
        at(ws, f"server-{uuid(street.number)}", ann) as lobby,
        at(ws, f"server-{uuid(street.number)}", bob) as stairs,
    ):
        mine = {"channelId": channel, "peerId": named(bob)}
        await other.send(json.dumps({"type": "voice_join", **mine, "username": "ann"}))
        assert await hear(one, "voice_user_joined") == {
            "type": "voice_user_joined", **mine, "username": "bob",
        }  # fmt: skip
        for kind, load in (
            ("voice_offer", "offer"), ("voice_answer", "answer"),
            ("voice_ice_candidate", "candidate"),
        ):  # fmt: skip
            sent = {"type": kind, **mine, "targetPeerId": named(ann), load: {"sdp": "v=0"}}
            posing = {**sent, "peerId": named(ann)}
            elsewhere = {**sent, "channelId": str(uuid4())}
            for each in (posing, elsewhere, sent):
                await other.send(json.dumps(each))
            assert await hear(one) == sent
            assert await hear(other, kind) == sent
        await other.send(json.dumps({"type": "voice_heartbeat", **mine}))
        await other.send(json.dumps({"type": "voice_leave", **mine}))
        assert await hear(one) == {"type": "voice_user_left", **mine}
        here = {"type": "voice_user_joined", **mine, "username": "ann"}
        await stairs.send(json.dumps(here))
        assert await hear(lobby, "voice_user_joined") == {**here, "username": "bob"}


async def test_calls_ring_those_who_know_one_another(
    street: Town, ann: Person, bob: Person, cem: Person, ws: str
) -> None:
    async with (
        at(ws, f"user-{named(ann)}", ann) as one,
        at(ws, f"user-{named(bob)}", bob) as other,
        at(ws, f"user-{named(cem)}", cem) as stranger,
    ):
        call = {"type": "incoming_call", "call_id": "call-1-a", "call_type": "voice"}
        for posing in (named(ann), named(bob)):
            asked = {**call, "caller_id": posing, "callee_id": named(bob)}
            await one.send(json.dumps(asked))
            assert (await hear(other, "incoming_call"))["caller_id"] == named(ann)
        await stranger.send(json.dumps({**call, "caller_id": named(cem), "callee_id": named(ann)}))
        answer = {"type": "call_response", "call_id": "call-1-a", "caller_id": named(ann)}
        await other.send(json.dumps({**answer, "accepted": True}))
        assert await hear(one) == {**answer, "accepted": True}
        signal = {
            "type": "webrtc_signal", "from_user_id": named(cem), "to_user_id": named(bob),
            "signal_type": "offer", "signal_data": {"type": "offer", "sdp": "v=0"},
            "channel_id": None,
        }  # fmt: skip
        await one.send(json.dumps(signal))
        assert await hear(other) == {**signal, "from_user_id": named(ann)}
        await other.send(json.dumps({"type": "call_ended", "call_id": "call-1-a"}))
        assert await hear(one) == {
            "type": "call_ended", "call_id": "call-1-a", "ended_by": named(bob),
        }  # fmt: skip


async def test_calls_over_http(
    street: Town, ann: Person, bob: Person, cem: Person, ws: str
) -> None:
    async with (
        at(ws, f"user-{named(ann)}", ann) as one,
        at(ws, f"user-{named(bob)}", bob) as other,
    ):
        call = {"caller_id": named(ann), "callee_id": named(bob), "call_type": "video"}
        rings = (await ann.post("/api/webrtc/call/initiate", call)).json()
        assert rings == {"call_id": rings["call_id"], "status": "ringing"}
        assert await hear(other, "incoming_call") == {
            "type": "incoming_call", "call_id": rings["call_id"], "caller_id": named(ann),
            "call_type": "video",
        }  # fmt: skip
        path = f"/api/webrtc/call/{rings['call_id']}"
        answer = await bob.post(f"{path}/respond", {"call_id": "x", "accepted": True})
        assert answer.json() == {"success": True}
        assert (await hear(one, "call_response"))["accepted"] is True
        signal = {
            "from_user_id": named(bob), "to_user_id": named(ann), "signal_type": "answer",
            "signal_data": {"sdp": "v=0"},
        }  # fmt: skip
        assert (await bob.post("/api/webrtc/signal", signal)).json() == {"success": True}
        told = await hear(one)
        assert (told["from_user_id"], told["signal_data"]) == (named(bob), {"sdp": "v=0"})
        assert "to_user_id" not in told
        for person, posing in ((ann, signal), (cem, {**signal, "from_user_id": named(cem)})):
            assert (await person.post("/api/webrtc/signal", posing)).status_code == 403
        unknown = {**signal, "from_user_id": named(bob), "to_user_id": str(uuid4())}
        assert (await bob.post("/api/webrtc/signal", unknown)).status_code == 404
        assert (await cem.post(f"{path}/end", {"user_id": named(cem)})).status_code == 404
        assert (await ann.post(f"{path}/end")).status_code == 400
        assert (await ann.post(f"{path}/end", {"user_id": named(ann)})).status_code == 200
        assert (await hear(other, "call_ended"))["ended_by"] == named(ann)


def test_nothing_is_passed_on_but_what_the_contract_names() -> None:
    assert {kind for _, kind in RELAYS} == {
        "voice_join", "voice_leave", "voice_offer", "voice_answer", "voice_ice_candidate",
        "voice_user_joined", "voice_user_left", "webrtc_signal", "incoming_call",
        "call_response", "call_ended",
    }  # fmt: skip
