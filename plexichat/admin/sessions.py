"""Requests about logins: which there are, and ending them."""

import datetime as dt

import msgspec

from plexichat import ids
from plexichat.admin.people import find
from plexichat.admin.words import Done, Tell, moment
from plexichat.app import House
from plexichat.core import administration
from plexichat.core.administration import Used


class Login(msgspec.Struct, frozen=True, tag="login"):
    id: str
    user_id: str
    username: str
    created_at: dt.datetime | None
    active_at: dt.datetime | None
    expires_at: dt.datetime | None
    address: str | None
    agent: str | None


class Logins(msgspec.Struct, frozen=True, tag="logins"):
    logins: list[Login]


class ListLogins(msgspec.Struct, frozen=True, tag="logins list"):
    """Of one person, or (None) of everybody."""

    name: str | None

    async def perform(self, house: House, tell: Tell) -> Logins:
        user_id = None if self.name is None else await find(house, self.name)
        return Logins([_login(u) for u in await house.db.read(administration.logins, user_id)])


class EndLogin(msgspec.Struct, frozen=True, tag="login end"):
    id: str

    async def perform(self, house: House, tell: Tell) -> Login:
        return _login(await house.db.write(administration.end_login, self.id))


class LogOut(msgspec.Struct, frozen=True, tag="user logout"):
    name: str

    async def perform(self, house: House, tell: Tell) -> Done:
        user_id = await find(house, self.name)
        return Done(await house.db.write(administration.log_out, user_id))


def _login(used: Used) -> Login:
    session = used.session
    return Login(
        str(session.id), str(session.user_id), used.username, moment(ids.unix_ms(session.id)),
        moment(session.active_at), moment(session.expires_at), session.address, session.agent,
    )  # fmt: skip


REQUESTS = (ListLogins, EndLogin, LogOut)
ANSWERS = (Logins, Login)
