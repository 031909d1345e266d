"""Links that open one file for an hour."""

from urllib.parse import parse_qs

import pytest

from plexichat.core.errors import Unauthenticated
from plexichat.core.links import STEPS, Links

NAME = "0" * 32 + ".png"
LIFE = 3600


class Clock:
    now = 1_800_000_123.5

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def links(clock: Clock) -> Links:
    return Links(b"k" * 32, clock)


def signed(links: Links) -> tuple[str, str]:
    query = parse_qs(links.sign(NAME))
    return query["e"][0], query["s"][0]


def test_a_link_opens_its_file_for_nearly_an_hour_and_then_no_more(
    links: Links, clock: Clock
) -> None:
    until, signature = signed(links)
    assert LIFE - LIFE // STEPS < int(until) - clock.now <= LIFE
    links.check(NAME, until, signature)
    clock.now = int(until)
    links.check(NAME, until, signature)
    clock.now += 0.1
    with pytest.raises(Unauthenticated, match="Token expired"):
        links.check(NAME, until, signature)


def test_links_made_close_together_are_equal_so_that_caches_know_them(
    links: Links, clock: Clock
) -> None:
    clock.now = 1_800_000_000
    first = links.sign(NAME)
    clock.now += LIFE // STEPS - 1
    assert links.sign(NAME) == first
    clock.now += 1
    assert links.sign(NAME) != first


@pytest.mark.parametrize("change", ["name", "until", "signature", "key", "empty", "letters"])
def test_a_forged_link_opens_nothing(links: Links, clock: Clock, change: str) -> None:
    until, signature = signed(links)
    name = NAME
    match change:
        case "name":
            name = "1" * 32 + ".png"
        case "until":
            until = str(int(until) + 1)
        case "signature":
            signature = signature[:-1] + ("A" if signature[-1] != "A" else "B")
        case "key":
            links = Links(b"l" * 32, clock)
        case "empty":
            until = signature = ""
        case "letters":
            until, signature = "ž", "ž"
    with pytest.raises(Unauthenticated, match="Invalid token"):
        links.check(name, until, signature)
