from collections.abc import AsyncIterator

import pytest

from plexichat.config import Gateway
from tests.gateway.radio import Station, on_air


@pytest.fixture(params=["/radio", "/radio?asgi"], ids=["transport", "asgi"])
async def station(request: pytest.FixtureRequest) -> AsyncIterator[Station]:
    """A server on each of the two ways out."""
    async with on_air(Station(Gateway(), request.param)) as station:
        yield station
