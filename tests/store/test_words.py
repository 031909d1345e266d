"""What counts as a word, and when two words are the same."""

import sys
import unicodedata

import pytest

from plexichat.store.words import fold, holds, tokens, wanted


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hello, World!", "hello world"),
        ("don't e-mail a_b", "don t e mail a b"),
        ("ŁÓDŹ Ørsted Đorđe Œuvre", "lodz orsted dorde oeuvre"),
        ("Straße STRASSE", "strasse strasse"),
        ("İstanbul ISTANBUL ılık", "istanbul istanbul ilik"),  # noqa: RUF001
        ("café cafe\u0301", "cafe cafe"),
        ("Ὀδυσσεύς ΟΔΥΣΣΕΥΣ", "οδυσσευσ οδυσσευσ"),
        ("Ёлка ЁЛКА", "елка елка"),
        ("đường phố", "duong pho"),
        ("العَرَبِيَّة", "العربية"),
        ("שָׁלוֹם", "שלום"),
        ("हिन्दी में किताब", "हिन्दी में किताब"),
        ("한국어 학교", "한국어 학교"),
        ("東京タワーへABC", "東 京 タ ワ ー へ abc"),
        ("ｶﾞ ＡＢＣ", "ガ abc"),  # noqa: RUF001
        ("แมวดำ", "แ ม ว ด ํ า"),
        ("🍲 soup ☕️", "🍲 soup ☕"),
        ("x² Ⅷ ﬁne", "x2 viii fine"),
        ("soft\u00adhyphen zero\u200bwidth", "softhyphen zerowidth"),
        ('" * ( ) : ^ - + # \\ \' %', ""),
        ("", ""),
    ],
)
def test_words_are_told_without_case_accents_and_signs(text: str, words: str) -> None:
    assert tokens(text) == words.split()


def test_no_character_folds_to_anything_but_words() -> None:
    """Whatever somebody types, FTS5 sees nothing it could take for its own syntax."""
    for code in range(sys.maxunicode + 1):
        for character in fold(chr(code)):
            assert character == " " or character.isalnum() or unicodedata.category(character) in (
                "So", "Mn", "Mc", "Me", "Lm", "No", "Nl",
            ), hex(code)  # fmt: skip
            assert not ("A" <= character <= "Z")


def test_folding_what_is_folded_changes_nothing() -> None:
    for code in range(0x3000):
        once = tokens(chr(code) + "x" + chr(code))
        assert tokens(" ".join(once)) == once, hex(code)


def test_what_is_wanted_keeps_together_what_was_typed_together() -> None:
    assert wanted("Soup don't  東京") == ["soup", "don t", "東 京"]
    assert wanted(' "*" -- ') == []


@pytest.mark.parametrize(
    ("text", "query", "held"),
    [
        ("bring the long table", "long bring", True),
        ("bring the long table", "long tab", True),
        ("bring the long table", "lon table", False),
        ("bring the long table", "able", False),
        ("I don't know", "don't", True),
        ("t comes before don", "don't", False),
        ("東京都", "京", True),
        ("東京都", "東都", False),
        ("", "x", False),
    ],
)
def test_a_text_holds_whole_words_and_the_beginning_of_the_last(
    text: str, query: str, held: bool
) -> None:
    assert holds(text, wanted(query)) is held
