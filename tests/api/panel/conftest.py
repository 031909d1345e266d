from collections.abc import AsyncIterator

import httpx
import pytest

from tests.api.panel.office import Office, appoint, visitor
from tests.cast import Person


@pytest.fixture
async def office(ann: Person) -> AsyncIterator[Office]:
    """Ann is an admin, at home, and has just given her password again."""
    await appoint(ann)
    async with Office(ann) as office:
        await office.enter()
        await office.step_up()
        yield office


@pytest.fixture
async def neighbour(ann: Person) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody at an address from which the admin API may be used."""
    async with visitor(ann) as client:
        yield client
