"""How far people have read, and what they let others know of it."""

import random
from dataclasses import dataclass, field

import pytest

from plexichat.core import channels, messages, reading, settings
from plexichat.core.errors import Forbidden, NotFound
from plexichat.core.events import MessagesRead
from plexichat.core.messages import Page
from tests.core.talk import NOBODY, Talk


@dataclass
class Model:
    """What is unread, counted message by message."""

    authors: dict[int, int] = field(default_factory=dict)
    deleted: set[int] = field(default_factory=set)
    marks: dict[int, int] = field(default_factory=dict)
    receipts: dict[int, int] = field(default_factory=dict)

    def waiting(self, person: int) -> set[int]:
        return {
            id for id, author in self.authors.items()
            if author != person and id not in self.deleted and id > self.marks.get(person, 0)
        }  # fmt: skip

    def ack(self, person: int, upto: int, receipts: bool) -> int:
        mark = max((id for id in self.authors if id <= upto), default=0)
        before = self.waiting(person)
        self.marks[person] = max(self.marks.get(person, 0), mark)
        marked = len(before) - len(self.waiting(person))
        if marked and receipts:
            self.receipts[person] = max(self.receipts.get(person, 0), mark)
        return marked

    def mark_unread(self, person: int, message: int) -> None:
        if message <= self.marks.get(person, 0):
            self.marks[person] = max((id for id in self.authors if id < message), default=0)


VERBS = ("say", "say", "delete", "ack", "ack all", "unread", "newest", "setting")


@pytest.mark.parametrize("seed", range(6))
async def test_unread_is_what_counting_every_message_gives(talk: Talk, seed: int) -> None:
    dice = random.Random(seed)
    model = Model()
    people = (talk.ann, talk.bob)
    receipts = dict.fromkeys(people, True)
    for _ in range(250):
        person = dice.choice(people)
        alive = [id for id in model.authors if id not in model.deleted]
        mine = [id for id in alive if model.authors[id] == person]
        some = dice.choice([*model.authors, 77]) + dice.choice((-1, 0, 1))
        match dice.choice(VERBS):
            case "say":
                model.authors[await talk.say(person, "soup")] = person
            case "delete" if mine:
                id = dice.choice(mine)
                await talk.delete(person, id)
                model.deleted.add(id)
            case "ack":
                expected = model.ack(person, some, receipts[person])
                assert await talk.write(reading.ack, person, talk.dm, some) == expected
            case "ack all":
                expected = model.ack(person, 1 << 62, receipts[person])
                assert await talk.write(reading.ack, person, talk.dm, None) == expected
            case "unread" if alive:
                id = dice.choice(alive)
                model.mark_unread(person, id)
                left = await talk.write(reading.mark_unread, person, talk.dm, id)
                assert left == len(model.waiting(person))
            case "newest" if alive:
                model.mark_unread(person, max(alive))
                left = await talk.write(reading.mark_unread, person, talk.dm, None)
                assert left == len(model.waiting(person))
            case "setting":
                receipts[person] = not receipts[person]
                wanted = settings.Changes(read_receipts=receipts[person])
                await talk.write(settings.update, person, wanted)
        for each, other in (people, people[::-1]):
            waiting = model.waiting(each)
            assert await talk.read(reading.unread, each, talk.dm) == len(waiting)
            counts = {talk.dm: len(waiting)} if waiting else {}
            assert await talk.read(reading.unread_everywhere, each) == counts
            for view in (await talk.read(messages.page, each, talk.dm, Page(100), NOBODY)).messages:
                id, author = view.message.id, view.message.author_id
                reader = other if author == each else each
                assert view.read_count == (model.receipts.get(reader, 0) >= id)
                assert view.read is (author == each or id <= model.marks.get(each, 0))


async def test_own_messages_are_never_unread(talk: Talk) -> None:
    for person in (talk.ann, talk.ann, talk.bob):
        await talk.say(person, "soup")
    assert await talk.read(reading.unread, talk.ann, talk.dm) == 1
    assert await talk.read(reading.unread, talk.bob, talk.dm) == 2


async def test_a_bound_beyond_everything_is_the_newest_message(talk: Talk) -> None:
    said = await talk.say(talk.bob, "soup")
    assert await talk.write(reading.ack, talk.ann, talk.dm, (1 << 63) - 1) == 1
    (told,) = talk.heard(MessagesRead)
    assert told.message_id == said
    later = await talk.say(talk.bob, "stew")
    assert await talk.read(reading.unread, talk.ann, talk.dm) == 1
    assert later > said


