"""A real house in a temporary folder, and people who move in."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from quart import Quart

from plexichat import cores
from plexichat.app import House, create_app
from plexichat.config import Config
from tests import recorder
from tests.building import build
from tests.cast import PASSWORD, Join, Person, browser, quick

MOST_PROCESSES = 4  # as many as the suite was tried with; some tests start servers of their own


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Share the tests among the cores; where files are named, or the output is to be seen as it
    comes, one process begins sooner and says more."""
    alone = config.getoption("capture") == "no" or any(".py" in each for each in config.args)
    processes = min(len(cores.ALL or ()), MOST_PROCESSES)
    return 0 if alone or processes < 2 else processes


@pytest.fixture(scope="session", autouse=True)
def _recorded() -> Iterator[None]:
    """Hold every answer of the whole run against the API reference, whoever asked."""
    send, send_async = httpx.Client.send, httpx.AsyncClient.send

    def asked(client: httpx.Client, request: httpx.Request, **options: Any) -> httpx.Response:
        answer = send(client, request, **options)
        recorder.hold(answer)
        return answer

    async def asked_async(
        client: httpx.AsyncClient, request: httpx.Request, **options: Any
    ) -> httpx.Response:
        answer = await send_async(client, request, **options)
        recorder.hold(answer)
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx.Client, "send", asked)
        patch.setattr(httpx.AsyncClient, "send", asked_async)
        yield


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return quick(tmp_path / "data")


@pytest.fixture
async def house(config: Config) -> AsyncIterator[House]:
    directory = Path(config.storage.directory)
    if not directory.exists():
        build(directory)
    house = await House.open(config)
    yield house
    await house.close()


@pytest.fixture
def app(house: House) -> Quart:
    return create_app(house)


@pytest.fixture
async def stranger(app: Quart) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without an account."""
    async with browser(app) as client:
        yield client


@pytest.fixture
def join(app: Quart, stranger: httpx.AsyncClient) -> Join:
    """Register somebody by name."""

    async def register(name: str) -> Person:
        wanted = {"username": name, "email": f"{name}@example.org", "password": PASSWORD}
        answer = await stranger.post("/auth/register", json=wanted)
        assert answer.status_code == 201, answer.text
        made = answer.json()
        return Person(app, made["user"], made["token"])

    return register


@pytest.fixture
async def ann(join: Join) -> Person:
    return await join("ann")


@pytest.fixture
async def bob(join: Join) -> Person:
    return await join("bob")


@pytest.fixture
async def cem(join: Join) -> Person:
    return await join("cem")


@pytest.fixture
async def dee(join: Join) -> Person:
    return await join("dee")
