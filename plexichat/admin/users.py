"""Requests about accounts of people."""

import msgspec

from plexichat.admin.words import Tell
from plexichat.app import House
from plexichat.core import accounts, passwords


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


REQUESTS = (CreateUser,)
ANSWERS = (UserCreated,)
