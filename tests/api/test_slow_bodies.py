"""Bodies that stop half-way."""

import asyncio
import dataclasses

import pytest

from plexichat.config import Config
from tests.cast import Person


@pytest.fixture
def config(config: Config) -> Config:
    server = dataclasses.replace(config.server, body_timeout_seconds=1)
    return dataclasses.replace(config, server=server)


async def test_a_body_that_never_comes_is_given_up(ann: Person, url: str) -> None:
    port = int(url.rpartition(":")[2].partition("/")[0])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"PATCH /users/@me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ann.token}\r\n"
    writer.write(f'{head}Content-Length: 100\r\n\r\n{{"username":'.encode())
    answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"Request timeout"' in answer
    writer.close()
    await writer.wait_closed()
