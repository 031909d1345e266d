"""What goes by itself: how much of it, what stays, and who hears of it."""

import dataclasses
import time
from typing import Any

import pytest

from plexichat import retention
from plexichat.app import House
from plexichat.config import Retention
from plexichat.core.retention import WEIGHED, Sum
from plexichat.retention import Due
from plexichat.store import messages
from plexichat.store.db import Snapshot, Tx
from tests import town
from tests.api.line import dial
from tests.cast import Person
from tests.giving import attach, bare, stored

DAY_MS = 86_400_000
NOTHING = (0, 0)


async def due(house: House, days: int = 0, **rules: int) -> Due:
    """What is to go in so many days."""
    now = time.time_ns() // 1_000_000 + days * DAY_MS
    return await retention.due(house.db, Retention(**rules), now)


async def run(house: House, found: Due) -> None:
    await retention.run(house, found)
    await house.shelf.settled()


async def history(person: Person, channel_id: str) -> list[Any]:
    found: list[Any] = (await person.get(f"/channels/{channel_id}/messages")).json()
    return found


async def texts(person: Person, channel_id: str) -> list[str]:
    return [message["content"] for message in await history(person, channel_id)]


async def test_without_rules_everything_stays(house: House, ann: Person, bob: Person) -> None:
    dm = await ann.dm(bob)
    await ann.say(dm, "soup", attachments=[await attach(ann, dm, b"leek")])
    found = await due(house, days=10_000)
    assert (found.messages, found.files) == (NOTHING, NOTHING)
    await run(house, found)
    assert await texts(bob, dm) == ["soup"]


async def test_old_messages_go_with_their_files_and_their_words(
    house: House, url: str, ann: Person, bob: Person
) -> None:
    dm = await ann.dm(bob)
    file = await attach(ann, dm, b"leek")
    said = [await ann.say(dm, "soup", attachments=[file]), await bob.say(dm, "soup with bread")]
    assert (await due(house, days=6, messages_days=7)).messages == NOTHING
    found = await due(house, days=8, messages_days=7)
    assert found.messages == (2, len("soupsoup with bread"))
    async with dial(url) as line:
        await line.identify(bob)
        await run(house, found)
        (told,) = [frame for frame in await line.beat() if frame["t"] == "MESSAGE_DELETE_BULK"]
    assert set(told["d"]["message_ids"]) == {message["id"] for message in said}
    assert await history(bob, dm) == []
    searched = await bob.get(f"/channels/{dm}/messages/search", params={"content": "soup"})
    assert searched.json() == []
    assert stored(house) == []
    assert (await bob.get(f"/channels/{dm}/messages/unread")).json()["unread_count"] == 0


async def test_pins_and_notes_stay_and_do_not_count(house: House, ann: Person, bob: Person) -> None:
    dm = await ann.dm(bob)
    pinned = await ann.say(dm, "the recipe", attachments=[await attach(ann, dm, b"leek")])
    await ann.put(f"/channels/{dm}/pins/{pinned['id']}")
    notes = (await ann.get("/users/@me/notes")).json()["id"]
    await ann.say(notes, "buy leek", attachments=[await attach(ann, notes, b"barley")])
    rules = {"messages_days": 1, "messages_max_bytes": 1, "files_days": 1, "files_max_bytes": 1}
    found = await due(house, days=10_000, **rules)
    assert (found.messages, found.files) == (NOTHING, NOTHING)
    await run(house, found)
    assert (await texts(ann, dm), await texts(ann, notes)) == (["the recipe"], ["buy leek"])
    assert len(stored(house)) == 2


async def test_the_oldest_of_too_many_bytes_go(house: House, ann: Person, bob: Person) -> None:
    dm = await ann.dm(bob)
    for text in ("one", "two", "three", "éé"):
        await bob.say(dm, text)
    found = await due(house, messages_max_bytes=len("three") + len("éé".encode()) + 1)
    assert found.messages == (2, len("onetwo"))
    await run(house, found)
    assert await texts(ann, dm) == ["éé", "three"]
    assert (await due(house, messages_max_bytes=1000)).messages == NOTHING


async def test_age_and_bytes_take_away_whichever_is_more(
    house: House, ann: Person, bob: Person
) -> None:
    dm = await ann.dm(bob)
    for text in ("one", "two"):
        await bob.say(dm, text)
    assert (await due(house, 2, messages_days=1, messages_max_bytes=4)).messages.number == 2
    assert (await due(house, 0, messages_days=1, messages_max_bytes=4)).messages.number == 1


