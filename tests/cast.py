"""The cast: what a person in these stories can do, and a house that is quick to test."""

import dataclasses
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
from quart import Quart

from plexichat.app import House
from plexichat.config import Config, Passwords, RateLimits, Storage

PASSWORD = "leek-and-barley"


def quick(directory: Path, **sections: Any) -> Config:
    """A configuration that hashes fast and counts no requests; `sections` override."""
    config = Config(
        storage=Storage(directory=str(directory), reserve_bytes=0),
        passwords=Passwords(bcrypt_cost=4),
        rate_limits=RateLimits(enabled=False),
    )
    return dataclasses.replace(config, **sections)


class Person:
    """Somebody with an account, and the client they use."""

    def __init__(self, app: Quart, account: dict[str, Any], token: str) -> None:
        self.id: str = account["id"]
        self.number = int(account["id"])
        self.username: str = account["username"]
        self.token = token
        self.app = app
        self.house: House = app.extensions["house"]
        self.client = browser(app, token)

    async def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        return await self.client.request(method, path, **options)

    async def get(self, path: str, **options: Any) -> httpx.Response:
        return await self.ask("GET", path, **options)

    async def post(self, path: str, json: Any = None, **options: Any) -> httpx.Response:
        return await self.ask("POST", path, json={} if json is None else json, **options)

    async def put(self, path: str, json: Any = None, **options: Any) -> httpx.Response:
        return await self.ask("PUT", path, json=json, **options)

    async def patch(self, path: str, json: Any = None, **options: Any) -> httpx.Response:
        return await self.ask("PATCH", path, json=json, **options)

    async def delete(self, path: str, **options: Any) -> httpx.Response:
        return await self.ask("DELETE", path, **options)

    async def dm(self, other: "Person") -> str:
        """The id of the direct messages with somebody."""
        answer = await self.post("/users/@me/channels", {"recipient_id": other.id})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    async def say(self, channel_id: str, content: str, **more: Any) -> dict[str, Any]:
        sent = {"content": content, **more}
        answer = await self.post(f"/channels/{channel_id}/messages", sent)
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json()
        return said


def browser(app: Quart, token: str | None = None) -> httpx.AsyncClient:
    """A client of the app in process, logged in when it is given a token."""
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    transport = httpx.ASGITransport(app=app, client=("203.0.113.7", 4711))  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url="http://chat.test", headers=headers)


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Status and sentence of an answer that says no."""
    error = answer.json()["error"]
    return answer.status_code, error["message"]


Join = Callable[[str], Awaitable[Person]]
