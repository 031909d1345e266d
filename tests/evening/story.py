"""An evening of many people in two servers, seeded and random; all pictures stay right."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any, Final

from plexichat.app import House
from plexichat.config import Config, Gateway, Presence
from plexichat.core import leftovers, notifications, thumbnails
from tests.cast import Join, quick
from tests.evening import rule, talk
from tests.evening.device import Device
from tests.evening.glance import mistakes
from tests.evening.guest import Guest, Party
from tests.town import found

NAMES: Final = (
    "ann", "bob", "cem", "dee", "emil", "fay", "gus", "hana", "ivo", "jun", "kai", "lea", "max",
    "nina", "omar", "pia", "quin", "rosa", "sven", "tala",
)  # fmt: skip
OWNERS_SHARE: Final = 0.6  # of what is done in servers by whoever owns one of them
LOOKS: Final = 2  # times that everything is compared while it goes on

Deed = Callable[[Guest], Awaitable[Any]]


def quiet(folder: Path) -> Config:
    """A house in which people are gone as soon as they are, and nothing missed is lost.

    Nobody has to beat in time: how long an evening takes is up to the machine.
    """
    return quick(
        folder,
        presence=Presence(grace_seconds=0),
        gateway=Gateway(
            heartbeat_interval_ms=3_600_000, replay_events=1_000_000, max_queue_bytes=1 << 30
        ),
    )


class Evening:
    def __init__(self, house: House, party: Party) -> None:
        self.house = house
        self.party = party
        self.happened: dict[str, int] = {}  # deed -> how often it succeeded

    @classmethod
    async def begin(cls, house: House, url: str, join: Join, seed: int, people: int) -> "Evening":
        """Everybody comes, with one device or two; two of them have founded a server each."""
        party = Party(random.Random(seed))
        for name in NAMES[:people]:
            person = await join(name)
            devices = [Device(url, person) for _ in range(2 if party.dice.random() < 0.2 else 1)]
            party.guests.append(Guest(party, person, devices))
        ann, bob = party.guests[0].person, party.guests[1].person
        party.towns = [await found(ann, "Maple Street"), await found(bob, "Oak Street")]
        for town in party.towns:
            for number in range(1, rule.CHANNELS):
                await town.owner.post(f"{town.path}/channels", {"name": f"room {number}"})
            answer = await town.owner.post(f"/channels/{town.general}/invites")
            for guest in party.guests:
                await guest.person.post(f"/channels/invites/{answer.json()['code']}")
        evening = cls(house, party)
        for device in evening.devices():
            await device.begin()
        return evening

    async def close(self) -> None:
        for device in self.devices():
            await device.close()
        for guest in self.party.guests:
            await guest.person.client.aclose()

    async def last(self, steps: int, together: int = 1) -> None:
        """Let it go on, with so many at work at once; look now and then whether all is right."""
        for step in range(together, steps + 1, together):
            await asyncio.gather(*[await self.next() for _ in range(together)])
            if step % (steps // LOOKS) < together:
                await self.look()
        for device in self.devices():
            await device.lose()
            await device.begin()
        await self.look()

    async def next(self) -> Coroutine[Any, Any, None]:
        """Choose who does what next."""
        dice = self.party.dice
        guest = dice.choice(self.party.guests)
        if dice.random() < 0.02:
            await self.flicker(guest)
        deeds: dict[Any, int] = talk.DEEDS | rule.DEEDS
        (deed,) = dice.choices(list(deeds), list(deeds.values()))
        if deed in rule.DEEDS and dice.random() < OWNERS_SHARE:
            guest = self.owner()
        if guest.devices[0].there:
            await guest.devices[0].beat()
        return self.do(deed, guest)

    async def do(self, deed: Deed, guest: Guest) -> None:
        answer = await deed(guest)
        if answer is not None:
            assert answer.status_code < 500, answer.text
            name = deed.__name__
            self.happened[name] = self.happened.get(name, 0) + (answer.status_code == 200)

    def owner(self) -> Guest:
        """Whoever owns one of the servers, as far as they know."""
        owners = [
            guest
            for guest in self.party.guests
            if any(each["owner_id"] == guest.person.id for each in guest.seen.servers.values())
        ]
        return self.party.dice.choice(owners or self.party.guests)

    async def flicker(self, guest: Guest) -> None:
        """One of their devices loses its line, or comes back."""
        device = self.party.dice.choice(guest.devices)
        if device.there:
            await device.lose()
        elif self.party.dice.random() < 0.7:
            await device.resume()
        else:
            await device.begin()

    async def look(self) -> None:
        """Compare what every device shows with what the API tells its owner.

        Those whose line is broken come back first.
        """
        for device in self.devices():
            if not device.there:
                await device.resume()
        await self.settle()
        for guest in self.party.guests:
            for device in guest.devices:
                found = await mistakes(guest.person, device.picture)
                assert not found, f"{guest.person.username}:\n" + "\n".join(found[:20])

    async def settle(self) -> None:
        """Wait for what the house does a little later, and for the word of it."""
        db = self.house.db
        while await db.write(notifications.spread, self.house.hub.online()):
            pass
        while await db.write(leftovers.clear):
            pass
        while await db.read(thumbnails.due) is not None:
            await asyncio.sleep(0.01)
        await self.house.upkeep.settled()
        for device in self.devices():
            await device.beat()

    def devices(self) -> list[Device]:
        return [device for guest in self.party.guests for device in guest.devices]
