"""Who received and who read: the counts are right whoever comes, goes, reads and leaves."""

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from plexichat.core import messages, reactions, reading, receipts, servers
from plexichat.core.messages import Draft, Page
from plexichat.core.receipts import READERS_NAMED, Online
from plexichat.store.db import Snapshot, Tx
from tests.core.talk import NOBODY, RULES, Talk, talking

READERS = 130


@dataclass
class Crowd:
    """A server with many people in it, and how far each has come in its one channel."""

    talk: Talk
    server_id: int
    channel_id: int
    people: list[int] = field(default_factory=list)
    said: list[int] = field(default_factory=list)

    async def say(self, author: int, online: Online = NOBODY) -> int:
        sent = await self.talk.write(
            messages.send, author, self.channel_id, Draft("soup"), RULES, online
        )
        self.said.append(sent.message.id)
        return sent.message.id

    def here(self, *people: int) -> Online:
        return Online(frozenset(people), frozenset(people))


@pytest.fixture
async def crowd(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Crowd]:
    async with talking(tmp_path_factory.mktemp("crowd")) as talk:
        server = await talk.write(servers.create, talk.ann, "Maple Street", None)
        assert server.default_channel_id is not None
        made = Crowd(talk, server.id, server.default_channel_id)

        def settle(tx: Tx) -> None:
            for number in range(READERS):
                user_id = tx.id()
                tx.execute(
                    "INSERT INTO user (id, username, password_hash) VALUES (?, ?, x'00')",
                    (user_id, f"neighbour{number}"),
                )
                made.people.append(user_id)

        await talk.write(settle)
        for person in (talk.bob, *made.people):
            await talk.write(servers.admit, person, server.id)
        yield made


async def test_counts_are_what_one_gets_by_looking_at_everybody(crowd: Crowd) -> None:
    talk, dice = crowd.talk, random.Random(1)
    for _ in range(12):
        await crowd.say(dice.choice((talk.ann, talk.bob, crowd.people[0])))
    read, received = dict[int, int](), dict[int, int]()
    for person in crowd.people:
        read[person] = dice.choice((0, *crowd.said))
        received[person] = max(read[person], dice.choice((0, *crowd.said)))

    def mark(tx: Tx) -> None:
        for person in crowd.people:
            tx.execute(
                """INSERT INTO reading (user_id, channel_id, read_id, receipt_id, delivered_id)
                   VALUES (?1, ?2, ?3, ?3, ?4)
                   ON CONFLICT DO UPDATE SET read_id = ?3, receipt_id = ?3, delivered_id = ?4""",
                (person, crowd.channel_id, read[person], received[person]),
            )

    await talk.write(mark)
    for online in (NOBODY, crowd.here(talk.bob, *crowd.people[:40])):
        found = await talk.read(messages.page, talk.ann, crowd.channel_id, Page(), online)
        for view in found.messages:
            id, author = view.message.id, view.message.author_id
            readers = {person for person, at in read.items() if at >= id} - {author}
            reached = {person for person, at in received.items() if at >= id}
            assert view.read_count == len(readers)
            assert view.delivery_count == len((reached | {*online.readers}) - {author})
            if author == talk.ann:
                named = {reader.user_id for reader in view.readers}
                assert named <= readers
                assert len(named) == min(len(readers), READERS_NAMED)


async def test_what_was_delivered_stays_delivered_when_people_go(crowd: Crowd) -> None:
    talk, (fay, gus, *_) = crowd.talk, crowd.people
    said = await crowd.say(talk.ann, crowd.here(fay, gus))
    later = (await talk.read(messages.get, talk.ann, crowd.channel_id, said, crowd.here(fay)))
    assert later.delivery_count == 1  # gus is gone, and nothing is noted of it yet
    for person in (fay, gus):
        await talk.write(receipts.left, person, (said >> 22) + 1_704_067_200_001)
    gone = await talk.read(messages.get, talk.ann, crowd.channel_id, said, NOBODY)
    assert (gone.delivery_count, gone.status, gone.read_count) == (2, "delivered", 0)
    unseen = await crowd.say(talk.ann)
    view = await talk.read(messages.get, talk.ann, crowd.channel_id, unseen, NOBODY)
    assert view.delivery_count == 0


async def test_a_page_asks_no_more_of_the_database_for_more_messages(crowd: Crowd) -> None:
    talk = crowd.talk
    for number in range(40):
        said = await crowd.say((talk.ann, talk.bob)[number % 2])
        for emoji in ("🍲", "🥖"):
            await talk.write(reactions.add, talk.bob, crowd.channel_id, said, emoji)
        await talk.write(reading.ack, crowd.people[number], crowd.channel_id, None)

    def asked(snap: Snapshot, limit: int) -> int:
        statements: list[str] = []
        snap.connection.set_trace_callback(statements.append)
        online = crowd.here(*crowd.people[:10])
        found = messages.page(snap, talk.ann, crowd.channel_id, Page(limit), online).messages
        snap.connection.set_trace_callback(None)
        assert (len(found), len(found[0].reactions)) == (limit, 2)
        return len(statements)

    assert await talk.read(asked, 2) == await talk.read(asked, 40) < 20


async def test_a_member_without_a_socket_receives_by_listing(crowd: Crowd) -> None:
    talk, fay = crowd.talk, crowd.people[0]
    said = await crowd.say(talk.ann)
    listed = await talk.read(messages.page, fay, crowd.channel_id, Page(), NOBODY)
    assert listed.news == said
    await talk.write(receipts.deliver, fay, crowd.channel_id, said)
    again = await talk.read(messages.page, fay, crowd.channel_id, Page(), NOBODY)
    assert (again.news, again.messages[0].read) == (None, False)
    view = await talk.read(messages.get, talk.ann, crowd.channel_id, said, NOBODY)
    assert (view.delivery_count, view.read_count) == (1, 0)