async def test_reading_is_told_to_both_once(talk: Talk) -> None:
    said = await talk.say(talk.bob, "soup")
    await talk.write(reading.ack, talk.ann, talk.dm, None)
    (told,) = talk.heard(MessagesRead)
    assert told == MessagesRead(
        audience=frozenset((talk.ann, talk.bob)),
        server_id=None,
        channel_id=talk.dm,
        user_id=talk.ann,
        message_id=said,
    )
    assert await talk.write(reading.ack, talk.ann, talk.dm, None) == 0
    assert talk.heard(MessagesRead) == []


async def test_reading_ones_own_words_is_told_to_oneself_alone(talk: Talk) -> None:
    await talk.say(talk.ann, "soup")
    assert await talk.write(reading.ack, talk.ann, talk.dm, None) == 0
    (told,) = talk.heard(MessagesRead)
    assert told.audience == frozenset({talk.ann})


async def test_whoever_gives_no_receipts_reads_unseen(talk: Talk) -> None:
    await talk.write(settings.update, talk.ann, settings.Changes(read_receipts=False))
    said = await talk.say(talk.bob, "soup")
    assert await talk.write(reading.ack, talk.ann, talk.dm, None) == 1
    (told,) = talk.heard(MessagesRead)
    assert told.audience == frozenset({talk.ann})
    seen = await talk.see(talk.bob, said)
    assert (seen.status, seen.read_count, seen.readers) == ("delivered", 0, ())
    assert (await talk.see(talk.ann, said)).read


async def test_what_others_knew_they_still_know_after_marking_unread(talk: Talk) -> None:
    said = await talk.say(talk.bob, "soup")
    await talk.write(reading.ack, talk.ann, talk.dm, None)
    talk.told.clear()
    assert await talk.write(reading.mark_unread, talk.ann, talk.dm, said) == 1
    (told,) = talk.heard(MessagesRead)
    assert told.audience == frozenset({talk.ann})
    assert told.message_id is None
    assert (await talk.see(talk.bob, said)).status == "read"
    assert not (await talk.see(talk.ann, said)).read


async def test_marking_unread_never_moves_the_mark_forward(talk: Talk) -> None:
    first, second = await talk.say(talk.bob, "soup"), await talk.say(talk.bob, "stew")
    assert await talk.write(reading.mark_unread, talk.ann, talk.dm, second) == 2
    assert (await talk.read(reading.last, talk.ann, talk.dm)).read_id == 0
    assert talk.heard(MessagesRead) == []
    assert first < second


async def test_a_message_that_is_not_there_cannot_be_marked_unread(talk: Talk) -> None:
    said = await talk.say(talk.bob, "soup")
    await talk.delete(talk.bob, said)
    for unknown in (77, said):
        with pytest.raises(NotFound, match="Message not found"):
            await talk.write(reading.mark_unread, talk.ann, talk.dm, unknown)
    assert await talk.write(reading.mark_unread, talk.ann, talk.dm, None) == 0


async def test_the_last_read_message_is_told_with_its_time(talk: Talk) -> None:
    nothing = await talk.read(reading.last, talk.ann, talk.dm)
    assert (nothing.read_id, nothing.read_at) == (0, None)
    said = await talk.say(talk.bob, "soup")
    await talk.write(reading.ack, talk.ann, talk.dm, None)
    last = await talk.read(reading.last, talk.ann, talk.dm)
    assert last.read_id == said
    assert last.read_at is not None


async def test_strangers_neither_read_nor_count(talk: Talk) -> None:
    for verb in (reading.ack, reading.mark_unread):
        with pytest.raises(Forbidden, match="Access denied"):
            await talk.write(verb, talk.cem, talk.dm, None)
    for question in (reading.unread, reading.last):
        with pytest.raises(Forbidden, match="Access denied"):
            await talk.read(question, talk.cem, talk.dm)


async def test_several_channels_are_read_at_once_and_others_skipped(talk: Talk) -> None:
    with_cem = (await talk.write(channels.open_dm, talk.ann, talk.cem)).id
    theirs = (await talk.write(channels.open_dm, talk.bob, talk.cem)).id
    first = await talk.say(talk.bob, "soup")
    await talk.say(talk.bob, "stew")
    await talk.say(talk.cem, "bread", with_cem)
    await talk.say(talk.cem, "a secret", theirs)
    marks = [(talk.dm, first), (with_cem, None), (theirs, None), (77, None)]
    await talk.write(reading.ack_some, talk.ann, marks)
    assert await talk.read(reading.unread_everywhere, talk.ann) == {talk.dm: 1}
    assert await talk.read(reading.unread_everywhere, talk.bob) == {theirs: 1}
