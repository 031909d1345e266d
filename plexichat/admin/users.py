"""Requests about accounts of people."""

import msgspec

from plexichat.admin.people import Person, find, seen
from plexichat.admin.words import Done, Tell
from plexichat.app import House
from plexichat.core import accounts, administration, deletion, passwords, recovery, users
from plexichat.core.users import Changes


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
        user_id = await find(house, self.name)
        made = await house.db.write(recovery.link, user_id, house.config.recovery.link_hours)
        url = house.shapes.recovery(made.token)
        return RecoveryLink(made.username, url, made.expires_at // 1000)


class RenameUser(msgspec.Struct, frozen=True, tag="user rename"):
    name: str
    becomes: str

    async def perform(self, house: House, tell: Tell) -> Person:
        user_id = await find(house, self.name)
        await house.db.write(users.update, user_id, Changes(username=self.becomes))
        return seen(house, await house.db.read(administration.show, user_id))


class SetPassword(msgspec.Struct, frozen=True, tag="user passwd"):
    name: str
    password: str

    async def perform(self, house: House, tell: Tell) -> Done:
        user_id = await find(house, self.name)
        policy = house.config.passwords
        passwords.check(self.password, policy)
        kept = await house.slow(passwords.digest, self.password, policy.bcrypt_cost)
        await house.db.write(administration.set_password, user_id, kept)
        return Done()


class ResetTwoFactor(msgspec.Struct, frozen=True, tag="user otp-reset"):
    name: str

    async def perform(self, house: House, tell: Tell) -> Done:
        await house.db.write(administration.reset_two_factor, await find(house, self.name))
        return Done()


class SuspendUser(msgspec.Struct, frozen=True, tag="user disable"):
    name: str
    seconds: int | None

    async def perform(self, house: House, tell: Tell) -> Person:
        user_id = await find(house, self.name)
        return seen(house, await house.db.write(administration.suspend, user_id, self.seconds))


class RestoreUser(msgspec.Struct, frozen=True, tag="user enable"):
    name: str

    async def perform(self, house: House, tell: Tell) -> Person:
        user_id = await find(house, self.name)
        return seen(house, await house.db.write(administration.restore, user_id))


class AppointAdmin(msgspec.Struct, frozen=True, tag="admin appoint"):
    name: str
    admin: bool

    async def perform(self, house: House, tell: Tell) -> Person:
        user_id = await find(house, self.name)
        account = await house.db.write(administration.appoint, user_id, admin=self.admin)
        return seen(house, account)


class DeleteUser(msgspec.Struct, frozen=True, tag="user delete"):
    """At once, or after the grace in which a login takes it back."""

    name: str
    grace: bool

    async def perform(self, house: House, tell: Tell) -> Person:
        user_id = await find(house, self.name)
        days = house.config.account_deletion.grace_days if self.grace else 0
        account = await house.db.write(administration.delete, user_id, days)
        if not self.grace:
            while await house.db.write(deletion.purge):
                pass
        return seen(house, account)


REQUESTS = (
    CreateUser,
    MakeRecoveryLink,
    RenameUser,
    SetPassword,
    ResetTwoFactor,
    SuspendUser,
    RestoreUser,
    AppointAdmin,
    DeleteUser,
)
ANSWERS = (UserCreated, RecoveryLink)
