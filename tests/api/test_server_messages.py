"""Messages in channels of a server: who may do what, who hears of it, and what waits for whom."""

import time
from typing import Any

import pytest

from plexichat.app import House
from tests import town
from tests.api.line import Line, listening
from tests.cast import Person, refusal
from tests.town import Town

DENIED = (403, "Permission denied")
HIDDEN = (403, "Access denied")
SILENCED = (403, "Permission denied: timed out")
GUILD_MESSAGES, DIRECT_MESSAGES = 512, 4096


@pytest.fixture
async def street(ann: Person, bob: Person, cem: Person) -> Town:
    """Ann's server, with Bob and Cem in it."""
    street = await town.found(ann)
    await town.join(street, bob, cem)
    return street


async def deny(street: Town, who: str, *names: str, channel_id: str | None = None) -> None:
    """Deny a member, or everyone, something in a channel."""
    kind = "role" if who == "everyone" else "member"
    target = (await street.owner.get(f"{street.path}/roles")).json()[-1]["id"]
    path = f"/channels/{channel_id or street.general}/permissions/{kind}"
    wanted = {"deny": dict.fromkeys(names, True)}
    answer = await street.owner.put(f"{path}/{target if kind == 'role' else who}", wanted)
    assert answer.status_code == 200, answer.text


async def told(line: Line) -> list[tuple[str, Any]]:
    return [(said["t"], said["d"]) for said in await line.beat() if said["t"] != "PRESENCE_UPDATE"]


async def unread(person: Person) -> dict[str, int]:
    counts: dict[str, int] = (await person.get("/users/@me/unread")).json()["unread_counts"]
    return counts


async def test_members_write_read_and_answer_one_another(
    street: Town, ann: Person, bob: Person, cem: Person
) -> None:
    path = f"/channels/{street.general}/messages"
    said = await bob.say(street.general, "hello")
    await cem.say(street.general, "hello, Bob", reply_to_id=said["id"])
    listed = (await ann.get(path)).json()
    assert [each["content"] for each in listed] == ["hello, Bob", "hello"]
    found = (await ann.get(f"{path}/search", params={"content": "bob"})).json()
    assert [each["content"] for each in found] == ["hello, Bob"]
    edited = await bob.patch(f"{path}/{said['id']}", {"content": "hallo"})
    assert edited.json()["content"] == "hallo"


async def test_strangers_are_refused_everything_in_a_channel(street: Town, dee: Person) -> None:
    said = await street.owner.say(street.general, "hello")
    path = f"/channels/{street.general}"
    message = f"{path}/messages/{said['id']}"
    for answer in (
        await dee.get(path), await dee.get(f"{path}/messages"), await dee.get(message),
        await dee.get(f"{path}/messages/search", params={"content": "hello"}),
        await dee.post(f"{path}/messages", {"content": "me too"}),
        await dee.patch(message, {"content": "no"}), await dee.delete(message),
        await dee.post(f"{path}/messages/bulk-delete", {"message_ids": [said["id"]]}),
        await dee.get(f"{path}/pins"), await dee.put(f"{path}/pins/{said['id']}"),
        await dee.post(f"{path}/messages/ack"), await dee.get(f"{path}/messages/unread"),
        await dee.get(f"{path}/messages/last-read"), await dee.post(f"{path}/typing"),
        await dee.post(f"{path}/messages/mark-unread"),
    ):  # fmt: skip
        assert refusal(answer) == HIDDEN, answer.request.url


async def test_sending_takes_the_right_to(street: Town, ann: Person, bob: Person) -> None:
    path = f"/channels/{street.general}/messages"
    said = await bob.say(street.general, "hello")
    await deny(street, bob.id, "messages.send")
    assert refusal(await bob.post(path, {"content": "again"})) == DENIED
    assert (await bob.delete(f"{path}/{said['id']}")).status_code == 200
    assert (await bob.get(path)).status_code == 200
    await ann.say(street.general, "owners may always")


async def test_embeds_and_files_take_rights_of_their_own(street: Town, bob: Person) -> None:
    path = f"/channels/{street.general}/messages"
    card = {"content": "look", "embeds": [{"title": "Soup"}]}
    assert (await bob.post(path, card)).status_code == 200
    await deny(street, bob.id, "messages.embed_links", "messages.attach_files")
    assert refusal(await bob.post(path, card)) == DENIED
    assert refusal(await bob.post(path, {"attachments": ["77"]})) == DENIED
    given = await bob.ask(
        "POST", f"/channels/{street.general}/attachments", files={"file": ("a.txt", b"soup")}
    )
    assert refusal(given) == DENIED
    assert (await bob.post(path, {"content": "only words"})).status_code == 200


