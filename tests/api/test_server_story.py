"""READY before + events = READY after: what clients know of servers is what the API would tell."""

import random
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from tests.api.line import listening
from tests.cast import Join, Person
from tests.picture import Picture, differences
from tests.town import Town, found
from tests.town import join as let_in

NAMES = ("ann", "bob", "cem", "dora", "emil")
STEPS = 250
GIVEN = ("channels.view", "messages.send", "channels.manage", "roles.manage", "members.kick")


class Story:
    """Five people who do this and that in two servers; whoever may not is refused, as in life."""

    def __init__(self, people: list[Person], towns: list[Town], seed: int) -> None:
        self.people = people
        self.towns = towns
        self.dice = random.Random(seed)
        self.happened = 0

    async def step(self) -> None:
        deeds: list[Callable[[Person, Town], Awaitable[Any]]] = [
            self.make_channel, self.change_channel, self.make_role, self.give_role,
            self.change_role, self.override, self.member, self.come_and_go, self.change_server,
        ]  # fmt: skip
        person, town = self.dice.choice(self.people), self.dice.choice(self.towns)
        if self.dice.random() < 0.6:  # most things are done by whoever owns the place
            owner_id = (await self.listed(town, self.people, "")).get("owner_id")
            person = next((each for each in self.people if each.id == owner_id), person)
        answer = await self.dice.choice(deeds)(person, town)
        if answer is not None:
            assert answer.status_code < 500, answer.text
            self.happened += answer.status_code == 200

    async def listed(self, town: Town, people: list[Person], path: str) -> Any:
        """What the first of these people who may is told."""
        for person in people:
            answer = await person.get(f"{town.path}{path}")
            if answer.status_code == 200:
                return answer.json()
        return {}

    async def one(self, town: Town, path: str) -> str:
        found = await self.listed(town, self.people, path)
        return str(self.dice.choice(found)["id"]) if found else "77"

    async def make_channel(self, person: Person, town: Town) -> Any:
        kind = self.dice.choice(("text", "voice", "category"))
        wanted = {"name": self.word(), "type": kind}
        return await person.post(f"{town.path}/channels", wanted)

    async def change_channel(self, person: Person, town: Town) -> Any:
        path = f"/channels/{await self.one(town, '/channels')}"
        if self.dice.random() < 0.3:
            return await person.delete(path)
        wanted = {"name": self.word(), "position": self.dice.randrange(9)}
        if self.dice.random() < 0.4:
            wanted["category_id"] = await self.one(town, "/channels")
        return await person.patch(path, wanted)

    async def make_role(self, person: Person, town: Town) -> Any:
        given = {name: True for name in GIVEN if self.dice.random() < 0.4}
        return await person.post(f"{town.path}/roles", {"name": self.word(), "permissions": given})

    async def change_role(self, person: Person, town: Town) -> Any:
        path = f"{town.path}/roles/{await self.one(town, '/roles')}"
        if self.dice.random() < 0.3:
            return await person.delete(path)
        if self.dice.random() < 0.4:
            return await person.patch(path, {"position": self.dice.randrange(1, 5)})
        given = {name: self.dice.random() < 0.5 for name in GIVEN}
        return await person.patch(path, {"permissions": given})

    async def give_role(self, person: Person, town: Town) -> Any:
        wearer = self.dice.choice(self.people)
        path = f"{town.path}/members/{wearer.id}/roles/{await self.one(town, '/roles')}"
        method = "PUT" if self.dice.random() < 0.7 else "DELETE"
        return await person.ask(method, path)

    async def override(self, person: Person, town: Town) -> Any:
        channel_id = await self.one(town, "/channels")
        kind, target = "role", await self.one(town, "/roles")
        if self.dice.random() < 0.3:
            kind, target = "member", self.dice.choice(self.people).id
        path = f"/channels/{channel_id}/permissions/{kind}/{target}"
        if self.dice.random() < 0.2:
            return await person.delete(path)
        side = self.dice.choice(("allow", "deny"))
        return await person.put(path, {side: {"channels.view": True}})

    async def member(self, person: Person, town: Town) -> Any:
        path = f"{town.path}/members/{self.dice.choice(self.people).id}"
        if self.dice.random() < 0.5:
            return await person.patch(path, {"nickname": self.dice.choice((self.word(), None))})
        until = self.dice.choice((int(time.time()) + 600, None))
        return await person.patch(path, {"timeout_until": until, "timeout_reason": self.word()})

    async def come_and_go(self, person: Person, town: Town) -> Any:
        other = self.dice.choice(self.people)
        if (await other.get(town.path)).status_code == 403:
            await let_in(town, other)
            return None
        match self.dice.randrange(4):
            case 0:
                return await other.post(f"{town.path}/leave")
            case 1:
                return await person.delete(f"{town.path}/members/{other.id}")
            case 2:
                answer = await person.put(f"{town.path}/bans/{other.id}")
                await person.delete(f"{town.path}/bans/{other.id}")
                return answer
            case _:
                return await person.patch(f"{town.path}/owner", {"user_id": other.id})

    async def change_server(self, person: Person, town: Town) -> Any:
        if self.dice.random() < 0.3:
            return await person.patch("/users/@me", {"username": f"{person.username}{self.word()}"})
        return await person.patch(town.path, {"name": self.word(), "description": self.word()})

    def word(self) -> str:
        return "".join(self.dice.choice("aeiounrst") for _ in range(6))


@pytest.mark.parametrize("seed", [1, 2])
async def test_what_clients_know_of_servers_is_what_the_api_tells(
    join: Join, url: str, seed: int
) -> None:
    people = [await join(name) for name in NAMES]
    towns = [await found(people[0], "Maple Street"), await found(people[1], "Oak Street")]
    story = Story(people, towns, seed)
    async with AsyncExitStack() as stack:
        pictures = []
        for person in people:
            line = await stack.enter_async_context(listening(url, person))
            pictures.append(Picture(person, line))
            await pictures[-1].begin()
        for step in range(STEPS):
            await story.step()
            if step % 50 == 49:
                for picture in pictures:
                    await picture.catch_up()
                    assert differences(picture.known(), await picture.read()) == []
        assert story.happened > STEPS / 3
        for picture in pictures:
            async with listening(url, picture.person) as line:
                again = Picture(picture.person, line)
                await again.begin()
                await again.catch_up()
                assert differences(again.known(), picture.known()) == []
