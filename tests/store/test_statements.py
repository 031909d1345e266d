"""The statements written as SQL text say what peewee would."""

import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from peewee import JOIN, fn

from plexichat.core import channels, messages, pins, reading
from plexichat.store import channels as channel_rows
from plexichat.store import messages as message_rows
from plexichat.store import pins as pin_rows
from plexichat.store import reading as reading_rows
from plexichat.store import receipts as receipt_rows
from plexichat.store.channels import Channel, Conversation
from plexichat.store.db import Snapshot
from plexichat.store.messages import Message as Row
from plexichat.store.models import Channel as ChannelTable
from plexichat.store.models import Dm, Message, Reading, User
from plexichat.store.reading import Place
from plexichat.store.receipts import Marks, Reader
from tests.core.talk import NOBODY, RULES, Talk, talking


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    """A talk with everything in it: edits, deletions, pins, replies, marks, another DM, notes."""
    dice = random.Random(1)
    async with talking(tmp_path / "data") as talk:
        other = (await talk.write(channels.open_dm, talk.cem, talk.ann)).id
        notes = (await talk.write(channels.open_notes, talk.ann)).id
        said = []
        for number in range(60):
            author = dice.choice((talk.ann, talk.bob))
            said.append((author, await talk.say(author, f"soup {number}")))
            await talk.say(dice.choice((talk.ann, talk.cem)), "elsewhere", other)
        await talk.say(talk.ann, "to myself", notes)
        for author, id in dice.sample(said, 30):
            match dice.choice(("edit", "delete", "pin", "read")):
                case "edit":
                    await talk.write(messages.edit, author, talk.dm, id, "stew", RULES, NOBODY)
                case "delete":
                    await talk.delete(author, id)
                case "pin":
                    await talk.write(pins.pin, author, talk.dm, id, 50, NOBODY)
                case "read":
                    await talk.write(reading.ack, author, talk.dm, id)
        yield talk


def whole() -> Any:
    """Messages with their authors, as every statement on them begins."""
    return (
        Message.select(
            Message.id, Message.channel_id, Message.author_id,
            fn.COALESCE(Message.byline, User.username),
            fn.COALESCE(Message.byline_avatar, User.avatar),
            User.badges, Message.content, Message.edited_at, Message.reply_to_id,
            Message.attachments, Message.embeds, Message.pinned_at,
            Message.reactions, Message.webhook_id,
        )
        .join(User, JOIN.LEFT_OUTER, on=User.id == Message.author_id)
        .where(Message.deleted == 0)
    )  # fmt: skip


def rows(query: Any) -> list[Row]:
    return [Row(*row) for row in query.tuples()]


Case = Callable[[Snapshot, Talk], tuple[Any, Any]]
CASES: list[Case] = []


def case(stated: Case) -> Case:
    CASES.append(stated)
    return stated


def some(talk: Talk) -> list[int]:
    """Ids of the DM: the ends, and some between."""
    found = Message.select(Message.id).where(Message.channel_id == talk.dm).order_by(Message.id)
    ids = [row.id for row in found]
    return [0, ids[0], *ids[5::11], ids[-1], (1 << 63) - 1]


@case
def before(snap: Snapshot, talk: Talk) -> tuple[Any, Any]:
    here = whole().where(Message.channel_id == talk.dm).order_by(Message.id.desc()).limit(7)
    return (
        [message_rows.before(snap, talk.dm, id, 7) for id in some(talk)],
        [rows(here.where(Message.id < id)) for id in some(talk)],
    )


@case
def after(snap: Snapshot, talk: Talk) -> tuple[Any, Any]:
    here = whole().where(Message.channel_id == talk.dm).order_by(Message.id).limit(7)
    return (
        [message_rows.after(snap, talk.dm, id, 7) for id in some(talk)],
        [rows(here.where(Message.id > id)) for id in some(talk)],
    )


@case
def by_id(snap: Snapshot, talk: Talk) -> tuple[Any, Any]:
    here = whole().where(Message.channel_id == talk.dm)
    return (
        [message_rows.by_id(snap, talk.dm, id) for id in some(talk)],
        [next(iter(rows(here.where(Message.id == id))), None) for id in some(talk)],
    )


@case
def by_ids(snap: Snapshot, talk: Talk) -> tuple[Any, Any]:
    return (
        message_rows.by_ids(snap, some(talk)),
        rows(whole().where(Message.id.in_(some(talk))).order_by(Message.id.desc())),
    )


@case
def exists(snap: Snapshot, talk: Talk) -> tuple[Any, Any]:
    here = Message.select().where(Message.channel_id == talk.dm, Message.deleted == 0)
    return (
        [message_rows.exists(snap, talk.dm, id) for id in some(talk)],
        [here.where(Message.id == id).exists() for id in some(talk)],
    )


@case
def marks(snap: Snapshot, talk: Talk) -> tuple[Any, Any]:
    people = (talk.ann, talk.bob, 77)
    found: Any = Reading.select(
        Reading.user_id, Reading.read_id, Reading.receipt_id, Reading.delivered_id
    ).where(Reading.channel_id == talk.dm, Reading.user_id.in_(people))
    expected = {user_id: Marks(*row) for user_id, *row in found.tuples()}
    return receipt_rows.marks(snap, talk.dm, people), expected


def tally(talk: Talk, mark: Any, since: int, *more: Any) -> list[tuple[int, int]]:
    found: Any = (
        Reading.select(mark, fn.COUNT(mark))
        .where(Reading.channel_id == talk.dm, mark >= since, *more)
        .group_by(mark).order_by(mark)
    )  # fmt: skip
    return list(found.tuples())