async def test_reading_takes_the_right_to(street: Town, bob: Person, url: str) -> None:
    await deny(street, bob.id, "messages.read")
    path = f"/channels/{street.general}"
    async with listening(url, bob) as line:
        said = await street.owner.say(street.general, "secret")
        assert await told(line) == []
    assert (await bob.get(path)).status_code == 200
    assert refusal(await bob.get(f"{path}/messages")) == HIDDEN
    assert refusal(await bob.get(f"{path}/messages/{said['id']}")) == HIDDEN
    assert await unread(bob) == {}


async def test_the_timed_out_write_nothing_and_are_told_why(
    street: Town, ann: Person, bob: Person
) -> None:
    path = f"/channels/{street.general}/messages"
    said = await bob.say(street.general, "grr")
    until = int(time.time()) + 600
    await ann.patch(f"{street.path}/members/{bob.id}", {"timeout_until": until})
    assert refusal(await bob.post(path, {"content": "grr"})) == SILENCED
    assert refusal(await bob.patch(f"{path}/{said['id']}", {"content": "grrr"})) == SILENCED
    given = await bob.ask(
        "POST", f"/channels/{street.general}/attachments", files={"file": ("a.txt", b"soup")}
    )
    assert refusal(given) == SILENCED
    assert (await bob.delete(f"{path}/{said['id']}")).status_code == 200
    await ann.patch(f"{street.path}/members/{bob.id}", {"timeout_until": None})
    await bob.say(street.general, "sorry")


@pytest.mark.parametrize("kind", ["voice", "stage", "category"])
async def test_only_written_channels_take_messages(
    street: Town, ann: Person, kind: str
) -> None:
    made = await ann.post(f"{street.path}/channels", {"name": "Hall", "type": kind})
    path = f"/channels/{made.json()['id']}/messages"
    assert refusal(await ann.post(path, {"content": "echo"})) == DENIED
    assert (await ann.get(path)).json() == []


async def test_only_who_manages_messages_deletes_and_pins_those_of_others(
    street: Town, ann: Person, bob: Person, cem: Person
) -> None:
    path = f"/channels/{street.general}"
    ids = [(await ann.say(street.general, word))["id"] for word in ("one", "two", "three")]
    several = {"message_ids": ids[1:]}
    assert refusal(await bob.delete(f"{path}/messages/{ids[0]}")) == DENIED
    assert refusal(await bob.post(f"{path}/messages/bulk-delete", several)) == DENIED
    own = await bob.say(street.general, "mine")
    assert refusal(await bob.put(f"{path}/pins/{own['id']}")) == DENIED
    await town.allow(street, bob, "messages.manage")
    assert (await bob.put(f"{path}/pins/{ids[0]}")).status_code == 200
    assert refusal(await cem.delete(f"{path}/pins/{ids[0]}")) == DENIED
    assert len((await cem.get(f"{path}/pins")).json()) == 1
    assert (await bob.delete(f"{path}/messages/{ids[0]}")).status_code == 200
    assert (await bob.post(f"{path}/messages/bulk-delete", several)).status_code == 200
    assert [each["content"] for each in (await cem.get(f"{path}/messages")).json()] == ["mine"]


async def test_each_intent_brings_its_own_messages(
    street: Town, ann: Person, bob: Person, url: str
) -> None:
    dm = await ann.dm(bob)
    async with (
        listening(url, bob, intents=GUILD_MESSAGES) as public,
        listening(url, bob, intents=DIRECT_MESSAGES) as private,
    ):
        await ann.say(street.general, "everybody")
        await ann.say(dm, "you")
        for line, content in ((public, "everybody"), (private, "you")):
            ((_, message),) = await told(line)
            assert message["content"] == content


async def test_what_happens_in_a_channel_says_in_which_server(
    street: Town, ann: Person, bob: Person, url: str
) -> None:
    path = f"/channels/{street.general}"
    async with listening(url, bob) as line:
        await ann.post(f"{path}/typing")
        ids = [(await ann.say(street.general, word))["id"] for word in ("one", "two", "three")]
        await ann.patch(f"{path}/messages/{ids[0]}", {"content": "uno"})
        await ann.put(f"{path}/pins/{ids[0]}")
        await ann.delete(f"{path}/messages/{ids[1]}")
        await ann.post(f"{path}/messages/bulk-delete", {"message_ids": ids[2:]})
        await bob.post(f"{path}/messages/ack")
        heard = await told(line)
    assert [name for name, _ in heard] == [
        "TYPING_START", "TYPING_STOP", "MESSAGE_CREATE", "MESSAGE_CREATE", "MESSAGE_CREATE",
        "MESSAGE_UPDATE", "MESSAGE_UPDATE", "CHANNEL_PINS_UPDATE", "MESSAGE_DELETE",
        "MESSAGE_DELETE_BULK", "MESSAGE_ACK",
    ]  # fmt: skip
    assert {(d["server_id"], d["guild_id"], d["channel_id"]) for _, d in heard} == {
        (street.id, street.id, street.general)
    }


