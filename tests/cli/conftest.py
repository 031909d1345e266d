"""A small town that every verb finds as it was left, with its server up and with it down."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.running import Ended, Server, serving, typed

CALM = {"PLEXICHAT__RATE_LIMITS__ENABLED": "false", "COLUMNS": "80"}


@dataclass
class Place:
    """A folder with a house in it, and the tokens of who lives there."""

    folder: Path
    tokens: dict[str, str]
    ids: dict[str, str]  # of people, and of `server`, `channel`, `invite`, `webhook`
    server: Server | None = None

    def type(self, *arguments: str, stdin: str = "") -> Ended:
        return typed(*arguments, cwd=self.folder, stdin=stdin, **CALM)

    def done(self, *arguments: str, stdin: str = "") -> str:
        """What a verb says that does what it is asked."""
        ended = self.type(*arguments, stdin=stdin)
        assert (ended.code, ended.err) == (0, ""), ended
        return ended.out

    def refused(self, *arguments: str, stdin: str = "", code: int = 1) -> str:
        """The one sentence of a verb that refuses."""
        ended = self.type(*arguments, stdin=stdin)
        assert (ended.code, ended.out) == (code, ""), ended
        assert ended.err.startswith("plexichat: ")
        assert ended.err.count("\n") == 1
        return ended.err.removeprefix("plexichat: ").strip()

    def ask(self, name: str, method: str, path: str, **options: Any) -> httpx.Response:
        """A request of somebody to the server that is up."""
        assert self.server is not None
        headers = {"Authorization": f"Bearer {self.tokens[name]}"}
        return httpx.request(method, f"{self.server.url}{path}", headers=headers, **options)


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The town while nobody is at home; copied, never used itself."""
    place = Place(tmp_path_factory.mktemp("settled"), {}, {})
    with serving(cwd=place.folder, **CALM) as server:
        place.server = server
        for name in ("ann", "bob", "cem", "dee"):
            made = server.register(name)
            place.tokens[name], place.ids[name] = made["token"], made["user"]["id"]

        def make(path: str, **body: Any) -> Any:
            answer = place.ask("ann", "POST", path, json=body)
            assert answer.status_code == 200, answer.text
            return answer.json()

        town = make("/servers", name="Maple Street")
        place.ids |= {"server": town["id"], "channel": town["default_channel_id"]}
        invite = make(f"/channels/{place.ids['channel']}/invites")
        place.ids["invite"] = invite["code"]
        hook = make("/webhooks", channel_id=place.ids["channel"], name="weather")
        place.ids["webhook"] = hook["id"]
        for name in ("bob", "cem"):
            joined = place.ask(name, "POST", f"/channels/invites/{invite['code']}")
            assert joined.status_code == 200, joined.text
        assert server.stop() == 0
    place.server = None
    return place


def copied(settled: Place, folder: Path) -> Place:
    shutil.copytree(settled.folder, folder)
    return Place(folder, settled.tokens, settled.ids)


@pytest.fixture(scope="module")
def up(settled: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The town with its server running, shared by the tests of a module."""
    place = copied(settled, tmp_path_factory.mktemp("up") / "town")
    with serving(cwd=place.folder, **CALM) as server:
        place.server = server
        yield place


@pytest.fixture(scope="module")
def down(settled: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The town without a server, shared by the tests of a module."""
    return copied(settled, tmp_path_factory.mktemp("down") / "town")


@pytest.fixture(params=["up", "down"])
def place(request: pytest.FixtureRequest) -> Place:
    """The same town both ways, one after the other."""
    found: Place = request.getfixturevalue(request.param)
    return found
