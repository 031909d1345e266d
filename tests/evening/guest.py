"""Somebody who is there this evening, and what they know and can reach for."""

import random
from collections.abc import Collection
from dataclasses import dataclass, field

from tests.cast import Person
from tests.evening.device import Device
from tests.evening.picture import Picture
from tests.town import Town

LETTERS = "aeiounrst"


@dataclass
class Party:
    """Who is there, where, and what everybody was handed."""

    dice: random.Random
    guests: list["Guest"] = field(default_factory=list)
    towns: list[Town] = field(default_factory=list)
    invites: list[str] = field(default_factory=list)
    hooks: list[str] = field(default_factory=list)  # paths that programs post to


@dataclass
class Guest:
    """They act on what their first device shows, which may be a little behind."""

    party: Party
    person: Person
    devices: list[Device]

    @property
    def seen(self) -> Picture:
        return self.devices[0].picture

    def word(self) -> str:
        return "".join(self.party.dice.choice(LETTERS) for _ in range(6))

    def chance(self, likely: float) -> bool:
        return self.party.dice.random() < likely

    def other(self) -> Person:
        return self.party.dice.choice(self.party.guests).person

    def town(self) -> Town:
        """One of the servers, rather one's own."""
        own = [
            town
            for town in self.party.towns
            if self.seen.servers.get(town.id, {}).get("owner_id") == self.person.id
        ]
        return self.party.dice.choice(own if own and self.chance(0.8) else self.party.towns)

    def one(self, ids: Collection[str]) -> str:
        """One of these, or what does not exist."""
        return self.party.dice.choice(sorted(ids)) if ids else "77"

    def place(self) -> str:
        """A channel or conversation in which messages may be."""
        return self.one(self.seen.messages)

    def message(self, channel_id: str, mine: bool = False) -> str:
        """A message there that one has seen, more often a late one."""
        known = [
            id
            for id, each in self.seen.messages.get(channel_id, {}).items()
            if not mine or each["author_id"] == self.person.id
        ]
        return self.one(known[-8:] if self.chance(0.8) else known)

    def rooms(self, town: Town) -> Collection[str]:
        return self.seen.channels.get(town.id, {})

    def roles(self, town: Town) -> Collection[str]:
        return self.seen.roles.get(town.id, {})
