"""Telling people of what concerns them."""

from typing import Any

import pytest

from plexichat.core import notifications, servers
from plexichat.store.db import Tx
from plexichat.store.users import insert
from tests.api.friends import accept, ask, block
from tests.api.line import listening
from tests.cast import Person, refusal
from tests.town import Town, allow, found, join

PATH = "/users/@me/notifications"


@pytest.fixture
async def street(ann: Person, bob: Person, cem: Person) -> Town:
    town = await found(ann)
    await join(town, bob, cem)
    return town


async def told(person: Person) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = (await person.get(PATH)).json()["notifications"]
    return listed


async def contents(person: Person) -> list[str]:
    return [each["content"] for each in await told(person)]


async def test_whoever_is_named_is_told_and_nobody_else(
    ann: Person, bob: Person, cem: Person, street: Town
) -> None:
    said = await ann.say(street.general, f"<@{bob.id}> soup?")
    listed = (await bob.get(PATH)).json()
    assert listed["unread_count"] == 1
    (one,) = listed["notifications"]
    assert one == {
        "id": one["id"], "type": "mention", "title": "ann in #general",
        "content": f"<@{bob.id}> soup?", "content_preview": "soup?", "read": False,
        "created_at": one["created_at"], "link": f"/channels/{street.general}/{said['id']}",
        "sender_id": ann.id,
    }  # fmt: skip
    assert await told(cem) == await told(ann) == []


async def test_naming_oneself_or_a_stranger_tells_nobody(
    ann: Person, dee: Person, street: Town
) -> None:
    await ann.say(street.general, f"<@{ann.id}> <@{dee.id}> <@7> <@{'9' * 18}>")
    assert await told(ann) == await told(dee) == []


async def test_who_is_answered_is_told_once_even_when_named_too(
    ann: Person, bob: Person, street: Town
) -> None:
    question = await bob.say(street.general, "soup?")
    await ann.say(street.general, "yes", reply_to_id=question["id"])
    await ann.say(street.general, f"<@{bob.id}> yes!", reply_to_id=question["id"])
    assert [each["type"] for each in await told(bob)] == ["mention", "message"]


async def test_direct_messages_tell_whom_they_name(ann: Person, bob: Person, cem: Person) -> None:
    dm = await ann.dm(bob)
    await ann.say(dm, f"<@{bob.id}> <@{cem.id}> @everyone")
    (one,) = await told(bob)
    assert one["title"] == "ann"
    assert await told(cem) == []


async def test_everyone_is_called_only_by_who_may(
    ann: Person, bob: Person, cem: Person, street: Town
) -> None:
    await bob.say(street.general, "@everyone soup!")
    assert await told(ann) == await told(cem) == []
    await allow(street, bob, "messages.mention_everyone")
    await bob.say(street.general, "@everyone soup!")
    await bob.say(street.general, "bob@everyone.example writes to @everyones")
    assert await contents(ann) == await contents(cem) == ["@everyone soup!"]
    assert await told(bob) == []


async def test_here_calls_those_who_are_connected(
    ann: Person, bob: Person, cem: Person, street: Town, url: str
) -> None:
    async with listening(url, bob):
        await ann.say(street.general, "@here soup!")
    assert await contents(bob) == ["@here soup!"]
    assert await told(cem) == []


async def test_a_role_calls_who_wears_it_if_it_may_be_named(
    ann: Person, bob: Person, cem: Person, street: Town
) -> None:
    cook = await allow(street, bob)
    await cem.say(street.general, f"<@&{cook}> soup?")
    assert await told(bob) == []
    await ann.say(street.general, f"<@&{cook}> soup!")
    assert await contents(bob) == [f"<@&{cook}> soup!"]
    await ann.patch(f"{street.path}/roles/{cook}", {"mentionable": True})
    await cem.say(street.general, f"<@&{cook}> soup?")
    assert await contents(bob) == [f"<@&{cook}> soup?", f"<@&{cook}> soup!"]
    assert await told(cem) == []


async def test_what_may_not_be_read_is_not_told_nor_told_any_more(
    ann: Person, bob: Person, cem: Person, street: Town
) -> None:
    await ann.say(street.general, "@everyone soup!")
    hidden = {"allow": {}, "deny": {"channels.view": True}}
    path = f"/channels/{street.general}/permissions/member/{bob.id}"
    answer = await ann.put(path, hidden)
    assert answer.status_code == 200, answer.text
    await ann.say(street.general, f"@everyone <@{bob.id}> more soup!")
    assert (await bob.get(PATH)).json() == {"notifications": [], "unread_count": 0}
    assert len(await told(cem)) == 2


async def test_nobody_is_told_of_somebody_apart_from_them(
    ann: Person, bob: Person, cem: Person, street: Town
) -> None:
    await block(bob, ann)
    await ann.say(street.general, f"@everyone <@{bob.id}>")
    assert await told(bob) == []
    assert len(await told(cem)) == 1


