"""What a client knows of its servers from READY, the events after it, and members it asked for."""

from typing import Any

import msgspec

from plexichat.api.shapes_servers import Server
from tests.api.line import Line
from tests.cast import Person

Thing = dict[str, Any]
SERVER = tuple(field.name for field in msgspec.structs.fields(Server))


class Picture:
    """The servers of one person, as a client keeps them that reads nothing over HTTP."""

    def __init__(self, person: Person, line: Line) -> None:
        self.person = person
        self.line = line
        self.servers: dict[str, Thing] = {}
        self.channels: dict[str, dict[str, Thing]] = {}
        self.roles: dict[str, dict[str, Thing]] = {}
        self.members: dict[str, dict[str, Thing]] = {}

    async def begin(self) -> None:
        for guild in self.line.ready["guilds"]:
            await self._enter(guild)

    async def catch_up(self) -> None:
        """Take in everything until nothing more is asked for."""
        while said := await self.line.beat():
            for each in said:
                await self.take(each["t"], each["d"])

    async def take(self, name: str, d: Thing) -> None:
        match name:
            case "GUILD_CREATE":
                await self._enter(d)
            case "GUILD_UPDATE":
                self.servers[d["id"]] |= d
            case "GUILD_DELETE":
                for known in (self.servers, self.channels, self.roles, self.members):
                    del known[d["id"]]
            case "CHANNEL_CREATE" | "CHANNEL_UPDATE":
                self.channels[d["guild_id"]][d["id"]] = d
            case "CHANNEL_DELETE":
                del self.channels[d["guild_id"]][d["id"]]
            case "GUILD_ROLE_CREATE" | "GUILD_ROLE_UPDATE":
                self.roles[d["guild_id"]][d["role"]["id"]] = d["role"]
            case "GUILD_ROLE_DELETE":
                del self.roles[d["guild_id"]][d["role_id"]]
                for member in self.members[d["guild_id"]].values():
                    member["roles"] = [role for role in member["roles"] if role != d["role_id"]]
            case "GUILD_MEMBER_ADD":
                self.servers[d["guild_id"]]["member_count"] += 1
                self.members[d["guild_id"]][d["user"]["id"]] = joined(d)
            case "GUILD_MEMBER_REMOVE":
                self.servers[d["guild_id"]]["member_count"] -= 1
                self.members[d["guild_id"]].pop(d["user"]["id"], None)
            case "GUILD_MEMBER_UPDATE":
                member = self.members[d["guild_id"]].setdefault(d["user"]["id"], {})
                member |= changed(d)
            case "GUILD_MEMBERS_CHUNK" if d["guild_id"] in self.members:
                known = self.members[d["guild_id"]]
                known |= {each["user_id"]: member_of(each) for each in d["members"]}
            case "USER_UPDATE":
                for members in self.members.values():
                    if d["user"]["id"] in members:
                        members[d["user"]["id"]]["username"] = d["user"]["username"]

    async def _enter(self, guild: Thing) -> None:
        id = guild["id"]
        self.servers[id] = {field: guild[field] for field in SERVER}
        self.channels[id] = {each["id"]: each for each in guild["channels"]}
        self.roles[id] = {each["id"]: each for each in guild["roles"]}
        self.members[id] = {each["user"]["id"]: joined(each) for each in guild["members"]}
        await self.line.say(8, guild_id=id)

    async def read(self) -> dict[str, Any]:
        """The same, as the API tells it."""
        get = self.person.get
        servers = {each["id"]: each for each in (await get("/servers")).json()}
        told: dict[str, Any] = {"servers": servers, "channels": {}, "roles": {}, "members": {}}
        for id in servers:
            for kind in ("channels", "roles"):
                listed = (await get(f"/servers/{id}/{kind}")).json()
                told[kind][id] = {each["id"]: each for each in listed}
            listed = (await get(f"/servers/{id}/members?limit=1000")).json()
            told["members"][id] = {each["user_id"]: member_of(each) for each in listed}
        return told

    def known(self) -> dict[str, Any]:
        return {
            "servers": self.servers, "channels": self.channels, "roles": self.roles,
            "members": self.members,
        }  # fmt: skip


def member_of(member: Thing) -> Thing:
    """A member but for presence, which is told apart from servers."""
    found = {k: v for k, v in member.items() if k not in ("member_id", "presence")}
    return found | {"roles": sorted(member["roles"])}


def joined(d: Thing) -> Thing:
    user = d["user"]
    return {
        "user_id": user["id"], "username": user["username"], "avatar_url": user["avatar_url"],
        "joined_at": d["joined_at"], "badges": d["badges"],
    } | changed(d)  # fmt: skip


def changed(d: Thing) -> Thing:
    return {
        "nickname": d["nick"], "roles": sorted(d["roles"]), "timeout_until": d["timeout_until"],
        "timeout_reason": d["timeout_reason"],
    }  # fmt: skip


def differences(one: Any, other: Any, path: str = "") -> list[str]:
    """Where two pictures differ."""
    if not isinstance(one, dict) or not isinstance(other, dict):
        return [] if one == other else [f"{path}: {one!r} is {other!r}"]
    return [
        line
        for key in sorted(one.keys() | other.keys())
        for line in differences(one.get(key), other.get(key), f"{path}/{key}")
    ]
