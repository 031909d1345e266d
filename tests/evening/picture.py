"""What a client knows from READY, the events after it, and the members it asked for.

It knows every message since it began to see a channel, and nothing of those before; where events
cannot tell it something, it knows `ANY`, which is equal to everything.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final
from unittest.mock import ANY

import msgspec

from plexichat.api.shapes_servers import Server
from tests.evening.sight import Thing, changed, joined, member_of, message_of, reaction_of, without

SERVER: Final = tuple(field.name for field in msgspec.structs.fields(Server))
PERSONAL: Final = ("server_id", "guild_id")

Say = Callable[..., Awaitable[None]]


class Picture:
    """The world of one person, as a client keeps it that reads nothing over HTTP."""

    def __init__(self, user_id: str, ready: Thing, say: Say) -> None:
        self.id = user_id
        self.say = say
        self.asked: set[str] = set()  # servers whose members are on their way
        self.servers: dict[str, Thing] = {}
        self.channels: dict[str, dict[str, Thing]] = {}
        self.roles: dict[str, dict[str, Thing]] = {}
        self.members: dict[str, dict[str, Thing]] = {}
        self.emojis: dict[str, dict[str, Thing]] = {}
        self.conversations = {each["id"]: each for each in ready["private_channels"]}
        self.relationships = {
            each["user_id"]: without(each, "presence") for each in ready["relationships"]
        }
        self.presences = {each["user_id"]: each for each in ready["presences"]}
        self.account = {key: ready["user"][key] for key in ("id", "username", "avatar_url")}
        self.unread: dict[str, Any] = dict(ready["unread_counts"])
        self.read_to: dict[str, int] = {}  # only as far as events tell
        self.since: dict[str, Any] = {}  # channel -> every message after this one is known
        self.messages: dict[str, dict[str, Thing]] = {}
        self.mine: set[tuple[str, str]] = set()  # message and emoji
        self.pins: dict[str, list[str]] = {}
        self.notifications: dict[str, Thing] = {}
        for each in ready["private_channels"]:
            self._see(each)

    async def begin(self, ready: Thing) -> None:
        for guild in ready["guilds"]:
            await self._enter(guild)

    def near(self) -> set[str]:
        """Those of whom one hears: friends, and people of the same servers."""
        around = {id for members in self.members.values() for id in members}
        friends = {id for id, each in self.relationships.items() if each["status"] == "friend"}
        return (around | friends) - {self.id}

    def channel(self, channel_id: str) -> Thing | None:
        """A channel of a server or a conversation, if one knows of it."""
        known: list[dict[str, Thing]] = [self.conversations, *self.channels.values()]
        return next((each[channel_id] for each in known if channel_id in each), None)

    async def take(self, name: str, d: Thing) -> None:
        taken = getattr(self, name.lower(), None)
        if taken is not None:
            await taken(d)

    async def guild_create(self, d: Thing) -> None:
        await self._enter(d)
        for each in d["channels"]:
            self.unread[each["id"]] = 0
        self.presences |= {each["user_id"]: each for each in d["presences"]}

    async def guild_update(self, d: Thing) -> None:
        self.servers[d["id"]] |= {field: d[field] for field in SERVER}

    async def guild_delete(self, d: Thing) -> None:
        for channel_id in self.channels[d["id"]]:
            self._lose(channel_id)
        for known in (self.servers, self.channels, self.roles, self.members, self.emojis):
            del known[d["id"]]
        self.asked.discard(d["id"])
        self._doubt(list(self.presences))
        self._forget_strangers()

    async def channel_create(self, d: Thing) -> None:
        if d.get("guild_id") is None:
            if d["type"] == "dm":
                self.conversations[d["id"]] = d
        else:
            self.channels[d["guild_id"]][d["id"]] = d
        self._see(d)
        self.unread[d["id"]] = ANY if d["last_message_id"] else 0

    async def channel_update(self, d: Thing) -> None:
        self.channels[d["guild_id"]][d["id"]] = d

    async def channel_delete(self, d: Thing) -> None:
        del self.channels[d["guild_id"]][d["id"]]
        self._lose(d["id"])

    async def guild_role_create(self, d: Thing) -> None:
        self.roles[d["guild_id"]][d["role"]["id"]] = d["role"]

    guild_role_update = guild_role_create

    async def guild_role_delete(self, d: Thing) -> None:
        del self.roles[d["guild_id"]][d["role_id"]]
        for member in self.members[d["guild_id"]].values():
            member["roles"] = [role for role in member["roles"] if role != d["role_id"]]

    async def guild_member_add(self, d: Thing) -> None:
        self.servers[d["guild_id"]]["member_count"] += 1
        self.members[d["guild_id"]][d["user"]["id"]] = joined(d)

    async def guild_member_remove(self, d: Thing) -> None:
        self.servers[d["guild_id"]]["member_count"] -= 1
        self.members[d["guild_id"]].pop(d["user"]["id"], None)
        self._part(d["user"]["id"])

    async def guild_member_update(self, d: Thing) -> None:
        self.members[d["guild_id"]].setdefault(d["user"]["id"], {}).update(changed(d))

    async def guild_members_chunk(self, d: Thing) -> None:
        if d["guild_id"] in self.members:
            known = self.members[d["guild_id"]]
            known |= {each["user_id"]: member_of(each) for each in d["members"]}
        if d["chunk_index"] + 1 == d["chunk_count"]:
            self.asked.discard(d["guild_id"])
            self._forget_strangers()

    async def guild_emojis_update(self, d: Thing) -> None:
        self.emojis[d["guild_id"]] = {each["id"]: each for each in d["emojis"]}

    async def user_update(self, d: Thing) -> None:
        user = d["user"]
        named = {key: user[key] for key in ("username", "avatar_url")}
        if user["id"] == self.id:
            self.account |= named
        for members in self.members.values():
            if user["id"] in members:
                members[user["id"]] |= named
        for conversation in self.conversations.values():
            if conversation["recipient_id"] == user["id"]:
                conversation["recipient"] |= named
        if user["id"] in self.relationships:
            self.relationships[user["id"]] |= named

    async def relationship_add(self, d: Thing) -> None:
        self.relationships[d["user_id"]] = without(d, "presence")
        self._part(d["user_id"])

    async def relationship_remove(self, d: Thing) -> None:
        self.relationships.pop(d["user_id"], None)
        self._part(d["user_id"])

    async def presence_update(self, d: Thing) -> None:
        self.presences[d["user_id"]] = d

    async def message_create(self, d: Thing) -> None:
        channel_id = d["channel_id"]
        self.since.setdefault(channel_id, int(d["id"]) - 1)
        self.messages.setdefault(channel_id, {})[d["id"]] = without(message_of(d), *PERSONAL)
        self._last(channel_id, d["id"])
        if d["author_id"] != self.id:
            self.unread[channel_id] = self._add(channel_id, 1)

    async def message_update(self, d: Thing) -> None:
        known = self.messages.get(d["channel_id"], {})
        if d["id"] in known:
            told = without(message_of(d), *PERSONAL)
            for each in told["reactions"]:
                each["me"] = (d["id"], each["emoji"]) in self.mine
            known[d["id"]] = told

    async def message_delete(self, d: Thing) -> None:
        channel_id, known = d["channel_id"], self.messages.get(d["channel_id"], {})
        message, new = known.pop(d["id"], None), int(d["id"]) > self.read_to.get(channel_id, 0)
        if message is None and self.unread.get(channel_id, 0) != 0:
            self.unread[channel_id] = ANY  # who wrote it, and whether one had read it?
        elif message is not None and message["author_id"] != self.id and new:
            self.unread[channel_id] = self._add(channel_id, -1)
        channel = self.channel(channel_id)
        if channel is not None and channel["last_message_id"] == d["id"]:
            channel["last_message_id"] = max(known, key=int, default=ANY)

    async def message_delete_bulk(self, d: Thing) -> None:
        for id in d["message_ids"]:
            await self.message_delete({"id": id, "channel_id": d["channel_id"]})

    async def message_ack(self, d: Thing) -> None:
        if d["user_id"] != self.id:
            return
        channel_id, to = d["channel_id"], int(d["message_id"] or 0)
        self.read_to[channel_id] = to
        waiting = [
            each for id, each in self.messages.get(channel_id, {}).items()
            if int(id) > to and each["author_id"] != self.id
        ]  # fmt: skip
        since = self.since.get(channel_id, 0)
        self.unread[channel_id] = len(waiting) if to >= since else ANY

    async def message_reaction_add(self, d: Thing) -> None:
        if d["user_id"] == self.id:
            self.mine.add((d["message_id"], d["emoji"]))
        message = self.messages.get(d["channel_id"], {}).get(d["message_id"])
        if message is None:
            return
        for each in message["reactions"]:
            if each["emoji"] == d["emoji"]:
                each["count"] += 1
                each["me"] |= d["user_id"] == self.id
                return
        message["reactions"].append(
            reaction_of(d | {"count": 1, "me": d["user_id"] == self.id})
        )

    async def message_reaction_remove(self, d: Thing) -> None:
        if d["user_id"] == self.id:
            self.mine.discard((d["message_id"], d["emoji"]))
        message = self.messages.get(d["channel_id"], {}).get(d["message_id"])
        if message is not None:
            (found,) = (each for each in message["reactions"] if each["emoji"] == d["emoji"])
            found["count"] -= 1
            found["me"] &= d["user_id"] != self.id
            message["reactions"] = [each for each in message["reactions"] if each["count"]]

    async def message_reaction_remove_all(self, d: Thing) -> None:
        self.mine -= {each for each in self.mine if each[0] == d["message_id"]}
        message = self.messages.get(d["channel_id"], {}).get(d["message_id"])
        if message is not None:
            message["reactions"] = []

    async def channel_pins_update(self, d: Thing) -> None:
        self.pins[d["channel_id"]] = d["pinned_message_ids"]

    async def notification_create(self, d: Thing) -> None:
        self.notifications[d["id"]] = d

    async def notification_update(self, d: Thing) -> None:
        for id in list(self.notifications) if d.get("all_read") else [d["id"]]:
            if id in self.notifications:
                self.notifications[id]["read"] = True

    async def notification_delete(self, d: Thing) -> None:
        self.notifications.pop(d["id"], None)

    async def _enter(self, guild: Thing) -> None:
        id = guild["id"]
        self.servers[id] = {field: guild[field] for field in SERVER}
        self.channels[id] = {each["id"]: each for each in guild["channels"]}
        self.roles[id] = {each["id"]: each for each in guild["roles"]}
        self.emojis[id] = {each["id"]: each for each in guild["emojis"]}
        self.members[id] = {each["user"]["id"]: joined(each) for each in guild["members"]}
        for each in guild["channels"]:
            self._see(each)
        self.asked.add(id)
        await self.say(8, guild_id=id)

    def _see(self, channel: Thing) -> None:
        self.since[channel["id"]] = int(channel["last_message_id"] or 0)
        self.messages[channel["id"]] = {}

    def _lose(self, channel_id: str) -> None:
        for known in (self.since, self.messages, self.unread, self.pins, self.read_to):
            known.pop(channel_id, None)

    def _last(self, channel_id: str, message_id: str) -> None:
        channel = self.channel(channel_id)
        if channel is not None:
            channel["last_message_id"] = message_id

    def _add(self, channel_id: str, count: int) -> Any:
        known = self.unread.get(channel_id, 0)
        return ANY if known is ANY else known + count

    def _part(self, user_id: str) -> None:
        """Somebody may be a stranger by now, as a friend whom one has blocked."""
        self._doubt((user_id,))
        self._forget_strangers()

    def _doubt(self, people: Iterable[str]) -> None:
        """Whom one sees in no server that one knows whole, one may have ceased to hear of."""
        near = self.near()
        for id in people:
            if self.asked and id not in near:
                self.presences[id] = {"status": ANY, "custom_status": ANY, "custom_emoji": ANY}

    def _forget_strangers(self) -> None:
        if self.asked:  # somebody's name may not be known yet
            return
        near = self.near()
        self.presences = {id: each for id, each in self.presences.items() if id in near}
