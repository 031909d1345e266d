"""Editing and deleting, and what they leave behind."""

import pytest

from plexichat.core import channels, messages, pins, reading, receipts, relationships
from plexichat.core.errors import Forbidden, Invalid, NotFound
from plexichat.core.events import MessageDeleted, MessagesDeleted, MessageUpdated, PinsChanged
from plexichat.core.messages import Draft, Page
from plexichat.core.receipts import Online
from tests.core.talk import NOBODY, RULES, Talk


async def edit(talk: Talk, author: int, message_id: int, text: str | None) -> None:
    await talk.write(messages.edit, author, talk.dm, message_id, text, RULES, NOBODY)


async def last_message(talk: Talk) -> int | None:
    return (await talk.read(channels.get, talk.ann, talk.dm)).last_message_id


async def history(talk: Talk, page: Page = Page()) -> list[int]:  # noqa: B008
    found = await talk.read(messages.page, talk.ann, talk.dm, page, NOBODY)
    return [view.message.id for view in found.messages]


async def test_an_edit_is_told_to_both_with_its_time(talk: Talk) -> None:
    said = await talk.say(talk.ann, "soup")
    await edit(talk, talk.ann, said, " stew ")
    (told,) = talk.heard(MessageUpdated)
    assert told.audience == frozenset({talk.ann, talk.bob})
    assert told.message.message.content == "stew"
    assert told.message.message.edited_at is not None
    assert (told.message.status, told.message.read) == (None, False)


@pytest.mark.parametrize("text", [None, "", " \n ", "x" * 4001])
async def test_an_edit_to_nothing_or_too_much_is_refused(talk: Talk, text: str | None) -> None:
    said = await talk.say(talk.ann, "soup")
    with pytest.raises(Invalid, match=r"^Invalid content"):
        await edit(talk, talk.ann, said, text)
    assert (await talk.see(talk.ann, said)).message.content == "soup"


async def test_text_may_go_where_something_else_is_left(talk: Talk) -> None:
    draft = Draft("soup", embeds=({"title": "Menu"},))
    sent = await talk.write(messages.send, talk.ann, talk.dm, draft, RULES, NOBODY)
    with pytest.raises(Invalid, match=r"^Invalid content"):
        await edit(talk, talk.ann, sent.message.id, None)
    await edit(talk, talk.ann, sent.message.id, "")
    assert (await talk.see(talk.bob, sent.message.id)).message.content is None


async def test_only_the_author_edits(talk: Talk) -> None:
    said = await talk.say(talk.ann, "soup")
    for other in (talk.bob, talk.cem):
        with pytest.raises(Forbidden, match=r"^Not author$"):
            await edit(talk, other, said, "stew")
    with pytest.raises(NotFound, match=r"^Message not found$"):
        await edit(talk, talk.ann, 77, "stew")
    with pytest.raises(Forbidden, match=r"^Not author$"):
        await edit(talk, talk.cem, 77, "stew")


async def test_no_edit_reaches_whoever_takes_no_more_messages(talk: Talk) -> None:
    said = await talk.say(talk.ann, "soup")
    await talk.write(relationships.block, talk.bob, talk.ann)
    with pytest.raises(Forbidden, match=r"^Permission denied: cannot message this user$"):
        await edit(talk, talk.ann, said, "and another thing")
    await talk.delete(talk.ann, said)


async def test_a_deletion_is_told_to_both_and_final(talk: Talk) -> None:
    said = await talk.say(talk.ann, "soup")
    await talk.delete(talk.ann, said)
    (told,) = talk.heard(MessageDeleted)
    assert told.audience == frozenset({talk.ann, talk.bob})
    assert told.message_id == said
    with pytest.raises(NotFound, match=r"^Message not found$"):
        await talk.see(talk.ann, said)
    with pytest.raises(NotFound, match=r"^Message not found$"):
        await talk.delete(talk.ann, said)
    with pytest.raises(NotFound, match=r"^Message not found$"):
        await edit(talk, talk.ann, said, "stew")
    assert await history(talk) == []


async def test_only_the_author_deletes(talk: Talk) -> None:
    said = await talk.say(talk.ann, "soup")
    for other in (talk.bob, talk.cem):
        with pytest.raises(Forbidden, match=r"^Permission denied$"):
            await talk.delete(other, said)
    with pytest.raises(Forbidden, match=r"^Permission denied$"):
        await talk.delete(talk.cem, 77)


async def test_the_last_message_of_a_channel_moves_back(talk: Talk) -> None:
    first, second, third = [await talk.say(talk.ann, text) for text in ("one", "two", "three")]
    await talk.delete(talk.ann, second)
    assert await last_message(talk) == third
    await talk.delete(talk.ann, third)
    assert await last_message(talk) == first
    await talk.delete(talk.ann, first)
    assert await last_message(talk) is None
    again = await talk.say(talk.ann, "four")
    assert await last_message(talk) == again


async def test_history_has_no_gaps_where_something_was_deleted(talk: Talk) -> None:
    said = [await talk.say(talk.ann, str(number)) for number in range(9)]
    for id in (said[2], said[3], said[7], said[8]):
        await talk.delete(talk.ann, id)
    kept = [said[6], said[5], said[4], said[1], said[0]]
    assert await history(talk) == kept
    assert await history(talk, Page(3)) == kept[:3]
    assert await history(talk, Page(2, before=said[4])) == kept[3:]
    assert await history(talk, Page(2, after=said[1])) == [said[4], said[5]]
    assert await history(talk, Page(5, after=said[6])) == []


