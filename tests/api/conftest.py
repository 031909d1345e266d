import socket
from collections.abc import AsyncIterator

import pytest
from quart import Quart

from plexichat.serving import Listener


@pytest.fixture
async def url(app: Quart) -> AsyncIterator[str]:
    """The gateway of the house on a real socket."""
    listener = Listener(app)
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        await listener.open([sock])
        yield f"ws://127.0.0.1:{sock.getsockname()[1]}/gateway"
        await listener.close(0)
