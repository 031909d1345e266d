"""A server as a story needs it: founded, with people in it who may do this or that."""

from dataclasses import dataclass
from typing import Any

from plexichat.core import leftovers, permissions, servers
from plexichat.store import roles
from plexichat.store.db import Tx
from tests.cast import Person


@dataclass(frozen=True)
class Town:
    """A server and who founded it; `general` is the channel it began with."""

    owner: Person
    id: str
    general: str

    @property
    def number(self) -> int:
        return int(self.id)

    @property
    def path(self) -> str:
        return f"/servers/{self.id}"

    async def shown(self) -> dict[str, Any]:
        """The server as its owner sees it."""
        found: dict[str, Any] = (await self.owner.get(self.path)).json()
        return found


async def found(owner: Person, name: str = "Maple Street", **more: Any) -> Town:
    answer = await owner.post("/servers", {"name": name, **more})
    assert answer.status_code == 200, answer.text
    made = answer.json()
    return Town(owner, made["id"], made["default_channel_id"])


async def join(town: Town, *people: Person) -> None:
    """Let people in without an invite."""
    for person in people:
        await person.house.db.write(servers.admit, person.number, town.number)


async def allow(town: Town, person: Person, *names: str, position: int = 1) -> str:
    """Give somebody a new role that stands at `position` and has these permissions."""
    return str(
        await person.house.db.write(
            _wear, town.number, person.number, permissions.bits(*names), position
        )
    )


async def cleared(person: Person) -> None:
    """Wait until nothing is left that nobody may see."""
    while await person.house.db.write(leftovers.clear):
        pass


def _wear(tx: Tx, server_id: int, user_id: int, granted: int, position: int) -> int:
    role_id = roles.insert(tx, server_id, "sheriff", granted, position)
    tx.execute("INSERT INTO member_role VALUES (?, ?, ?)", (server_id, user_id, role_id))
    servers.rules_changed(tx, server_id)
    servers.standing_changed(tx, server_id, user_id)
    return role_id
