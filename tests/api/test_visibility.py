"""Who may not view a channel finds no trace of it, from the very commit that says so."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from plexichat.app import House
from plexichat.config import Messages
from plexichat.core import messages
from plexichat.core.messages import Draft
from plexichat.core.receipts import Online
from plexichat.store.db import Tx
from tests import town
from tests.api.line import Line, dial, listening
from tests.api.queueing import held
from tests.cast import Person, refusal
from tests.town import Town

HIDDEN = (403, "Access denied")
VIEW = {"channels.view": True}

Change = Callable[["Scene"], Awaitable[None]]


class Scene:
    """Ann's server with Bob in it, and a channel `attic` that everybody may view at first."""

    def __init__(self, street: Town, bob: Person, attic: str, everyone: str, club: str) -> None:
        self.street = street
        self.ann = street.owner
        self.bob = bob
        self.attic = attic
        self.everyone = everyone
        self.club = club

    async def override(self, kind: str, target: str, **wanted: Any) -> None:
        path = f"/channels/{self.attic}/permissions/{kind}/{target}"
        answer = await self.ann.put(path, wanted)
        assert answer.status_code == 200, answer.text

    async def wear(self, club: bool) -> None:
        path = f"{self.street.path}/members/{self.bob.id}/roles/{self.club}"
        answer = await (self.ann.put(path) if club else self.ann.delete(path))
        assert answer.status_code == 200, answer.text


@pytest.fixture
async def scene(ann: Person, bob: Person) -> Scene:
    street = await town.found(ann)
    await town.join(street, bob)
    attic = (await ann.post(f"{street.path}/channels", {"name": "attic"})).json()["id"]
    everyone = (await ann.get(f"{street.path}/roles")).json()[0]["id"]
    club = (await ann.post(f"{street.path}/roles", {"name": "club"})).json()["id"]
    return Scene(street, bob, attic, everyone, club)


async def told(line: Line) -> list[tuple[str, str]]:
    """The names of what a line was told about channels and messages, and of which channel."""
    return [
        (said["t"], said["d"].get("channel_id") or said["d"]["id"])
        for said in await line.beat()
        if said["t"].startswith(("CHANNEL", "MESSAGE", "TYPING"))
    ]


# Each way to lose sight of the attic: what has to be so before, what takes it away, what gives it
# back.
async def nothing(scene: Scene) -> None:
    pass


async def deny_everyone(scene: Scene) -> None:
    await scene.override("role", scene.everyone, deny=VIEW)


async def deny_bob(scene: Scene) -> None:
    await scene.override("member", scene.bob.id, deny=VIEW)


async def lift_bob(scene: Scene) -> None:
    await scene.ann.delete(f"/channels/{scene.attic}/permissions/member/{scene.bob.id}")


async def lift_everyone(scene: Scene) -> None:
    await scene.ann.delete(f"/channels/{scene.attic}/permissions/role/{scene.everyone}")


async def for_the_club(scene: Scene) -> None:
    await deny_everyone(scene)
    await scene.override("role", scene.club, allow=VIEW)
    await scene.wear(True)


async def join_club(scene: Scene) -> None:
    await scene.wear(True)


async def leave_club(scene: Scene) -> None:
    await scene.wear(False)


async def club_sees_all(scene: Scene) -> None:
    await deny_everyone(scene)
    await administer(scene)
    await scene.wear(True)


async def administer(scene: Scene) -> None:
    path = f"{scene.street.path}/roles/{scene.club}"
    await scene.ann.patch(path, {"permissions": {"administrator": True}})


async def humble(scene: Scene) -> None:
    await scene.ann.patch(f"{scene.street.path}/roles/{scene.club}", {"permissions": {}})


WAYS: dict[str, tuple[Change, Change, Change]] = {
    "an override of everyone": (nothing, deny_everyone, lift_everyone),
    "an override of the member": (nothing, deny_bob, lift_bob),
    "a role taken": (for_the_club, leave_club, join_club),
    "a role that is changed": (club_sees_all, humble, administer),
}


@pytest.mark.parametrize("way", WAYS)
async def test_who_loses_sight_hears_of_that_and_of_nothing_after(
    scene: Scene, way: str, url: str
) -> None:
    before, lose, gain = WAYS[way]
    await before(scene)
    attic, general = scene.attic, scene.street.general
    async with listening(url, scene.bob) as line, listening(url, scene.ann) as anns:
        await scene.ann.say(attic, "seen")
        assert await told(line) == [("MESSAGE_CREATE", attic)]
        await told(anns)
        await lose(scene)
        await everything_happens(scene)
        assert await told(line) == [("CHANNEL_DELETE", attic), ("MESSAGE_CREATE", general)]
        await no_trace(scene, url)
        await told(anns)
        await gain(scene)
        last = (await scene.ann.say(attic, "seen again"))["id"]
        assert await told(line) == [("CHANNEL_CREATE", attic), ("MESSAGE_CREATE", attic)]
        found = (await scene.bob.get(f"/channels/{attic}")).json()
        assert found["last_message_id"] == last
        names = [name for name, _ in await told(anns)]
        assert not {"CHANNEL_CREATE", "CHANNEL_DELETE"} & set(names)


