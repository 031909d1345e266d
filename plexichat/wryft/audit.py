"""The audit log (contract 10)."""

from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec import Struct

from plexichat import ids
from plexichat.core import audit_log
from plexichat.store.audit import Entry
from plexichat.web.requests import me, see
from plexichat.web.routes import Routes
from plexichat.wryft.dialect import iso, uuid

routes = Routes("Audit log")

AT_ONCE: Final = 100
CATEGORY: Final = "category"


class Line(Struct):
    id: str
    guild_id: str
    user_id: str | None
    username: str | None
    action_type: str
    target_type: str | None
    target_id: str | None
    details: dict[str, str] | None
    created_at: str


class Change(Struct):
    old: object = None
    new: object = None


@routes.get("/guilds/<guild_id>/audit-logs")
async def read(guild_id: int) -> list[Line]:
    """The last hundred things that were done in a guild, as far as one may know of them."""
    log = await see(audit_log.glance, me().id, guild_id, AT_ONCE)
    names = {user.id: user.username for user in log.actors.values()}
    return [_line(entry, names.get(entry.user_id)) for entry in log.entries]


def _line(entry: Entry, username: str | None) -> Line:
    changes = msgspec.json.decode(entry.changes or "{}", type=dict[str, Change])
    kind = changes.get("type", Change())
    noun, _, verb = entry.action.partition("_")
    target_type = entry.target_type
    if CATEGORY in (kind.old, kind.new):
        noun = target_type = CATEGORY
    target_id = entry.target_id
    if target_id is not None and target_id.isdigit():
        target_id = uuid(int(target_id))
    return Line(
        uuid(entry.id), uuid(entry.server_id), uuid(entry.user_id), username, f"{noun}_{verb}",
        target_type, target_id, _details(noun, entry, changes, kind) or None,
        iso(ids.unix_ms(entry.id)),
    )  # fmt: skip


def _details(
    noun: str, entry: Entry, changes: Mapping[str, Change], kind: Change
) -> dict[str, str]:
    """What the client shows of a line; a message is quoted as it was."""
    name = entry.target_name or ""
    match noun:
        case "channel":
            of_kind = {"channel_type": str(kind.new)} if kind.new else {}
            return {"channel_name": name, **of_kind}
        case "category" | "role":
            return {f"{noun}_name": name}
        case "message":
            quoted = changes.get("content", Change()).old
            said = {} if quoted is None else {"message_content": str(quoted)}
            return {**said, "channel_name": name}
    return {"name": name} if name else {}
