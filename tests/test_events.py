"""Events, kept true: each dialect has words for each or says that it has none."""

import ast
import re
from pathlib import Path

import pytest

import plexichat
from plexichat.api import events as plexichat_words
from plexichat.api.events import word
from plexichat.core import events
from plexichat.core.events import Event

API = Path(plexichat.__file__).parent / "api"

EVENTS = [
    kind
    for kind in vars(events).values()
    if isinstance(kind, type) and issubclass(kind, Event) and kind is not Event
]
# What is told to the house alone and to no client of any dialect.
UNSPOKEN = {
    "AddressesBlocked", "Attends", "BlockChanged", "FilesForgotten", "Leftovers",
    "PresenceEnded", "PresenceKept",
    "RulesChanged", "SessionOpened", "SessionsClosed", "StandingChanged",
}  # fmt: skip
# What a gateway session says by itself, without an event.
SAID_BY_SESSIONS = {"READY", "RESUMED", "GUILD_MEMBERS_CHUNK"}


def contract() -> list[str]:
    """The names in the table of events; a row may hold several."""
    _, _, section = (API / "README.md").read_text().partition("\n| Event | To |\n")
    rows, _, _ = section.partition("\n\n")
    return [
        name for row in re.findall(r"^\| ([A-Z][A-Z_, ]*) \|", rows, re.MULTILINE)
        for name in row.split(", ")
    ]  # fmt: skip


def spoken() -> set[str]:
    """The names that the words for events may have."""
    return {
        node.args[0].value
        for path in Path(plexichat_words.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "Worded"
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)
def test_every_event_has_words_of_its_own_or_is_listed_as_unspoken(kind: type[Event]) -> None:
    words = word.dispatch(kind)
    assert words is not word.dispatch(object), f"{kind.__name__} has no words"
    shared = [other for other in EVENTS if word.dispatch(other) is words]
    if kind.__name__ in UNSPOKEN:
        assert {each.__name__ for each in shared} == UNSPOKEN
    else:
        assert shared == [kind]


def test_events_are_declared_in_one_place() -> None:
    assert {kind.__module__.rpartition(".")[0] for kind in Event.__subclasses__()} == {
        events.__name__
    }
    assert {kind.__name__ for kind in Event.__subclasses__()} == {kind.__name__ for kind in EVENTS}
    assert {kind.__name__ for kind in EVENTS} >= UNSPOKEN


def test_the_contract_lists_every_name_that_is_spoken_and_no_other() -> None:
    listed = contract()
    assert len(set(listed)) == len(listed)
    assert set(listed) - SAID_BY_SESSIONS == spoken()
