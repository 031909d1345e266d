"""Words of a text, as search compares them: without case, without accents, in any script.

A script that is written without spaces has each of its characters as a word; an emoji is a word
too. Everything else stands between words, so no text can say anything but words.
"""

import unicodedata

CHARACTERS_KNOWN = 20_000
# Scripts in which nothing separates words.
UNSPACED = (
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x1950, 0x19DF), (0x1A20, 0x1AAF),
    (0x2E80, 0x2FDF), (0x3005, 0x3007), (0x3021, 0x312F), (0x31A0, 0x31BF), (0x31F0, 0x31FF),
    (0x3400, 0x4DBF), (0x4E00, 0xA4CF), (0xA980, 0xA9FF), (0xAA60, 0xAADF), (0xF900, 0xFAFF),
    (0x16FE0, 0x18DFF), (0x1AFF0, 0x1B16F), (0x20000, 0x3FFFF),
)  # fmt: skip
# Marks that a reader may leave out. Those of other scripts are vowels, and make another word.
ACCENTS = (
    (0x0300, 0x036F), (0x0483, 0x0489), (0x0591, 0x05C7), (0x0610, 0x061A), (0x064B, 0x065F),
    (0x0670, 0x0670), (0x06D6, 0x06ED), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF),
    (0xFE00, 0xFE0F), (0xFE20, 0xFE2F), (0xE0100, 0xE01EF),
)  # fmt: skip
# Letters whose stroke or shape Unicode does not count as an accent.
PLAIN = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ŧ": "t", "\u0131": "i", "æ": "ae",
     "œ": "oe", "þ": "th", "\u0640": ""}
)  # fmt: skip


def tokens(text: str) -> list[str]:
    """The words of a text in their order."""
    return unicodedata.normalize("NFKC", text).translate(_folded).split()


def wanted(text: str) -> list[str]:
    """What somebody looks for: words, or words that must stand together where one was typed."""
    phrases = [phrase for word in text.split() if (phrase := " ".join(tokens(word)))]
    return [*dict.fromkeys(phrases[:-1]), *phrases[-1:]]


def holds(text: str, phrases: list[str]) -> bool:
    """Whether a text has all of these; the last one may be the beginning of a longer word."""
    spaced = unicodedata.normalize("NFKC", text).translate(_folded)
    for phrase in phrases:  # most texts lack one, and need not be divided into words
        if " " not in phrase and phrase not in spaced:
            return False
    folded = f" {' '.join(spaced.split())} "
    *whole, last = phrases
    return f" {last}" in folded and all(f" {phrase} " in folded for phrase in whole)


class _Folded(dict[int, str]):
    """What each character becomes: remembered, since a house speaks few languages."""

    def __missing__(self, code: int) -> str:
        folded = fold(chr(code))
        if len(self) < CHARACTERS_KNOWN:
            self[code] = folded
        return folded


def fold(character: str) -> str:
    """A character as words have it, with spaces where it ends one or is one by itself."""
    parts = unicodedata.normalize("NFKD", character).casefold().translate(PLAIN)
    parts = unicodedata.normalize("NFKD", parts)
    bare = "".join(part for part in parts if not _within(part, ACCENTS))
    return "".join(map(_placed, unicodedata.normalize("NFC", bare)))


def _placed(character: str) -> str:
    category = unicodedata.category(character)
    if category == "So" or (category[0] in "LMN" and _within(character, UNSPACED)):
        return f" {character} "
    if category[0] in "LMN":
        return character
    return "" if category == "Cf" else " "


def _within(character: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    code = ord(character)
    for low, high in ranges:  # they are in order
        if code <= high:
            return low <= code
    return False


_folded = _Folded()
