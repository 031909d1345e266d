"""Requests about who has an account, and how an admin sees a person."""

import datetime as dt

import msgspec

from plexichat import ids
from plexichat.admin.words import Tell, moment
from plexichat.app import House
from plexichat.core import administration, servers
from plexichat.core.administration import ENDLESS
from plexichat.store import uploads
from plexichat.store.administration import Account
from plexichat.store.db import Snapshot
from plexichat.store.servers import Server


class Person(msgspec.Struct, frozen=True, tag="person"):
    """Suspended without `suspended_until` is until further notice."""

    id: str
    username: str
    email: str | None
    is_admin: bool
    two_factor: bool
    suspended: bool
    suspended_until: dt.datetime | None
    locked_until: dt.datetime | None
    deletion_at: dt.datetime | None
    created_at: dt.datetime | None
    active_at: dt.datetime | None
    connected: bool
    sessions: int


class Membership(msgspec.Struct, frozen=True):
    id: str
    name: str
    owner: bool


class PersonShown(msgspec.Struct, frozen=True, tag="person shown"):
    person: Person
    servers: list[Membership]
    upload_bytes: int


class People(msgspec.Struct, frozen=True, tag="people"):
    people: list[Person]


class ListPeople(msgspec.Struct, frozen=True, tag="people list"):
    text: str

    async def perform(self, house: House, tell: Tell) -> People:
        people: list[Person] = []
        after = 0
        while page := await house.db.read(administration.search, self.text, after=after):
            people += [seen(house, account) for account in page]
            after = page[-1].id
        return People(people)


class ShowPerson(msgspec.Struct, frozen=True, tag="person show"):
    name: str

    async def perform(self, house: House, tell: Tell) -> PersonShown:
        account, belongs, used = await house.db.read(_look, self.name)
        return PersonShown(
            seen(house, account),
            [Membership(str(s.id), s.name, s.owner_id == account.id) for s in belongs],
            used,
        )


def _look(snap: Snapshot, name: str) -> tuple[Account, list[Server], int]:
    user = administration.find(snap, name)
    account = administration.show(snap, user.id)
    return account, servers.mine(snap, user.id), uploads.used(snap, user.id)


async def find(house: House, name: str) -> int:
    """The id of the person of this name or id."""
    return (await house.db.read(administration.find, name)).id


def seen(house: House, account: Account) -> Person:
    now = dt.datetime.now(dt.UTC)
    suspended = account.suspended_until > now.timestamp() * 1000
    endless = not suspended or account.suspended_until == ENDLESS
    locked = moment(account.locked_until)
    return Person(
        str(account.id),
        account.username,
        account.email,
        account.is_admin,
        account.totp_enabled,
        suspended,
        None if endless else moment(account.suspended_until),
        locked if locked and locked > now else None,
        moment(account.deletion_at),
        moment(ids.unix_ms(account.id)),
        moment(max(account.active_at or 0, house.live.active_at(account.id))),
        house.hub.connected(account.id),
        account.sessions,
    )


REQUESTS = (ListPeople, ShowPerson)
ANSWERS = (People, Person, PersonShown)