async def everything_happens(scene: Scene) -> None:
    """All that can be heard of a channel, and at last something in another."""
    ann, path = scene.ann, f"/channels/{scene.attic}"
    await ann.post(f"{path}/typing")
    ids = [(await ann.say(scene.attic, f"unseen {number}"))["id"] for number in range(3)]
    await ann.patch(f"{path}/messages/{ids[0]}", {"content": "unseen still"})
    await ann.put(f"{path}/pins/{ids[0]}")
    await ann.delete(f"{path}/messages/{ids[1]}")
    await ann.post(f"{path}/messages/bulk-delete", {"message_ids": ids[2:]})
    await ann.patch(path, {"topic": "unseen"})
    await ann.say(scene.street.general, "seen")


async def no_trace(scene: Scene, url: str) -> None:
    """Nothing that Bob can ask for tells of the attic."""
    bob, attic = scene.bob, scene.attic
    for path in (
        "", "/messages", "/messages/77", "/pins", "/messages/unread", "/messages/last-read",
        "/messages/search?content=unseen",
    ):  # fmt: skip
        assert refusal(await bob.get(f"/channels/{attic}{path}")) == HIDDEN
    for path in ("/messages", "/invites", "/messages/ack", "/typing"):
        assert refusal(await bob.post(f"/channels/{attic}{path}", {"content": "x"})) == HIDDEN
    assert refusal(await bob.patch(f"/channels/{attic}", {"name": "x"})) == HIDDEN
    assert refusal(await bob.delete(f"/channels/{attic}")) == HIDDEN
    for path in (f"{scene.street.path}/channels", "/users/@me/unread"):
        answer = await bob.get(path)
        assert answer.status_code == 200
        assert attic not in answer.text
        assert "attic" not in answer.text
    async with listening(url, bob) as line:
        assert attic not in str(line.ready)
        assert scene.street.general in str(line.ready)


async def test_newcomers_are_not_shown_what_they_may_not_view(
    scene: Scene, cem: Person, url: str
) -> None:
    await deny_everyone(scene)
    async with listening(url, cem) as line:
        await town.join(scene.street, cem)
        said = [each for each in await line.beat() if each["t"] == "GUILD_CREATE"]
        assert len(said) == 1
        assert scene.attic not in str(said)


async def test_a_hidden_default_channel_is_none(scene: Scene, url: str) -> None:
    ann, bob, street = scene.ann, scene.bob, scene.street

    async def heard(line: Line) -> list[str | None]:
        said = [each["d"] for each in await line.beat() if each["t"] == "GUILD_UPDATE"]
        return [each["default_channel_id"] for each in said]

    async def told_of(person: Person) -> set[str | None]:
        one, (listed,) = await person.get(street.path), (await person.get("/servers")).json()
        async with listening(url, person) as fresh:
            (guild,) = fresh.ready["guilds"]
        return {each["default_channel_id"] for each in (one.json(), listed, guild)}

    async with listening(url, bob) as line, listening(url, ann) as anns:
        await deny_bob(scene)
        await ann.patch(street.path, {"default_channel_id": scene.attic})
        assert (await heard(line), await heard(anns)) == ([None], [scene.attic])
        assert (await told_of(bob), await told_of(ann)) == ({None}, {scene.attic})
        await lift_bob(scene)
        assert (await heard(line), await heard(anns)) == ([scene.attic], [])
        assert await told_of(bob) == {scene.attic}
        await for_the_club(scene)
        await leave_club(scene)
        assert await heard(line) == [None, scene.attic, None]
        await ann.delete(f"/channels/{scene.attic}")
        assert (await heard(line), await heard(anns)) == ([None], [None])
    await town.allow(street, bob, "server.manage")
    made = (await ann.post(f"{street.path}/channels", {"name": "cellar"})).json()["id"]
    await ann.put(f"/channels/{made}/permissions/member/{bob.id}", {"deny": VIEW})
    answer = await bob.patch(street.path, {"default_channel_id": made})
    assert refusal(answer) == (400, "Invalid input: default_channel_id")


async def test_a_new_channel_that_one_may_not_view_is_no_news(scene: Scene, url: str) -> None:
    await scene.ann.patch(
        f"{scene.street.path}/roles/{scene.everyone}", {"permissions": {"messages.read": True}}
    )
    async with listening(url, scene.bob) as line:
        made = await scene.ann.post(f"{scene.street.path}/channels", {"name": "cellar"})
        await scene.ann.patch(f"/channels/{made.json()['id']}", {"name": "vault"})
        await scene.ann.delete(f"/channels/{made.json()['id']}")
        assert await told(line) == []


