"""Pins: who may pin what, how many, and in which order."""

import pytest

from plexichat.core import pins
from plexichat.core.errors import Forbidden, Invalid, NotFound
from plexichat.core.events import MessageUpdated, PinsChanged
from plexichat.store.db import Tx
from tests.core.talk import NOBODY, Talk


async def pin(talk: Talk, person: int, message_id: int, at_most: int = 50) -> None:
    await talk.write(pins.pin, person, talk.dm, message_id, at_most, NOBODY)


async def unpin(talk: Talk, person: int, message_id: int) -> None:
    await talk.write(pins.unpin, person, talk.dm, message_id, NOBODY)


async def pinned(talk: Talk, person: int) -> list[int]:
    found = await talk.read(pins.of, person, talk.dm, NOBODY)
    return [view.message.id for view in found]


async def test_the_newest_pin_comes_first_whatever_the_age_of_the_message(talk: Talk) -> None:
    one, two, three = [await talk.say(talk.ann, text) for text in ("one", "two", "three")]

    def pin_all(tx: Tx) -> None:
        for id in (two, three, one):  # within one millisecond
            pins.pin(tx, talk.bob, talk.dm, id, 50, NOBODY)

    await talk.write(pin_all)
    for person in (talk.ann, talk.bob):
        assert await pinned(talk, person) == [one, three, two]
    await unpin(talk, talk.ann, three)
    assert await pinned(talk, talk.ann) == [one, two]
    await pin(talk, talk.ann, three)
    assert await pinned(talk, talk.ann) == [three, one, two]


async def test_pinning_is_told_to_both_with_all_pins(talk: Talk) -> None:
    one, two = await talk.say(talk.ann, "one"), await talk.say(talk.bob, "two")
    await pin(talk, talk.ann, one)
    talk.told.clear()
    await pin(talk, talk.ann, two)
    updated, changed = talk.told
    assert isinstance(updated, MessageUpdated)
    assert updated.message.message.pinned_at is not None
    assert updated.audience == changed.audience == {talk.ann, talk.bob}
    assert changed == PinsChanged(
        audience=changed.audience, channel_id=talk.dm, message_ids=(two, one)
    )
    talk.told.clear()
    await unpin(talk, talk.bob, one)
    updated, changed = talk.told
    assert updated.message.message.pinned_at is None
    assert changed.message_ids == (two,)


async def test_pinning_twice_changes_and_tells_nothing(talk: Talk) -> None:
    said = await talk.say(talk.ann, "soup")
    await pin(talk, talk.ann, said)
    talk.told.clear()
    await pin(talk, talk.bob, said, at_most=1)
    assert talk.told == []


async def test_there_are_only_so_many_pins(talk: Talk) -> None:
    one, two = await talk.say(talk.ann, "one"), await talk.say(talk.bob, "two")
    await pin(talk, talk.ann, one, at_most=1)
    with pytest.raises(Invalid, match=r"^Pin limit reached$"):
        await pin(talk, talk.ann, two, at_most=1)
    await talk.delete(talk.ann, one)
    await pin(talk, talk.ann, two, at_most=1)


async def test_what_is_not_there_or_not_pinned_is_not_found(talk: Talk) -> None:
    said = await talk.say(talk.ann, "soup")
    with pytest.raises(NotFound, match=r"^Message not found"):
        await unpin(talk, talk.ann, said)
    for verb in (pin, unpin):
        with pytest.raises(NotFound, match=r"^Message not found$"):
            await verb(talk, talk.ann, 77)


async def test_strangers_neither_pin_nor_see_pins(talk: Talk) -> None:
    said = await talk.say(talk.ann, "soup")
    for verb in (pin, unpin):
        with pytest.raises(Forbidden, match=r"^Permission denied$"):
            await verb(talk, talk.cem, said)
    with pytest.raises(Forbidden, match=r"^Access denied$"):
        await pinned(talk, talk.cem)
