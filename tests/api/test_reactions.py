"""Reactions: giving and taking them back, who hears of it, and what a message shows of them."""

from typing import Any
from urllib.parse import quote

import pytest

from plexichat.core import leftovers, messages
from plexichat.core.receipts import Online
from plexichat.store.db import Snapshot, Tx
from tests.api.friends import block
from tests.api.line import listening
from tests.api.test_servers import told
from tests.cast import Person, refusal
from tests.town import Town, allow, found, join

SUCCESS = {"success": True}


@pytest.fixture
async def town(ann: Person, bob: Person) -> Town:
    """Ann's server, in which bob is a member."""
    made = await found(ann)
    await join(made, bob)
    return made


class Said:
    """A message, and what people do with it."""

    def __init__(self, channel_id: str, message: dict[str, Any]) -> None:
        self.channel_id = channel_id
        self.id: str = message["id"]
        self.path = f"/channels/{channel_id}/messages/{self.id}"

    def on(self, emoji: str) -> str:
        return f"{self.path}/reactions/{quote(emoji, safe='')}"

    async def shown(self, person: Person) -> list[tuple[str, int, bool]]:
        """The reactions in the message as somebody sees it, the same in every way to ask."""
        one = (await person.get(self.path)).json()
        page = (await person.get(f"/channels/{self.channel_id}/messages")).json()
        (listed,) = (each for each in page if each["id"] == self.id)
        alone = (await person.get(f"{self.path}/reactions")).json()
        assert one["reactions"] == listed["reactions"] == alone
        return [(each["emoji"], each["count"], each["me"]) for each in alone]


async def say(person: Person, channel_id: str, text: str = "soup at seven") -> Said:
    return Said(channel_id, await person.say(channel_id, text))


async def react(said: Said, emoji: str, *people: Person) -> None:
    for person in people:
        assert (await person.put(said.on(emoji))).json() == SUCCESS


async def timed_out(town: Town, person: Person) -> None:
    await town.owner.house.db.write(_time_out, town.number, person.number)


def _time_out(tx: Tx, server_id: int, user_id: int) -> None:
    tx.execute(
        "UPDATE member SET timeout_until = ? WHERE server_id = ? AND user_id = ?",
        (tx.now + 60_000, server_id, user_id),
    )


async def test_reactions_are_shown_in_the_order_they_were_first_added(
    town: Town, ann: Person, bob: Person
) -> None:
    said = await say(ann, town.general)
    assert await said.shown(ann) == []
    await react(said, "🍲", bob)
    await react(said, "👍🏽", ann, bob)
    await react(said, "🍲", ann)
    assert await said.shown(ann) == [("🍲", 2, True), ("👍🏽", 2, True)]
    assert (await bob.delete(said.on("🍲"))).json() == SUCCESS
    assert await said.shown(bob) == [("🍲", 1, False), ("👍🏽", 2, True)]
    (first, _) = (await bob.get(f"{said.path}/reactions")).json()
    assert first == {
        "emoji": "🍲", "count": 1, "me": False, "url": None, "is_custom": False,
        "custom_emoji_id": None,
    }  # fmt: skip


async def test_reacting_twice_counts_once(town: Town, ann: Person, url: str) -> None:
    said = await say(ann, town.general)
    async with listening(url, ann) as line:
        await react(said, "🍲", ann, ann)
        assert [name for name, _ in await told(line)] == ["MESSAGE_REACTION_ADD"]
    assert await said.shown(ann) == [("🍲", 1, True)]


async def test_two_ways_to_write_an_emoji_are_one(town: Town, ann: Person, bob: Person) -> None:
    said = await say(ann, town.general)
    await react(said, "❤️", ann)
    await react(said, "❤", bob)
    assert await said.shown(bob) == [("❤️", 2, True)]
    await bob.delete(said.on("❤"))
    await ann.delete(said.on("❤"))
    assert await said.shown(ann) == []