async def test_a_hidden_category_is_no_category(scene: Scene, url: str) -> None:
    ann, bob, path = scene.ann, scene.bob, f"{scene.street.path}/channels"
    rooms = (await ann.post(path, {"name": "Rooms", "type": "category"})).json()["id"]
    await ann.patch(f"/channels/{scene.attic}", {"category_id": rooms})
    inside = f"/channels/{scene.attic}"
    async with listening(url, bob) as line:
        await ann.put(f"/channels/{rooms}/permissions/member/{bob.id}", {"deny": VIEW})
        assert sorted(await told(line)) == [
            ("CHANNEL_DELETE", rooms), ("CHANNEL_UPDATE", scene.attic),
        ]  # fmt: skip
        await ann.patch(inside, {"topic": "hats"})
        assert rooms not in str(await line.beat())
    assert (await bob.get(inside)).json()["category_id"] is None
    assert rooms not in (await bob.get(path)).text
    assert (await ann.get(inside)).json()["category_id"] == rooms
    await town.allow(scene.street, bob, "channels.manage")
    answer = await bob.post(path, {"name": "mine", "category_id": rooms})
    assert refusal(answer) == (400, "Invalid input: category_id")


def flood(tx: Tx, author_id: int, channel_id: int, count: int) -> None:
    for number in range(count):
        draft = Draft(f"number {number}")
        messages.send(tx, author_id, channel_id, draft, Messages(), Online(()))


async def test_not_one_of_ten_thousand_messages_is_heard_after_the_loss(
    house: House, scene: Scene, url: str
) -> None:
    ann, attic = scene.ann.number, int(scene.attic)
    async with listening(url, scene.bob) as line:
        await house.db.write(flood, ann, attic, 10)
        assert len(await told(line)) == 10
        await deny_bob(scene)
        for _ in range(100):
            await house.db.write(flood, ann, attic, 100)
        assert await told(line) == [("CHANNEL_DELETE", scene.attic)]


async def test_what_is_queued_behind_the_loss_is_refused_and_unheard(
    house: House, scene: Scene, url: str
) -> None:
    ann, bob, path = scene.ann, scene.bob, f"/channels/{scene.attic}"
    async with listening(url, bob) as line:
        async with held(house) as queue:
            early = await queue(bob.post(f"{path}/messages", {"content": "in time"}))
            lost = await queue(ann.put(f"{path}/permissions/member/{bob.id}", {"deny": VIEW}))
            late = await queue(bob.post(f"{path}/messages", {"content": "too late"}))
            ack = await queue(bob.post(f"{path}/messages/ack"))
            unheard = await queue(ann.post(f"{path}/messages", {"content": "unheard"}))
        assert (await early).status_code == (await lost).status_code == 200
        assert refusal(await late) == refusal(await ack) == HIDDEN
        assert (await unheard).status_code == 200
        assert await told(line) == [
            ("MESSAGE_CREATE", scene.attic), ("CHANNEL_DELETE", scene.attic),
        ]  # fmt: skip


async def test_who_is_kicked_hears_nothing_that_is_queued_behind_it(
    house: House, scene: Scene, url: str
) -> None:
    ann, bob, path = scene.ann, scene.bob, f"/channels/{scene.attic}"
    async with listening(url, bob) as line:
        async with held(house) as queue:
            gone = await queue(ann.delete(f"{scene.street.path}/members/{bob.id}"))
            late = await queue(bob.post(f"{path}/messages", {"content": "wait"}))
            unheard = await queue(ann.post(f"{path}/messages", {"content": "unheard"}))
        assert (await gone).status_code == (await unheard).status_code == 200
        assert refusal(await late) == HIDDEN
        assert [said["t"] for said in await line.beat()] == ["GUILD_DELETE"]


async def test_a_line_that_is_taken_up_again_has_missed_only_what_was_for_it(
    scene: Scene, url: str
) -> None:
    attic = scene.attic
    async with listening(url, scene.bob) as line:
        session_id = line.ready["session_id"]
    await scene.ann.say(attic, "seen")
    await deny_everyone(scene)
    await scene.ann.say(attic, "unseen")
    await lift_everyone(scene)
    await scene.ann.say(attic, "seen again")
    async with dial(url) as line:
        first = await line.resume(scene.bob, session_id, 1)
        replayed = [first, *await line.beat()]
    assert [
        (said["t"], said["d"].get("content"))
        for said in replayed
        if said["t"].startswith(("CHANNEL", "MESSAGE"))
    ] == [
        ("MESSAGE_CREATE", "seen"),
        ("CHANNEL_DELETE", None),
        ("CHANNEL_CREATE", None),
        ("MESSAGE_CREATE", "seen again"),
    ]
