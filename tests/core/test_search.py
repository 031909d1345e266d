"""Finding messages by their words."""

import random
from typing import Any

import pytest

from plexichat.core import channels, messages, search
from plexichat.core.errors import Forbidden, Invalid, NotFound
from plexichat.store import search as index
from plexichat.store.db import Tx
from plexichat.store.words import holds, wanted
from tests.core.talk import NOBODY, RULES, Talk

SYNTAX = [
    "AND", "OR", "NOT", "NEAR", "soup AND", "OR soup", "NEAR(soup seven)", "NEAR(soup seven, 5)",
    '"', '"soup', 'soup"', '""', '"soup" "seven"', "*", "soup*", "*soup", "(", ")", "(soup",
    "soup)",
    "-soup", "- soup", ":", "words:soup", "words : soup", "message_words:soup", "^soup", "soup^",
    "soup + seven", "{words}: soup", "-words:soup", "#soup", "'", "soup'; DROP TABLE message; --",
    "\\", "%", "_", "soup\tseven", "\u0000", "\ud7ff", "🍲", "x" * 512, "a " * 256, '"" ' * 128,
]  # fmt: skip


@pytest.fixture(params=["waiting", "indexed"])
async def talk(talk: Talk, request: Any, monkeypatch: pytest.MonkeyPatch) -> Talk:
    """Every message waits to be taken into the index, or none does."""
    if request.param == "indexed":
        monkeypatch.setattr(index, "WAITING", 1)
    return talk


async def test_every_word_must_occur_and_the_last_may_be_unfinished(talk: Talk) -> None:
    await talk.say(talk.bob, "Soup at seven, bring the long table")
    await talk.say(talk.ann, "No soup at eight")
    assert await talk.find("soup") == ["No soup at eight", "Soup at seven, bring the long table"]
    assert await talk.find("seven soup") == ["Soup at seven, bring the long table"]
    assert await talk.find("SOUP ta") == ["Soup at seven, bring the long table"]
    assert await talk.find("ta soup") == []
    assert await talk.find("oup") == []
    assert await talk.find("soup nothing") == []


@pytest.mark.parametrize(
    ("said", "query"),
    [
        ("Zażółć gęślą jaźń", "zazolc GESLA"),
        ("crème brûlée", "CREME brulee"),
        ("creme brulee", "crème brûlée"),
        ("Größe", "GRÖSSE"),
        ("Καλημέρα κόσμε", "καλημερα ΚΟΣΜΕ"),
        ("Доброе утро", "доброе УТ"),  # noqa: RUF001
        ("صَبَاحُ الخَيْر", "صباح الخير"),
        ("בוקר טוב", "טוב בוקר"),
        ("किताब मेज़ पर है", "मेज़ किताब"),
        ("좋은 아침입니다", "좋은 아침"),
        ("明日東京タワーへ行く", "東京"),
        ("明日東京タワーへ行く", "タワー"),
        ("今晚七点喝汤", "七点 喝汤"),
        ("แมวกินปลา", "กินปลา"),
        ("មនុស្ស", "នុស្"),
        ("ＦＵＬＬ ｗｉｄｔｈ", "full wid"),  # noqa: RUF001
        ("see 🍲 at 7", "🍲"),
        ("I don't know", "don't"),
        ("mail ann@example.org", "ann@example.org"),
    ],
)
async def test_any_script_is_found_without_case_and_accents(
    talk: Talk, said: str, query: str
) -> None:
    await talk.say(talk.bob, said)
    await talk.say(talk.bob, "something else 別")
    assert await talk.find(query) == [said]


async def test_characters_of_an_unspaced_script_must_stand_side_by_side(talk: Talk) -> None:
    await talk.say(talk.bob, "東の京")
    assert await talk.find("東京") == []
    assert await talk.find("東 京") == ["東の京"]


@pytest.mark.parametrize("query", SYNTAX)
async def test_nothing_that_is_typed_is_an_instruction(talk: Talk, query: str) -> None:
    said = ["soup at seven", "and or not near", "words soup", "something else"]
    for text in said:
        await talk.say(talk.bob, text)
    asked = wanted(query)
    expected = [text for text in reversed(said) if asked and holds(text, asked)]
    assert await talk.find(query) == expected