@pytest.mark.parametrize(
    "emoji", ["🍲", "❤", "☕", "🇹🇷", "3️⃣", "👩‍👩‍👧", "🏳️‍🌈", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🧑🏿‍🚀", "🫠"]
)
async def test_every_kind_of_emoji_is_one(ann: Person, emoji: str) -> None:
    notes = (await ann.get("/users/@me/notes")).json()["id"]
    said = await say(ann, notes)
    await react(said, emoji, ann)
    assert await said.shown(ann) == [(emoji, 1, True)]


@pytest.mark.parametrize(
    "emoji",
    [
        ":soup:", "soup", "7", "🍲🍲", "🍲 ", "a🍲", "<:soup>", "<:soup:x>", "<:soup:77>",
        "<:soup:9999999999999999999>", "\u200d", "\ufe0f", "🇹", "🏽" * 40,
        "👩" + "\u200d👩" * 40, "and/or", "/🍲", "<:soup:77>/x",
    ],
)  # fmt: skip
async def test_anything_else_is_refused(town: Town, ann: Person, emoji: str) -> None:
    said = await say(ann, town.general)
    assert refusal(await ann.put(said.on(emoji))) == (400, "Invalid emoji")


async def test_a_message_carries_twenty_different_ones(
    town: Town, ann: Person, bob: Person
) -> None:
    said = await say(ann, town.general)
    for number in range(20):
        await react(said, chr(0x1F600 + number), ann)
    answer = await bob.put(said.on("🍲"))
    assert refusal(answer) == (400, "Reaction limit: 20 different ones")
    await react(said, "😀", bob)
    assert len(await said.shown(ann)) == 20
    await ann.delete(said.on("😁"))
    await react(said, "🍲", bob)
    assert (await said.shown(bob))[-1] == ("🍲", 1, True)


async def test_readers_hear_of_reactions_and_who_gives_them_too(
    town: Town, ann: Person, bob: Person, cem: Person, url: str
) -> None:
    said = await say(ann, town.general)
    place = {
        "channel_id": town.general, "message_id": said.id, "guild_id": town.id,
        "server_id": town.id,
    }  # fmt: skip
    by_bob = {**place, "user_id": bob.id, "emoji": "🍲"}
    added = {**by_bob, "url": None, "is_custom": False, "custom_emoji_id": None}
    async with (
        listening(url, ann) as hers,
        listening(url, bob) as his,
        listening(url, cem) as strangers,
    ):
        await react(said, "🍲", bob)
        await bob.delete(said.on("🍲"))
        await bob.delete(said.on("🍲"))
        await react(said, "🍲", bob)
        await ann.delete(f"{said.path}/reactions")
        await ann.delete(f"{said.path}/reactions")
        expected = [
            ("MESSAGE_REACTION_ADD", added),
            ("MESSAGE_REACTION_REMOVE", by_bob),
            ("MESSAGE_REACTION_ADD", added),
            ("MESSAGE_REACTION_REMOVE_ALL", place),
        ]
        assert await told(hers) == await told(his) == expected
        assert await told(strangers) == []
    assert await said.shown(bob) == []


async def test_reactions_in_direct_messages_are_heard_by_whoever_asks_for_them(
    ann: Person, bob: Person, url: str
) -> None:
    dm = await ann.dm(bob)
    said = await say(ann, dm)
    async with (
        listening(url, ann, intents=1 << 13) as hers,
        listening(url, bob, intents=1 << 10) as his,
    ):
        await react(said, "🍲", bob)
        ((name, told_her),) = await told(hers)
        assert (name, told_her["user_id"]) == ("MESSAGE_REACTION_ADD", bob.id)
        assert (told_her["guild_id"], told_her["server_id"]) == (None, None)
        assert await told(his) == []
    assert await said.shown(ann) == [("🍲", 1, False)]


async def test_reactions_in_servers_have_an_intent_of_their_own(
    town: Town, ann: Person, bob: Person, url: str
) -> None:
    said = await say(ann, town.general)
    async with (
        listening(url, ann, intents=1 << 10) as hers,
        listening(url, bob, intents=1 << 13) as his,
    ):
        await react(said, "🍲", bob)
        assert [name for name, _ in await told(hers)] == ["MESSAGE_REACTION_ADD"]
        assert await told(his) == []


async def test_what_a_session_is_told_makes_the_reactions_that_rest_shows(
    town: Town, ann: Person, bob: Person, url: str
) -> None:
    said = await say(ann, town.general)
    await react(said, "🍲", ann)
    before = (await ann.get(f"{said.path}/reactions")).json()
    async with listening(url, ann) as line:
        await react(said, "🥖", bob, ann)
        await react(said, "🍲", bob)
        await ann.delete(said.on("🍲"))
        await bob.delete(said.on("🥖"))
        await react(said, "🧂", bob)
        await bob.delete(said.on("🧂"))
        after = (await ann.get(f"{said.path}/reactions")).json()
        assert followed(before, await told(line), ann) == after


def followed(
    reactions: list[dict[str, Any]], events: list[tuple[str, Any]], person: Person
) -> list[dict[str, Any]]:
    """A client's picture of the reactions to one message after these events."""
    picture = {each["emoji"]: each for each in reactions}
    for name, d in events:
        emoji, mine = d["emoji"], d["user_id"] == person.id
        if name == "MESSAGE_REACTION_ADD":
            look = {key: d[key] for key in ("emoji", "url", "is_custom", "custom_emoji_id")}
            known = picture.setdefault(emoji, {**look, "count": 0, "me": False})
            known["count"] += 1
            known["me"] = known["me"] or mine
        else:
            assert name == "MESSAGE_REACTION_REMOVE"
            picture[emoji]["count"] -= 1
            picture[emoji]["me"] = picture[emoji]["me"] and not mine
            if not picture[emoji]["count"]:
                del picture[emoji]
    return list(picture.values())


async def test_a_changed_message_is_told_with_its_reactions(
    town: Town, ann: Person, bob: Person, url: str
) -> None:
    said = await say(ann, town.general)
    await react(said, "🍲", ann)
    async with listening(url, ann) as line:
        edited = (await ann.patch(said.path, {"content": "soup at eight"})).json()
        assert edited["reactions"][0]["me"] is True
        ((_, message),) = await told(line)
        assert [(each["count"], each["me"]) for each in message["reactions"]] == [(1, False)]
    await ann.put(f"/channels/{town.general}/pins/{said.id}")
    (pinned,) = (await ann.get(f"/channels/{town.general}/pins")).json()
    hits = (await ann.get(f"/channels/{town.general}/messages/search?content=soup")).json()
    assert pinned["reactions"] == hits[0]["reactions"] == edited["reactions"]


async def test_who_reacted_is_listed_by_id_and_in_pages(
    town: Town, ann: Person, bob: Person, cem: Person
) -> None:
    await join(town, cem)
    said = await say(ann, town.general)
    await react(said, "🍲", cem, ann, bob)
    listed = (await ann.get(said.on("🍲"))).json()
    assert [each["user_id"] for each in listed] == [ann.id, bob.id, cem.id]
    assert {type(each["reacted_at"]) for each in listed} == {int}
    assert (await ann.get(f"{said.on('🍲')}?limit=1")).json() == listed[:1]
    assert (await ann.get(f"{said.on('🍲')}?limit=1&after={ann.id}")).json() == listed[1:2]
    assert (await ann.get(said.on("🥖"))).json() == []
    for query, why in (("limit=0", "Invalid input: limit"), ("after=x", "Invalid user ID")):
        assert refusal(await ann.get(f"{said.on('🍲')}?{query}")) == (400, why)
    assert refusal(await ann.get(said.on("soup"))) == (400, "Invalid emoji")


async def test_adding_one_needs_the_right_and_joining_in_only_eyes(
    town: Town, ann: Person, bob: Person
) -> None:
    said = await say(ann, town.general)
    await deny(town, "messages.add_reactions")
    assert refusal(await bob.put(said.on("🍲"))) == (403, "Permission denied")
    await react(said, "🍲", ann)
    await react(said, "🍲", bob)
    assert await said.shown(bob) == [("🍲", 2, True)]


async def deny(town: Town, *names: str) -> None:
    """Take permissions from @everyone in the first channel."""
    roles = (await town.owner.get(f"{town.path}/roles")).json()
    (everyone,) = (role["id"] for role in roles if role["is_default"])
    path = f"/channels/{town.general}/permissions/role/{everyone}"
    answer = await town.owner.put(path, {"deny": dict.fromkeys(names, True)})
    assert answer.status_code == 200, answer.text


async def test_who_is_timed_out_does_not_react_and_may_take_back(
    town: Town, ann: Person, bob: Person
) -> None:
    said = await say(ann, town.general)
    await react(said, "🍲", bob)
    await react(said, "🥖", ann)
    await timed_out(town, bob)
    for emoji in ("🧂", "🥖"):
        answer = await bob.put(said.on(emoji))
        assert refusal(answer) == (403, "Permission denied: timed out")
    assert (await bob.delete(said.on("🍲"))).json() == SUCCESS
    assert await said.shown(bob) == [("🥖", 1, False)]


async def test_a_block_stands_between_a_message_and_a_reaction(
    town: Town, ann: Person, bob: Person
) -> None:
    hers, his = await say(ann, town.general), await say(bob, town.general)
    own = await say(bob, await ann.dm(bob))
    await react(hers, "🍲", bob)
    await block(ann, bob)
    for person, said in ((ann, his), (bob, hers), (bob, own)):
        answer = await person.put(said.on("🍲"))
        assert refusal(answer) == (403, "Cannot react to this message")
    await react(his, "🍲", bob)
    assert (await bob.delete(hers.on("🍲"))).json() == SUCCESS


async def test_strangers_are_told_nothing(town: Town, ann: Person, cem: Person) -> None:
    said = await say(ann, town.general)
    await react(said, "🍲", ann)
    for method, path, phrase in (
        ("GET", f"{said.path}/reactions", "Access denied"),
        ("GET", said.on("🍲"), "Access denied"),
        ("PUT", said.on("🍲"), "Access denied"),
        ("DELETE", said.on("🍲"), "Access denied"),
        ("DELETE", f"{said.path}/reactions", "Access denied"),
    ):
        assert refusal(await cem.ask(method, path)) == (403, phrase)


async def test_who_may_not_read_a_channel_may_not_react_in_it(
    town: Town, ann: Person, bob: Person
) -> None:
    said = await say(ann, town.general)
    await deny(town, "messages.read")
    assert refusal(await bob.get(f"{said.path}/reactions")) == (403, "Access denied")
    assert refusal(await bob.put(said.on("🍲"))) == (403, "Permission denied")


async def test_a_message_belongs_to_the_channel_it_is_asked_for_in(
    town: Town, ann: Person, bob: Person
) -> None:
    elsewhere = await say(ann, await ann.dm(bob))
    for message_id in (elsewhere.id, "77"):
        said = Said(town.general, {"id": message_id})
        missing = (404, "Message not found")
        assert refusal(await ann.get(f"{said.path}/reactions")) == missing
        assert refusal(await ann.get(said.on("🍲"))) == missing
        assert refusal(await ann.put(said.on("🍲"))) == missing
        assert refusal(await ann.delete(f"{said.path}/reactions")) == missing
        assert (await ann.delete(said.on("🍲"))).json() == SUCCESS
    said = Said("77", {"id": elsewhere.id})
    assert refusal(await ann.put(said.on("🍲"))) == (404, "Channel not found")
    said = Said(town.general, {"id": "soup"})
    assert refusal(await ann.put(said.on("🍲"))) == (400, "Invalid message ID")


async def test_only_who_manages_messages_takes_all_reactions_off(
    town: Town, ann: Person, bob: Person
) -> None:
    refused = (403, "Not authorized to clear reactions")
    said = await say(bob, town.general)
    await react(said, "🍲", ann, bob)
    assert refusal(await bob.delete(f"{said.path}/reactions")) == refused
    own = await say(bob, await ann.dm(bob))
    await react(own, "🍲", ann)
    assert refusal(await bob.delete(f"{own.path}/reactions")) == refused
    await allow(town, bob, "messages.manage")
    assert (await bob.delete(f"{said.path}/reactions")).json() == SUCCESS
    assert await said.shown(ann) == []
    await react(said, "🍲", ann)
    assert await said.shown(ann) == [("🍲", 1, True)]


async def test_a_deleted_message_leaves_no_reactions_behind(
    town: Town, ann: Person, bob: Person
) -> None:
    one, another = await say(ann, town.general), await say(ann, town.general)
    for said in (one, another):
        await react(said, "🍲", ann, bob)
    await ann.delete(one.path)
    path = f"/channels/{town.general}/messages/bulk-delete"
    await ann.post(path, {"message_ids": [another.id]})
    db = ann.house.db
    while await db.write(leftovers.clear):
        pass
    assert await db.read(_rows) == (0, 0)


def _rows(snap: Snapshot) -> Any:
    return snap.execute(
        "SELECT (SELECT count(*) FROM reaction), (SELECT count(*) FROM reactor)"
    ).fetchone()


async def test_a_page_asks_for_reactions_once_and_only_if_it_has_any(
    town: Town, ann: Person
) -> None:
    for number in range(3):
        await say(ann, town.general, f"number {number}")
    page = (await ann.get(f"/channels/{town.general}/messages")).json()
    assert await ann.house.db.read(_asked_for, ann.number, int(town.general)) == 0
    for message in page[:2]:
        await react(Said(town.general, message), "🍲", ann)
    assert await ann.house.db.read(_asked_for, ann.number, int(town.general)) == 1


def _asked_for(snap: Snapshot, user_id: int, channel_id: int) -> int:
    """How many statements about reactions a page of history takes."""
    asked: list[str] = []
    snap.connection.set_trace_callback(asked.append)
    messages.page(snap, user_id, channel_id, messages.Page(), Online(()))
    snap.connection.set_trace_callback(None)
    return sum("FROM reaction " in sql for sql in asked)
