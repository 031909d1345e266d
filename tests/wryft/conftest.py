import pytest

from tests.api.conftest import url

__all__ = ["url"]


@pytest.fixture
def ws(url: str) -> str:
    """Where this dialect's sockets are opened."""
    return url.replace("/gateway", "/ws")