async def test_a_reply_keeps_the_id_of_what_was_deleted(talk: Talk) -> None:
    said = await talk.say(talk.ann, "soup?")
    draft = Draft("yes", said)
    reply = await talk.write(messages.send, talk.bob, talk.dm, draft, RULES, NOBODY)
    await talk.delete(talk.ann, said)
    assert (await talk.see(talk.ann, reply.message.id)).message.reply_to_id == said
    with pytest.raises(Invalid, match=r"^Invalid content"):
        await talk.write(messages.send, talk.bob, talk.dm, draft, RULES, NOBODY)


async def test_a_deleted_pin_is_a_pin_less(talk: Talk) -> None:
    one, two = await talk.say(talk.ann, "one"), await talk.say(talk.ann, "two")
    for id in (one, two):
        await talk.write(pins.pin, talk.bob, talk.dm, id, 50, NOBODY)
    talk.told.clear()
    await talk.delete(talk.ann, two)
    assert [event.message_ids for event in talk.heard(PinsChanged)] == [(one,)]
    await talk.write(messages.delete_some, talk.ann, talk.dm, [one])
    assert [event.message_ids for event in talk.heard(PinsChanged)] == [()]


async def test_several_messages_go_at_once_and_unknown_ones_are_skipped(talk: Talk) -> None:
    said = [await talk.say(talk.ann, str(number)) for number in range(4)]
    elsewhere = (await talk.write(channels.open_dm, talk.ann, talk.cem)).id
    other = await talk.say(talk.ann, "elsewhere", elsewhere)
    wanted = [said[3], 77, other, said[1], said[1]]
    await talk.write(messages.delete_some, talk.ann, talk.dm, wanted)
    (told,) = talk.heard(MessagesDeleted)
    assert told.audience == frozenset({talk.ann, talk.bob})
    assert set(told.message_ids) == {said[1], said[3]}
    assert await history(talk) == [said[2], said[0]]
    assert await last_message(talk) == said[2]
    await talk.write(messages.delete_some, talk.ann, talk.dm, wanted)
    assert talk.heard(MessagesDeleted) == []
    assert await talk.find("elsewhere", channel=elsewhere) == ["elsewhere"]


async def test_several_messages_go_together_or_not_at_all(talk: Talk) -> None:
    mine, theirs = await talk.say(talk.ann, "soup"), await talk.say(talk.bob, "stew")
    with pytest.raises(Forbidden, match=r"^Permission denied$"):
        await talk.write(messages.delete_some, talk.ann, talk.dm, [mine, theirs])
    assert await history(talk) == [theirs, mine]
    with pytest.raises(Invalid, match=r"^Invalid input: message_ids$"):
        await talk.write(messages.delete_some, talk.ann, talk.dm, [mine] * 101)
    with pytest.raises(Forbidden, match=r"^Permission denied$"):
        await talk.write(messages.delete_some, talk.cem, talk.dm, [])


async def test_a_message_is_delivered_to_whoever_is_connected_or_lists_it(talk: Talk) -> None:
    said = await talk.say(talk.ann, "soup")
    alone = await talk.see(talk.ann, said)
    assert (alone.status, alone.delivery_count) == ("sent", 0)
    online = Online(frozenset((talk.bob,)))
    now = await talk.read(messages.get, talk.ann, talk.dm, said, online)
    assert (now.status, now.delivery_count, now.read_count) == ("delivered", 1, 0)
    listed = await talk.read(messages.page, talk.bob, talk.dm, Page(), NOBODY)
    assert listed.news == said
    await talk.write(receipts.deliver, talk.bob, talk.dm, said)
    assert (await talk.see(talk.ann, said)).status == "delivered"
    assert (await talk.see(talk.bob, said)).status is None


async def test_listing_is_no_news_twice_nor_to_the_connected_nor_of_older_pages(
    talk: Talk,
) -> None:
    first, second = await talk.say(talk.ann, "one"), await talk.say(talk.ann, "two")
    online = Online(frozenset((talk.bob,)))
    assert (await talk.read(messages.page, talk.bob, talk.dm, Page(), online)).news is None
    older = await talk.read(messages.page, talk.bob, talk.dm, Page(before=second), NOBODY)
    assert older.news == first
    await talk.write(receipts.deliver, talk.bob, talk.dm, second)
    for page in (Page(), Page(before=second)):
        assert (await talk.read(messages.page, talk.bob, talk.dm, page, NOBODY)).news is None
    await talk.write(receipts.deliver, talk.bob, talk.dm, first)
    assert (await talk.read(messages.page, talk.bob, talk.dm, Page(), NOBODY)).news is None


async def test_reading_names_the_reader_to_the_author_alone(talk: Talk) -> None:
    said = await talk.say(talk.ann, "soup")
    await talk.write(reading.ack, talk.bob, talk.dm, None)
    author, reader = await talk.see(talk.ann, said), await talk.see(talk.bob, said)
    assert [mark.username for mark in author.readers] == ["bob"]
    assert (author.status, author.read_count, author.delivery_count) == ("read", 1, 1)
    assert (reader.readers, reader.read_count, reader.read) == ((), 1, True)


async def test_the_author_counts_among_neither_receivers_nor_readers(talk: Talk) -> None:
    said = await talk.say(talk.ann, "soup")
    await talk.write(reading.ack, talk.ann, talk.dm, None)
    online = Online(frozenset((talk.ann,)))
    seen = await talk.read(messages.get, talk.ann, talk.dm, said, online)
    assert (seen.status, seen.delivery_count, seen.read_count) == ("sent", 0, 0)