async def test_a_file_that_goes_leaves_its_message(
    house: House, url: str, ann: Person, bob: Person
) -> None:
    dm = await ann.dm(bob)
    first = await attach(ann, dm, b"leek")
    told = await ann.say(dm, "soup", attachments=[first])
    alone = await ann.say(dm, "", attachments=[await attach(ann, dm, b"barley")])
    last = await attach(ann, dm, b"bread")
    kept = await ann.say(dm, "and", attachments=[last])
    found = await due(house, files_max_bytes=len(b"bread"))
    assert found.files == (2, len(b"leekbarley"))
    async with dial(url) as line:
        await line.identify(bob)
        await run(house, found)
        frames = {frame["t"]: frame["d"] for frame in await line.beat()}
    assert frames["MESSAGE_UPDATE"]["id"] == told["id"]
    assert frames["MESSAGE_UPDATE"]["attachments"] == []
    assert frames["MESSAGE_DELETE_BULK"]["message_ids"] == [alone["id"]]
    shown = await history(ann, dm)
    assert [message["id"] for message in shown] == [kept["id"], told["id"]]
    assert (shown[1]["attachments"], shown[1]["edited_at"]) == ([], None)
    assert (await ann.get(bare(first))).status_code == 404
    assert len(stored(house)) == 1


async def test_what_is_pinned_in_the_last_moment_stays(
    house: House, ann: Person, bob: Person
) -> None:
    dm = await ann.dm(bob)
    said = await ann.say(dm, "soup", attachments=[await attach(ann, dm, b"leek")])
    found = await due(house, days=2, messages_days=1, files_days=1)
    await ann.put(f"/channels/{dm}/pins/{said['id']}")
    await run(house, found)
    assert await history(bob, dm) != []


async def test_more_than_one_call_can_bear_goes_in_many(house: House, ann: Person) -> None:
    street = await town.found(ann)
    await house.db.write(_say_much, int(street.general), ann.number, WEIGHED + 10)
    found = await due(house, messages_max_bytes=10)
    assert found.messages == (WEIGHED, WEIGHED)
    await run(house, found)
    assert len(await history(ann, street.general)) == 10


async def test_what_is_unread_stays_right_while_the_places_go(
    house: House, ann: Person, bob: Person, cem: Person, dee: Person
) -> None:
    street = await town.found(ann)
    await town.join(street, bob, cem, dee)  # bob reads, cem talks, dee does neither
    path = f"/channels/{street.general}/messages"
    said = [await (ann, cem)[n % 2].say(street.general, f"{n}") for n in range(9)]
    await bob.post(f"{path}/ack?message_id={said[3]['id']}")
    await ann.put(f"/channels/{street.general}/pins/{said[1]['id']}")
    await ann.delete(f"{path}/{said[7]['id']}")
    bound = int(said[6]["id"])
    for _ in range(2):  # the second time there is nothing left to do
        await run(house, Due(bound, 0, Sum(0, 0), Sum(0, 0)))
        assert await texts(ann, street.general) == ["8", "6", "1"]
        assert await house.db.read(_places, int(street.general)) == 6
    unread = [(await one.get(f"{path}/unread")).json()["unread_count"] for one in (bob, cem, dee)]
    assert unread == [2, 2, 2]
    everywhere = (await dee.get("/users/@me/unread")).json()["unread_counts"]
    assert everywhere == {street.general: 2}
    # Back to the pinned message, which lies where nobody's mark goes any more.
    back = await bob.post(f"{path}/mark-unread", {"message_id": said[1]["id"]})
    assert back.json()["unread_count"] == 2
    await cem.say(street.general, "more")
    unread = [(await one.get(f"{path}/unread")).json()["unread_count"] for one in (bob, cem, dee)]
    assert unread == [3, 2, 3]
    await bob.post(f"{path}/ack")
    assert (await bob.get(f"{path}/unread")).json()["unread_count"] == 0
    await cem.post(f"{path}/ack")
    assert (await cem.get(f"{path}/unread")).json()["unread_count"] == 0


async def test_the_house_does_it_by_itself_once_a_day(
    house: House, ann: Person, bob: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "plexichat")
    house.config = dataclasses.replace(house.config, retention=Retention(messages_max_bytes=4))
    dm = await ann.dm(bob)
    for text in ("soup", "leek"):
        await bob.say(dm, text)
    await house.upkeep._retain()
    assert "1 old messages and 0 old files are gone" in caplog.messages
    await bob.say(dm, "salt")
    await house.upkeep._retain()
    assert await texts(ann, dm) == ["salt", "leek"]


def _say_much(tx: Tx, channel_id: int, author_id: int, number: int) -> None:
    for _ in range(number):
        messages.insert(tx, channel_id, author_id, "x", None, None, None)


def _places(snap: Snapshot, channel_id: int) -> int:
    """How many messages a channel has, deleted ones that keep their place included."""
    found = snap.execute("SELECT count(*) FROM message WHERE channel_id = ?", (channel_id,))
    return int(found.fetchone()[0])
