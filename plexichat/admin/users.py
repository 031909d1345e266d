"""Requests about accounts of people."""

import msgspec

from plexichat.admin.words import Tell
from plexichat.app import House
from plexichat.core import accounts, passwords, recovery


class UserCreated(msgspec.Struct, frozen=True, tag="user created"):
    id: str
    username: str
    email: str | None
    is_admin: bool


class CreateUser(msgspec.Struct, frozen=True, tag="user create"):
    name: str
    email: str | None
    password: str
    is_admin: bool

    async def perform(self, house: House, tell: Tell) -> UserCreated:
        policy = house.config.passwords
        passwords.check(self.password, policy)
        await house.db.read(accounts.check_new, self.name, self.email)
        kept = await house.slow(passwords.digest, self.password, policy.bcrypt_cost)
        user = await house.db.write(
            accounts.create, self.name, self.email, kept, is_admin=self.is_admin
        )
        return UserCreated(str(user.id), user.username, self.email, self.is_admin)


class RecoveryLink(msgspec.Struct, frozen=True, tag="recovery link"):
    username: str
    url: str
    expires_at: int  # in seconds


class MakeRecoveryLink(msgspec.Struct, frozen=True, tag="recovery link make"):
    name: str

    async def perform(self, house: House, tell: Tell) -> RecoveryLink:
        made = await house.db.write(recovery.link, self.name, house.config.recovery.link_hours)
        url = house.shapes.recovery(made.token)
        return RecoveryLink(made.username, url, made.expires_at // 1000)


REQUESTS = (CreateUser, MakeRecoveryLink)
ANSWERS = (UserCreated, RecoveryLink)
