from collections.abc import AsyncIterator

import pytest
from quart import Quart

from tests.api.line import served


@pytest.fixture
async def url(app: Quart) -> AsyncIterator[str]:
    """The gateway of the house on a real socket."""
    async with served(app) as url:
        yield url
