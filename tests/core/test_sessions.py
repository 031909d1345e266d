"""How long a session lasts."""

import time

import pytest

from plexichat.app import House
from plexichat.core import sessions
from plexichat.core.sessions import HOUR_MS
from plexichat.store import sessions as rows
from plexichat.store.db import Snapshot, Tx
from tests.cast import Person


@pytest.mark.parametrize(("hours_left", "hours_then"), [(23, 168), (25, 25)])
async def test_use_extends_a_session_that_nears_its_end(
    house: House, ann: Person, bob: Person, hours_left: int, hours_then: int
) -> None:
    now = int(time.time() * 1000)
    mine, unused = (house.live.find(person.token, now) for person in (ann, bob))

    def shorten(tx: Tx) -> None:
        for me in (mine, unused):
            rows.extend(me.session_id, now + hours_left * HOUR_MS)

    def hours(snap: Snapshot, user_id: int) -> int:
        (session,) = sessions.mine(snap, user_id)
        return round((session.expires_at - now) / HOUR_MS)

    await house.db.write(shorten)
    used = [(now, mine.session_id)]
    await house.db.write(sessions.save_use, used, house.config.sessions)
    assert await house.db.read(hours, ann.number) == hours_then
    assert await house.db.read(hours, bob.number) == hours_left
    if hours_then > hours_left:
        in_memory = house.live.find(ann.token, now).expires_at
        assert round((in_memory - now) / HOUR_MS) == hours_then


async def test_a_session_that_has_ended_is_not_brought_back(house: House, ann: Person) -> None:
    now = int(time.time() * 1000)
    session_id = house.live.find(ann.token, now).session_id

    def end(tx: Tx) -> None:
        rows.extend(session_id, tx.now)

    await house.db.write(end)
    await house.db.write(sessions.save_use, [(now, session_id)], house.config.sessions)
    assert await house.db.read(sessions.mine, ann.number) == []
