"""Calls between two people: the house passes on what they say to one another (contract 11).

It carries no sound. Who calls must share a server, a conversation or a friendship with the other.
"""

from collections import OrderedDict
from typing import Any, Literal
from uuid import uuid4

from msgspec import Struct

from plexichat.core import relationships, users
from plexichat.core.errors import NotFound
from plexichat.web.requests import house, me, see
from plexichat.web.routes import Routes
from plexichat.wryft.dialect import read_id, uuid
from plexichat.wryft.selves import refuse_other

routes = Routes("Calls")

REMEMBERED = 10_000


class Calls:
    """Who called whom, so that the end of a call finds the other side."""

    def __init__(self) -> None:
        self._pairs: OrderedDict[str, tuple[int, int]] = OrderedDict()

    def note(self, call_id: str, caller: int, callee: int) -> None:
        if call_id not in self._pairs:
            self._pairs[call_id] = caller, callee
            if len(self._pairs) > REMEMBERED:
                self._pairs.popitem(last=False)

    def other(self, call_id: str, user_id: int) -> int | None:
        """The other side of a call, for one of its two sides."""
        pair = self._pairs.get(call_id)
        if pair is None or user_id not in pair:
            return None
        return pair[1] if user_id == pair[0] else pair[0]


class Signal(Struct):
    to_user_id: str
    signal_type: Literal["offer", "answer", "ice-candidate"]
    signal_data: Any
    from_user_id: str | None = None
    channel_id: str | None = None


class Call(Struct):
    callee_id: str
    call_type: Literal["voice", "video"]
    caller_id: str | None = None


class Response(Struct):
    accepted: bool


class Leaving(Struct):
    user_id: str


class Ringing(Struct):
    call_id: str
    status: str


class Done(Struct):
    success: bool


DONE = Done(True)


@routes.post("/webrtc/signal")
async def signal(body: Signal) -> Done:
    """Pass a step of the connection on to the other side."""
    _refuse_posing(body.from_user_id)
    other = await _reached(body.to_user_id)
    told = {
        "type": "webrtc_signal", "from_user_id": uuid(me().id), "signal_type": body.signal_type,
        "signal_data": body.signal_data, "channel_id": body.channel_id,
    }  # fmt: skip
    house().sockets.tell(other, told)
    return DONE


@routes.post("/webrtc/call/initiate")
async def initiate(body: Call) -> Ringing:
    """Ring somebody."""
    _refuse_posing(body.caller_id)
    other, call_id = await _reached(body.callee_id), str(uuid4())
    house().sockets.calls.note(call_id, me().id, other)
    told = {
        "type": "incoming_call", "call_id": call_id, "caller_id": uuid(me().id),
        "call_type": body.call_type,
    }  # fmt: skip
    house().sockets.tell(other, told)
    return Ringing(call_id, "ringing")


@routes.post("/webrtc/call/<call>/respond")
async def respond(call: str, body: Response) -> Done:
    """Take a call, or refuse it."""
    caller = _other(call)
    told = {
        "type": "call_response", "call_id": call, "caller_id": uuid(caller),
        "accepted": body.accepted,
    }  # fmt: skip
    house().sockets.tell(caller, told)
    return DONE


@routes.post("/webrtc/call/<call>/end")
async def end(call: str, body: Leaving) -> Done:
    """Hang up."""
    _refuse_posing(body.user_id)
    told = {"type": "call_ended", "call_id": call, "ended_by": uuid(me().id)}
    house().sockets.tell(_other(call), told)
    return DONE


def _refuse_posing(user_id: str | None) -> None:
    if user_id is not None:
        refuse_other(read_id(user_id, "user"))


async def _reached(user_id: str) -> int:
    other = read_id(user_id, "user")
    await see(users.get, other)
    await see(relationships.refuse_strangers, me().id, other)
    return other


def _other(call_id: str) -> int:
    """The other side of one's own call."""
    other = house().sockets.calls.other(call_id, me().id)
    if other is None:
        raise NotFound("call_not_found", "Call not found")
    return other
