"""What a client says to the gateway and hears from it, by opcode and close code (contract 16)."""

from typing import Any, Final, TypeVar

import msgspec
from msgspec import Raw, Struct

from plexichat.core.errors import Invalid
from plexichat.core.members import Search
from plexichat.core.notice import Notice
from plexichat.gateway.wire import Closing, Payload
from plexichat.web.bodies import snowflake

T = TypeVar("T")

NULL: Final = Raw(b"null")
MEMBERS_AT_ONCE: Final = 1000

HEARTBEAT, IDENTIFY, RESUME, HELLO, SERVER_STATUS, VERSION_CHECK = 1, 2, 6, 10, 12, 13
PRESENCE_UPDATE, REQUEST_GUILD_MEMBERS, TYPING_START, TYPING_STOP = 3, 8, 40, 41
VOICE_AND_INTERACTIONS = frozenset({4, *range(20, 27), 31})  # heard, and not answered yet
WITH_DATA = frozenset({4, 20, 22, 23, 24, 26})

UNKNOWN_ERROR = Closing(4000, "Unknown error")
UNKNOWN_OPCODE = Closing(4001, "Unknown opcode")
DECODE_ERROR = Closing(4002, "Decode error")
NOT_AUTHENTICATED = Closing(4003, "Not authenticated")
AUTHENTICATION_FAILED = Closing(4004, "Authentication failed")
ALREADY_AUTHENTICATED = Closing(4005, "Already authenticated")
RATE_LIMITED = Closing(4008, "Rate limited")
SESSION_TIMED_OUT = Closing(4009, "Session timed out")
INVALID_INTENTS = Closing(4013, "Invalid intents")
VERSION_OUTDATED = Closing(4015, "Version outdated")
SERVER_SHUTDOWN = Closing(4017, "Server shutdown")

HEARTBEAT_ACK = b'{"op":11}'
INVALID_SESSION = b'{"op":9,"d":false}'
RECONNECT = b'{"op":7,"d":null}'


class Frame(Struct):
    op: int
    d: Raw = NULL


class Identify(Struct):
    token: Any = None  # what is no token is a bad one
    intents: int | None = None
    compress: bool | None = None


class Resume(Struct):
    token: Any
    session_id: str
    seq: int


class VersionCheck(Struct):
    client_version: str


class InChannel(Struct):
    channel_id: str | int


class MembersWanted(Struct):
    """Members of a server: some by id, those whose name begins so, or all."""

    guild_id: str | int
    query: str | None = None
    limit: int | None = None
    user_ids: list[str | int] | None = None

    def read(self) -> tuple[int, Search]:
        ids = None if self.user_ids is None else self.user_ids[:MEMBERS_AT_ONCE]
        search = Search(
            self.query or "",
            None if ids is None else tuple(snowflake(each, "user") for each in ids),
            self.limit if self.limit is not None and self.limit > 0 else None,
        )
        return snowflake(self.guild_id, "server"), search


def channel_of(d: Raw) -> int:
    """The channel a client names; one that does not exist if it names none."""
    try:
        return snowflake(msgspec.json.decode(d, type=InChannel).channel_id, "channel")
    except (msgspec.MsgspecError, Invalid):
        return 0


class Hangup(Exception):
    """The client broke a rule; `closing` says which."""

    def __init__(self, closing: Closing) -> None:
        super().__init__(closing.reason)
        self.closing = closing


def decode(said: str | bytes | Raw, kind: type[T]) -> T:
    """Read JSON of this kind; whatever else it is hangs up. Frames are text, never binary."""
    if isinstance(said, bytes):
        raise Hangup(DECODE_ERROR)
    try:
        return msgspec.json.decode(said, type=kind)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise Hangup(DECODE_ERROR) from None


def dispatch(name: str, d: bytes, intent: int = 0) -> Payload:
    """The frame that carries an event; `d` is JSON."""
    return Payload(b'{"op":0,"t":"%b","s":' % name.encode(), b',"d":%b}' % d, intent)


def shutting_down(seconds: float) -> bytes:
    told = {
        "state": "shutting_down",
        "message": "The server is shutting down",
        "closing_in_seconds": seconds,
    }
    return msgspec.json.encode({"op": SERVER_STATUS, "d": told})


def noticed(notice: Notice) -> bytes:
    """What an admin lets everybody know; what is not said is left out."""
    told = {"state": notice.state}
    optional = {
        "message": notice.message,
        "restart_at": None if notice.restart_at is None else notice.restart_at // 1000,
    }
    said = {key: value for key, value in optional.items() if value is not None}
    return msgspec.json.encode({"op": SERVER_STATUS, "d": told | said})