async def test_the_channel_before_ones_eyes_is_not_told_of_while_one_is_connected(
    ann: Person, bob: Person, street: Town, url: str
) -> None:
    focus = "/users/@me/settings/_focused_channel"
    await bob.put(focus, {"value": f'{{"channel_id":"{street.general}"}}'})
    async with listening(url, bob):
        await ann.say(street.general, f"<@{bob.id}> here?")
        assert await told(bob) == []
        await bob.put(focus, {"value": '{"channel_id":null}'})
        await ann.say(street.general, f"<@{bob.id}> there?")
    await bob.put(focus, {"value": f'{{"channel_id":"{street.general}"}}'})
    await ann.say(street.general, f"<@{bob.id}> gone?")
    assert await contents(bob) == [f"<@{bob.id}> gone?", f"<@{bob.id}> there?"]


async def test_a_request_is_told_of_until_it_is_answered(ann: Person, bob: Person) -> None:
    await ask(ann, bob, message="soup?")
    (one,) = await told(bob)
    assert (one["type"], one["title"]) == ("friend_request", "ann wants to be friends")
    assert (one["content"], one["link"], one["sender_id"]) == ("soup?", None, ann.id)
    await accept(bob, ann)
    assert await told(bob) == await told(ann) == []


async def test_sockets_hear_of_what_is_new_read_and_gone(
    ann: Person, bob: Person, street: Town, url: str
) -> None:
    async with listening(url, bob) as line:
        said = await ann.say(street.general, f"<@{bob.id}> soup?")
        (one,) = await told(bob)
        heard = {frame["t"]: frame["d"] for frame in await line.beat()}
        assert heard["NOTIFICATION_CREATE"] == one
        for _ in range(2):
            assert (await bob.put(f"{PATH}/{one['id']}/read")).json() == {"success": True}
        await bob.put(f"{PATH}/read-all")
        heard_of = [(frame["t"], frame["d"]) for frame in await line.beat()]
        update = "NOTIFICATION_UPDATE"
        assert heard_of == [
            (update, {"id": one["id"], "read": True}), (update, {"all_read": True})
        ]  # fmt: skip
        await ann.delete(f"/channels/{street.general}/messages/{said['id']}")
        gone = [frame["d"] for frame in await line.beat() if frame["t"] == "NOTIFICATION_DELETE"]
        assert gone == [{"id": one["id"]}]
        assert await told(bob) == []


async def test_what_was_read_is_not_unread(ann: Person, bob: Person, street: Town) -> None:
    for word in ("one", "two", "three"):
        await ann.say(street.general, f"<@{bob.id}> {word}")
    latest, *_ = await told(bob)
    await bob.put(f"{PATH}/{latest['id']}/read")
    unread = (await bob.get(PATH, params={"unread_only": "true"})).json()
    assert unread["unread_count"] == len(unread["notifications"]) == 2
    await bob.put(f"{PATH}/read-all")
    await ann.say(street.general, f"<@{bob.id}> four")
    listed = (await bob.get(PATH)).json()
    assert [each["read"] for each in listed["notifications"]] == [False, True, True, True]
    assert listed["unread_count"] == 1


async def test_pages_go_on_before_an_id(ann: Person, bob: Person, street: Town) -> None:
    for word in ("one", "two", "three"):
        await ann.say(street.general, f"<@{bob.id}> {word}")
    every = await told(bob)
    page = await bob.get(PATH, params={"limit": 1, "before": every[0]["id"]})
    assert page.json()["notifications"] == every[1:2]


async def test_only_ones_own_are_read(ann: Person, bob: Person, cem: Person, street: Town) -> None:
    await ann.say(street.general, f"<@{bob.id}> soup?")
    (one,) = await told(bob)
    assert refusal(await cem.put(f"{PATH}/{one['id']}/read")) == (404, "Notification not found")
    assert refusal(await bob.put(f"{PATH}/x/read")) == (400, "Invalid notification ID")


async def test_a_crowd_is_told_a_few_at_a_time(ann: Person, bob: Person, street: Town) -> None:
    await ann.house.db.write(crowd, street.number, 250)
    await ann.say(street.general, "@everyone soup!")
    while await ann.house.db.write(notifications.spread, frozenset()):
        pass
    assert await ann.house.db.write(count) == 252
    assert await contents(bob) == ["@everyone soup!"]


async def test_what_is_a_month_old_is_forgotten(ann: Person, bob: Person, street: Town) -> None:
    await ann.say(street.general, f"<@{bob.id}> soup?")
    assert await ann.house.db.write(notifications.forget_old, 500) == 0
    await ann.house.db.write(age)
    assert await ann.house.db.write(notifications.forget_old, 500) == 1
    assert await told(bob) == []


def crowd(tx: Tx, server_id: int, size: int) -> None:
    for number in range(size):
        servers.admit(tx, insert(tx, f"neighbour{number}", None, b"", False), server_id)


def count(tx: Tx) -> int:
    (found,) = tx.execute("SELECT count(*) FROM notification").fetchone()
    return int(found)


def age(tx: Tx) -> None:
    tx.execute("UPDATE notification SET id = 1")
