"""peewee, on the connection and in the transaction of the call that uses it."""

import pytest

from plexichat.store.binding import orm
from plexichat.store.db import Database, Tx
from plexichat.store.errors import Duplicate
from plexichat.store.models import User
from tests.store.notes import Refused


async def test_peewee_works_in_the_transaction_of_the_call(db: Database) -> None:
    def move_in(tx: Tx, *names: str) -> list[str]:
        for name in names:
            User.insert(id=tx.id(), username=name, password_hash=b"").execute()
        return [str(user.username) for user in User.select().order_by(User.id)]

    def move_in_and_leave(tx: Tx) -> None:
        move_in(tx, "cem")
        raise Refused

    def savepoint(tx: Tx) -> list[str]:
        with pytest.raises(Duplicate) as taken, orm.atomic():
            move_in(tx, "dan", "ann")
        assert (taken.value.table, taken.value.columns) == ("user", ("username",))
        return move_in(tx, "eve")

    assert await db.write(move_in, "ann", "bob") == ["ann", "bob"]
    with pytest.raises(Refused):
        await db.write(move_in_and_leave)
    assert await db.write(savepoint) == ["ann", "bob", "eve"]
    assert await db.read(lambda snap: User.select().count()) == 3


async def test_peewee_is_refused_outside_a_call(db: Database) -> None:
    with pytest.raises(Exception, match="connection not opened"):
        User.get()
