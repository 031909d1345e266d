"""What a client says to the gateway, by opcode (contract 16, section 2)."""

from typing import Final

import msgspec
from msgspec import Raw, Struct

from plexichat.core.errors import Invalid
from plexichat.core.members import Search
from plexichat.web.bodies import snowflake

NULL: Final = Raw(b"null")
MEMBERS_AT_ONCE: Final = 1000


class Frame(Struct):
    op: int
    d: Raw = NULL


class Identify(Struct):
    token: str | None = None
    intents: int | None = None
    compress: bool | None = None


class Resume(Struct):
    token: str
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
