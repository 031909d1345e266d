"""The kinds of value an option may have: how each is written, checked and said in words.

An option declares its kind as its type; beyond plain types that is a rate, a network, a choice
(`Literal`), a list (`tuple`) or one of these with a rule (`Annotated`).
"""

import json
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Any, Literal, get_args, get_origin


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests in so many seconds, `burst` of them at once."""

    limit: int
    seconds: float
    burst: int

    @classmethod
    def parse(cls, text: str) -> "Rate":
        """Read "10/60" or "10/60 burst 5"; without a burst all of them may come at once."""
        found = re.fullmatch(
            r"([0-9]{1,9})/([0-9]{1,9}(?:\.[0-9]{1,3})?)(?: burst ([0-9]{1,9}))?", text
        )
        if not found:
            raise ValueError(text)
        limit, seconds, burst = int(found[1]), float(found[2]), int(found[3] or found[1])
        if not (limit and seconds and burst):
            raise ValueError(text)
        return cls(limit, seconds, burst)

    def __str__(self) -> str:
        burst = "" if self.burst == self.limit else f" burst {self.burst}"
        return f"{self.limit}/{str(self.seconds).removesuffix('.0')}{burst}"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a value must be beyond its type, and the words that say so."""

    words: str
    holds: Callable[[Any], object]


def within(low: int, high: int = 1_000_000_000) -> Rule:
    return Rule(f"a whole number from {low} to {high}", lambda number: low <= number <= high)


def like(words: str, pattern: str) -> Rule:
    return Rule(words, re.compile(pattern).fullmatch)


Count = Annotated[int, within(1)]
CountOrNone = Annotated[int, within(0)]
Bytes = Annotated[int, within(0, 1 << 50)]
Filled = Annotated[str, like("a text that is not empty", r"[^\0]+")]
Network = IPv4Network | IPv6Network
Origin = Annotated[
    str,
    like(
        'an origin in lower case and without a path, such as "https://chat.example.org"',
        r"[a-z][a-z0-9+.-]*://[^\s/A-Z]*",
    ),
]
BaseUrl = Annotated[
    str,
    like(
        'empty or a URL without a slash at its end, such as "https://chat.example.org"',
        r"(https?://[^\s/?#]+(/[^\s/?#]+)*)?",
    ),
]
Url = Annotated[
    str,
    like('empty or a URL, such as "https://example.org/download"', r"(https?://[^\s/]\S*)?"),
]
Address = Annotated[
    str,
    like(
        'an address with a port, such as "127.0.0.1:3001"',
        r"(\[[^\s\[\]]+\]|[^\s:\[\]]+):[0-9]{1,5}",
    ),
]
Listen = Annotated[
    str,
    like(
        'empty or an address with a port, such as "127.0.0.1:9464"',
        r"((\[[^\s\[\]]+\]|[^\s:\[\]]+):[0-9]{1,5})?",
    ),
]
Version = Annotated[
    str,
    like('empty or a version, such as "a.1.0-49"', r"([abcr]\.[0-9]{1,9}\.[0-9]{1,9}-[0-9]{1,9})?"),
]
Schedule = Annotated[
    str,
    like(
        'empty, "daily 03:30", "weekly sun 03:30" or "every 6h" (or m, d)',
        r"|(daily|weekly (mon|tue|wed|thu|fri|sat|sun)) ([01][0-9]|2[0-3]):[0-5][0-9]"
        r"|every [1-9][0-9]{0,3}[mhd]",
    ),
]
Path = Annotated[str, like("empty or the path of a folder", r"[^\0]*")]
Rates = tuple[Rate, ...]


# How the kinds that TOML has are said, and the kinds that are written as text are read.
WORDS = {
    bool: "true or false",
    int: "a whole number",
    str: "a text",
    Rate: '"REQUESTS/SECONDS" or "REQUESTS/SECONDS burst N"',
    Network: 'an address or a network, such as "10.0.0.0/8"',
}
PARSERS: dict[Any, Callable[[str], object]] = {str: str, Rate: Rate.parse, Network: ip_network}


def words(kind: Any) -> str:
    if get_origin(kind) is Annotated:
        return str(get_args(kind)[1].words)
    if get_origin(kind) is Literal:
        return " or ".join(map(shown, get_args(kind)))
    if get_origin(kind) is tuple:
        return f"a list, each {words(get_args(kind)[0])}"
    return WORDS[kind]


def read(kind: Any, value: object) -> object:
    """`value` of a TOML document as a `kind`; raises ValueError if it is none."""
    if get_origin(kind) is Annotated:
        base, rule = get_args(kind)
        result = read(base, value)
        if rule.holds(result):
            return result
    elif get_origin(kind) is Literal:
        if value in get_args(kind):
            return value
    elif get_origin(kind) is tuple:
        if isinstance(value, list):
            return tuple(read(get_args(kind)[0], item) for item in value)
    elif kind in PARSERS:
        if isinstance(value, str):
            return PARSERS[kind](value)
    elif type(value) is kind:  # a bool is an int to isinstance
        return value
    raise ValueError(value)


def shown(value: object) -> str:
    if isinstance(value, dict):
        return "a table"
    return json.dumps(value, ensure_ascii=False, default=str)


def from_text(kind: Any, text: str) -> object:
    """What a TOML file would hold in place of `text`; text that cannot be read stays text."""
    if get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    try:
        if kind is int:
            return int(text)
        if get_origin(kind) is tuple:
            if text.lstrip().startswith("["):
                return tomllib.loads(f"list = {text}")["list"]
            return [item.strip() for item in text.split(",") if item.strip()]
    except ValueError:
        return text
    if kind is bool:
        return {"true": True, "1": True, "false": False, "0": False}.get(text.lower(), text)
    return text
