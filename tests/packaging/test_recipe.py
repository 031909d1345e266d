"""The pins of the executable: everything the project needs, as it needs it, by its hash.

Building takes too long for this suite; packaging/build.py tries what it built by itself.
"""

import configparser
import re

import pytest

from tests.running import ROOT

PIN = re.compile(r"([a-z0-9-]+)==(\S+)((?: \\\n    --hash=sha256:[0-9a-f]{64})+)\n")


def pins() -> dict[str, str]:
    text = (ROOT / "packaging" / "requirements.txt").read_text()
    comments = re.match(r"(#.*\n)*", text)
    assert comments
    rest = text[comments.end() :]
    assert PIN.sub("", rest) == "", "a line that is no pin"
    return {name: version for name, version, _ in PIN.findall(rest)}


def needed() -> list[tuple[str, str, str]]:
    """Each dependency of the project: its name, from which version on, and before which."""
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg")
    lines = parser["options"]["install_requires"].split("\n")
    found = [re.fullmatch(r"(\S+) >=([\d.]+),<([\d.]+)", line) for line in lines if line]
    assert all(found)
    return [(one[1], one[2], one[3]) for one in found if one]


def number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


@pytest.mark.parametrize(("name", "low", "high"), needed())
def test_what_the_project_needs_is_pinned_within_its_range(name: str, low: str, high: str) -> None:
    assert number(low) <= number(pins()[name]) < number(high)


def test_what_builds_it_and_the_newer_sqlite_are_pinned_too() -> None:
    assert {"pyinstaller", "pysqlite3"} <= pins().keys()