async def test_those_who_listen_have_received_what_is_said(
    street: Town, ann: Person, bob: Person, cem: Person, dee: Person, url: str
) -> None:
    await deny(street, cem.id, "messages.read")
    async with listening(url, bob), listening(url, cem), listening(url, dee):
        said = await ann.say(street.general, "hello")
        assert (said["status"], said["delivery_count"]) == ("delivered", 1)
        path = f"/channels/{street.general}/messages/{said['id']}"
        assert (await ann.get(path)).json()["delivery_count"] == 1
        await bob.post(f"/channels/{street.general}/messages/ack")
        shown = (await ann.get(path)).json()
        assert (shown["status"], shown["read_by"], shown["delivery_count"]) == ("read", ["bob"], 1)


async def test_what_is_delivered_stays_so_when_whoever_listened_is_gone(
    street: Town, ann: Person, bob: Person, house: House, url: str
) -> None:
    async with listening(url, bob):
        said = await ann.say(street.general, "hello")
    path = f"/channels/{street.general}/messages/{said['id']}"
    counted = []
    while house.hub.connected(bob.number) or bob.number in house.attendance.leaving:
        counted.append((await ann.get(path)).json()["delivery_count"])
    for _ in range(3):
        counted.append((await ann.get(path)).json()["delivery_count"])
    assert set(counted) == {1}
    assert (await ann.say(street.general, "anybody?"))["delivery_count"] == 0


async def test_a_channel_may_keep_receipts_to_itself(
    street: Town, ann: Person, bob: Person, url: str
) -> None:
    await ann.patch(f"/channels/{street.general}", {"read_receipts_enabled": False})
    said = await ann.say(street.general, "hello")
    async with listening(url, ann) as line:
        answer = await bob.post(f"/channels/{street.general}/messages/ack")
        assert answer.json()["messages_marked"] == 1
        assert await told(line) == []
    path = f"/channels/{street.general}/messages/{said['id']}"
    assert (await ann.get(path)).json()["read_count"] == 0


async def test_newcomers_have_read_what_was_there_before_them(
    street: Town, ann: Person, dee: Person, url: str
) -> None:
    await ann.say(street.general, "old")
    await town.join(street, dee)
    path = f"/channels/{street.general}/messages"
    assert await unread(dee) == {}
    assert (await dee.get(f"{path}/unread")).json()["unread_count"] == 0
    news = [await ann.say(street.general, word) for word in ("new", "newer")]
    assert [each["read"] for each in (await dee.get(path)).json()] == [False, False, True]
    assert await unread(dee) == {street.general: 2}
    assert (await dee.get(f"{path}/unread")).json()["unread_count"] == 2
    await ann.delete(f"{path}/{news[0]['id']}")
    assert await unread(dee) == {street.general: 1}
    async with listening(url, dee) as line:
        assert line.ready["unread_counts"] == {street.general: 1}
    await dee.say(street.general, "hello")
    assert await unread(dee) == {street.general: 1}
    assert (await dee.post(f"{path}/ack")).json()["messages_marked"] == 1
    assert await unread(dee) == {}


async def test_who_comes_back_has_read_what_was_said_meanwhile(
    street: Town, ann: Person, bob: Person
) -> None:
    await bob.say(street.general, "bye")
    await ann.say(street.general, "one")
    await bob.post(f"{street.path}/leave")
    assert await unread(bob) == {}
    await ann.say(street.general, "two")
    await town.join(street, bob)
    assert await unread(bob) == {}
    await ann.say(street.general, "three")
    assert await unread(bob) == {street.general: 1}
    await bob.say(street.general, "back")
    answer = await bob.post(f"/channels/{street.general}/messages/ack")
    assert answer.json()["messages_marked"] == 1


async def test_a_whole_server_is_read_at_once(
    street: Town, ann: Person, bob: Person, dee: Person
) -> None:
    path = f"{street.path}/messages/read-all"
    kitchen = (await ann.post(f"{street.path}/channels", {"name": "kitchen"})).json()["id"]
    dm = await ann.dm(bob)
    for channel_id in (street.general, kitchen, dm):
        await ann.say(channel_id, "hello")
    assert (await bob.post(path)).json() == {"success": True, "channels_marked": 2}
    assert (await bob.post(path)).json() == {"success": True, "channels_marked": 0}
    assert await unread(bob) == {dm: 1}
    assert refusal(await dee.post(path)) == HIDDEN
    assert refusal(await bob.post("/servers/77/messages/read-all")) == (404, "Server not found")


async def test_nobody_types_what_they_may_not_send(
    street: Town, ann: Person, bob: Person, url: str
) -> None:
    hall = await ann.post(f"{street.path}/channels", {"name": "Hall", "type": "voice"})
    await deny(street, bob.id, "messages.send")
    async with listening(url, ann) as line:
        for channel_id in (street.general, hall.json()["id"]):
            answer = await bob.post(f"/channels/{channel_id}/typing")
            assert answer.json() == {"success": True}
        assert await told(line) == []