async def test_the_token_of_a_channel_cannot_be_typed(talk: Talk) -> None:
    await talk.say(talk.bob, "soup")
    assert await talk.find(f"#{talk.dm}") == []
    assert await talk.find(f"{talk.dm}") == []


async def test_only_the_channel_asked_for_is_searched(talk: Talk) -> None:
    other = (await talk.write(channels.open_dm, talk.ann, talk.cem)).id
    await talk.say(talk.ann, "soup with bob")
    await talk.say(talk.ann, "soup with cem", other)
    assert await talk.find("soup") == ["soup with bob"]
    assert await talk.find("soup", channel=other) == ["soup with cem"]


async def test_an_edited_message_is_found_by_its_new_words_only(talk: Talk) -> None:
    said = await talk.say(talk.ann, "soup at seven")
    await talk.write(messages.edit, talk.ann, talk.dm, said, "stew at eight", RULES, NOBODY)
    assert await talk.find("soup") == []
    assert await talk.find("stew") == ["stew at eight"]


async def test_a_deleted_message_is_found_no_more(talk: Talk) -> None:
    said = await talk.say(talk.ann, "soup at seven")
    await talk.say(talk.ann, "soup at eight")
    await talk.delete(talk.ann, said)
    assert await talk.find("soup") == ["soup at eight"]


async def test_what_is_found_is_limited_to_the_newest(talk: Talk) -> None:
    for hour in range(9):
        await talk.say(talk.bob, f"soup at {hour}")
    assert await talk.find("soup", limit=3) == ["soup at 8", "soup at 7", "soup at 6"]


async def test_strangers_find_nothing_not_even_whether_there_is_anything(talk: Talk) -> None:
    with pytest.raises(Forbidden, match="Access denied"):
        await talk.read(search.messages, talk.cem, talk.dm, "soup", 25, NOBODY)
    with pytest.raises(NotFound, match="Channel not found"):
        await talk.read(search.messages, talk.ann, 77, "soup", 25, NOBODY)
    with pytest.raises(Invalid, match="Invalid input: content"):
        await talk.find("x" * 513)


WORDS = ("soup", "soups", "soupe", "Seven", "sev", "東京", "東", "京都", "don't", "don", "t", "été")


