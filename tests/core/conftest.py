from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.core.talk import Talk, talking


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    async with talking(tmp_path / "data") as talk:
        yield talk
