import pytest

from tests.api.conftest import url
from tests.cast import Person
from tests.town import Town, found, join

__all__ = ["url"]


@pytest.fixture
async def street(ann: Person, bob: Person) -> Town:
    """Ann's server, with Bob in it."""
    street = await found(ann)
    await join(street, bob)
    return street


@pytest.fixture
def ws(url: str) -> str:
    """Where this dialect's sockets are opened."""
    return url.replace("/gateway", "/ws")
