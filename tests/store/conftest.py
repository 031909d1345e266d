"""A database of its own for each test, with a table of notes, and somebody who listens."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from plexichat.store.db import Database
from tests.store.notes import Heard, begin


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
async def db(data: Path, heard: Heard) -> AsyncIterator[Database]:
    database = await Database.open(data, heard)
    await database.write(begin)
    yield database
    await database.close()