@pytest.mark.parametrize("seed", range(4))
async def test_what_is_found_is_what_holds_the_words(
    talk: Talk, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever was sent, edited and deleted, and whether the index knows it yet or not."""
    dice = random.Random(seed)
    monkeypatch.setattr(index, "WAITING", 7)
    monkeypatch.setattr(index, "CONTINUATIONS", dice.choice((1, 200)))
    there: dict[int, str] = {}
    for _ in range(120):
        text = " ".join(dice.choices(WORDS, k=dice.randint(1, 5)))
        match dice.choice(("say", "say", "say", "edit", "delete")):
            case "edit" if there:
                id = dice.choice([*there])
                await talk.write(messages.edit, talk.ann, talk.dm, id, text, RULES, NOBODY)
                there[id] = text
            case "delete" if there:
                id = dice.choice([*there])
                await talk.delete(talk.ann, id)
                del there[id]
            case _:
                there[await talk.say(talk.ann, text)] = text
        query = " ".join(dice.choices(WORDS, k=dice.randint(1, 3)))[: dice.randint(1, 12)]
        if asked := wanted(query):
            expected = [there[id] for id in sorted(there, reverse=True) if holds(there[id], asked)]
            assert await talk.find(query) == expected, query


async def test_the_index_takes_messages_in_by_the_hundred(talk: Talk) -> None:
    """Every message is found while it waits and after."""
    for number in range(index.WAITING + 3):
        await talk.say(talk.bob, f"soup number {number}")
        if number % 50 == 0 or number > index.WAITING - 3:
            assert len(await talk.find(f"number {number}")) == 1

    def waiting(tx: Tx) -> int:
        return int(tx.execute("SELECT waiting FROM search").fetchone()[0])

    assert await talk.write(waiting) < max(index.WAITING, 4)


async def test_a_beginning_that_many_words_share_is_found_wherever_they_are(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "FEW", 0)
    monkeypatch.setattr(index, "NEARBY", 2)
    for number in range(index.CONTINUATIONS + 2):
        await talk.say(talk.bob, f"soup{number} at seven")
    for number in range(9):
        await talk.say(talk.bob, f"bread{number} at eight")
    expected = [f"soup{number} at seven" for number in range(index.CONTINUATIONS + 1, -1, -1)]
    assert await talk.find("so") == expected
    assert await talk.find("seven so") == expected
    assert await talk.find("eight so") == []
    assert await talk.find("so", limit=2) == expected[:2]


BOUNDS = {
    "FEW": (0, 0, 50), "FEW_ASIDE": (0, 0, 50), "NEARBY": (1, 4, 300), "CHANNELS": (1, 256),
    "GROUP": (1, 16), "CONTINUATIONS": (0, 8), "PHRASES": (1, 16), "PHRASE_WORDS": (1, 3),
    "TURN": (1, 200), "SECONDS": (0, 0, 1), "SILENT": (0, 1), "TRIED": (0, 1),
    "CLOCKED": (1, 2_000),
}  # fmt: skip


@pytest.mark.parametrize("talk", ["waiting"], indirect=True)
@pytest.mark.parametrize("seed", range(5))
async def test_a_search_that_stops_early_misses_nothing_when_it_goes_on(
    talk: Talk, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However little time it has, whatever it asks the index for, wherever fences stand."""
    dice = random.Random(seed)
    monkeypatch.setattr(index, "WAITING", (1, 7, 400)[seed % 3])
    monkeypatch.setattr(index, "APART", (2, 9, 500)[seed // 3 % 3])
    pairs = [(talk.ann, talk.bob), (talk.ann, talk.cem), (talk.bob, talk.cem)]
    places = [(await talk.write(channels.open_dm, *pair)).id for pair in pairs]
    said: list[tuple[int, int, int, str]] = []
    for _ in range(100):
        place = dice.choice((0, 1, 2, 2))
        author = dice.choice(pairs[place])
        text = " ".join(dice.choices(WORDS, k=dice.randint(1, 6)))
        said.insert(0, (await talk.say(author, text, places[place]), places[place], author, text))
    for _ in range(50):
        for name, values in BOUNDS.items():
            monkeypatch.setattr(index, name, dice.choice(values))
        text = " ".join(dice.choices((*WORDS, "fig"), k=dice.randint(1, 5)))[: dice.randint(1, 20)]
        if not (asked := wanted(text)):
            continue
        here = dice.sample(places, dice.randint(0, 3))
        author_id = dice.choice((None, None, talk.ann, talk.cem))
        expected = [
            id for id, place, author, content in said
            if place in here and author_id in (None, author) and holds(content, asked)
        ]  # fmt: skip
        found, before, limit = [], index.NEWEST, dice.randint(1, 30)
        while True:
            where = index.Where(here, before, author_id)
            page = await talk.read(index.find, where, asked, limit)
            found += page.ids
            assert len(page.ids) <= limit
            if page.more is None:
                break
            assert page.more < before
            before = page.more
        assert found == expected, text
    monkeypatch.setattr(index, "SECONDS", 1)
    said_last = await talk.say(talk.bob, "quince", talk.dm)
    for _ in range(3):  # no reader was left in the past by what was broken off
        page = await talk.read(index.find, index.Where((talk.dm,)), ["quince"], 1)
        assert page.ids == [said_last]


async def test_fences_are_put_up_as_the_house_grows(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where there was none; they are no messages, and nobody can ask for them."""
    monkeypatch.setattr(index, "WAITING", 3)
    monkeypatch.setattr(index, "APART", 10_000)
    for number in range(60):
        await talk.say(talk.bob, f"soup {number}")
    monkeypatch.setattr(index, "APART", 2)
    for number in range(60, 72):
        await talk.say(talk.bob, f"soup {number}")

    def fences(tx: Tx) -> list[int]:
        return [id for id, _ in tx.execute(index.MATCH, ('"#"', -index.NEWEST, -1))]

    standing = await talk.write(fences)
    assert 24 < len(standing) < 36  # messages of the same millisecond stand together
    assert standing == sorted(standing, reverse=True)
    assert len(await talk.find("soup")) == 72
    assert await talk.find("#") == []