@case
def read(snap: Snapshot, talk: Talk) -> tuple[Any, Any]:
    return (
        [receipt_rows.read(snap, talk.dm, id) for id in some(talk)],
        [tally(talk, Reading.receipt_id, id) for id in some(talk)],
    )


@case
def received(snap: Snapshot, talk: Talk) -> tuple[Any, Any]:
    people = (talk.bob, 77)
    theirs = Reading.user_id.in_(people)
    return (
        [receipt_rows.received(snap, talk.dm, id) for id in some(talk)]
        + [receipt_rows.received_by(snap, people, talk.dm, id) for id in some(talk)],
        [tally(talk, Reading.delivered_id, id) for id in some(talk)]
        + [tally(talk, Reading.delivered_id, id, theirs) for id in some(talk)],
    )


@case
def readers(snap: Snapshot, talk: Talk) -> tuple[Any, Any]:
    found: Any = (
        Reading.select(User.id, User.username, User.avatar, Reading.receipt_id)
        .join(User, on=User.id == Reading.user_id)
        .where(Reading.channel_id == talk.dm, Reading.receipt_id >= 1)
        .order_by(Reading.receipt_id.desc())
    )
    return (
        receipt_rows.readers(snap, talk.dm, 1, 100), [Reader(*row) for row in found.tuples()]
    )


@case
def pinned(snap: Snapshot, talk: Talk) -> tuple[Any, Any]:
    here = whole().where(Message.channel_id == talk.dm, Message.pinned_at.is_null(False))
    return pin_rows.of(snap, talk.dm), rows(here.order_by(Message.pinned_at.desc()))


@case
def place(snap: Snapshot, talk: Talk) -> tuple[Any, Any]:
    def counted(id: int) -> Place:
        here = Message.select().where(Message.channel_id == talk.dm, Message.id <= id)
        newest = here.order_by(Message.id.desc()).first()
        own = here.where(Message.author_id == talk.ann).count()
        return Place(newest.id if newest else 0, here.count(), own)

    found = [reading_rows.place(snap, talk.ann, talk.dm, id) for id in some(talk)]
    return found, [counted(id) for id in some(talk)]


@case
def deleted(snap: Snapshot, talk: Talk) -> tuple[Any, Any]:
    low, *_, high = some(talk)
    gone = Message.select().where(
        Message.channel_id == talk.dm, Message.deleted == 1, Message.author_id != talk.ann
    )
    return reading_rows.deleted(snap, talk.ann, talk.dm, low, high), gone.count()


@case
def unread(snap: Snapshot, talk: Talk) -> tuple[Any, Any]:
    waiting: Any = (
        Message.select(Message.channel_id, fn.COUNT(Message.id))
        .join(
            Reading,
            on=(Reading.channel_id == Message.channel_id) & (Reading.user_id == talk.ann),
        )
        .where(
            Message.deleted == 0, Message.author_id != talk.ann, Message.id > Reading.read_id
        )
        .group_by(Message.channel_id)
    )
    counts: dict[int, int] = dict(waiting.tuples())
    found = reading_rows.unread_everywhere(snap, talk.ann)
    here = reading_rows.unread(snap, talk.ann, talk.dm)
    return (found, here), (counts, counts.get(talk.dm, 0))


@case
def one_reading(snap: Snapshot, talk: Talk) -> tuple[Any, Any]:
    row = Reading.get(Reading.user_id == talk.bob, Reading.channel_id == talk.dm)
    known = (row.read_id, row.read_sent, row.read_own, row.read_at, row.receipt_id)
    return reading_rows.get(snap, talk.bob, talk.dm), reading_rows.Reading(*known)


@case
def channel(snap: Snapshot, talk: Talk) -> tuple[Any, Any]:
    row, pair = ChannelTable.get_by_id(talk.dm), Dm.get(Dm.channel_id == talk.dm)
    expected = Channel(row.id, row.kind, row.last_message_id, (pair.low_id, pair.high_id))
    return channel_rows.by_id(snap, talk.dm), expected


@case
def conversations(snap: Snapshot, talk: Talk) -> tuple[Any, Any]:
    expected = []
    for pair in Dm.select().where((Dm.low_id == talk.ann) | (Dm.high_id == talk.ann)):
        other = pair.high_id if pair.low_id == talk.ann else pair.low_id
        if other != talk.ann:
            row, user = ChannelTable.get_by_id(pair.channel_id), User.get_by_id(other)
            expected.append(
                Conversation(row.id, row.last_message_id, other, user.username, user.avatar)
            )
    expected.sort(key=lambda each: each.last_message_id or each.id, reverse=True)
    return channel_rows.conversations(snap, talk.ann), expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
async def test_a_statement_says_what_the_orm_says(talk: Talk, case: Case) -> None:
    said, expected = await talk.read(case, talk)
    assert said == expected
    assert said


async def test_a_deleted_message_keeps_its_place_and_nothing_else(talk: Talk) -> None:
    said = await talk.say(talk.ann, "soup")
    await talk.write(pins.pin, talk.ann, talk.dm, said, 50, NOBODY)
    await talk.delete(talk.ann, said)

    def row(snap: Snapshot) -> dict[str, object]:
        query: Any = Message.select().where(Message.id == said)
        return dict(query.dicts().get())

    assert {name for name, value in (await talk.read(row)).items() if value} == {
        "id", "channel_id", "author_id", "position", "own_position", "deleted",
    }  # fmt: skip
