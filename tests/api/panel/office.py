"""An admin at work: logged in as one, from an address that is let in."""

from types import TracebackType
from typing import Any

import httpx

from plexichat.core import administration
from tests.cast import PASSWORD, Person

HOME = "192.168.0.7"


def visitor(person: Person, address: str = HOME, **headers: str) -> httpx.AsyncClient:
    """A client at some address, of the same house as this person."""
    transport = httpx.ASGITransport(app=person.app, client=(address, 4711))  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url="http://chat.test", headers=headers)


async def appoint(person: Person, *, admin: bool = True) -> None:
    await person.house.db.write(administration.appoint, person.number, admin=admin)


async def log_in(client: httpx.AsyncClient, name: str, password: str = PASSWORD) -> httpx.Response:
    return await client.post("/admin/login", json={"username": name, "password": password})


class Office:
    """One admin's session."""

    def __init__(self, admin: Person) -> None:
        self.admin = admin
        self.client = visitor(admin)

    async def __aenter__(self) -> "Office":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        await self.client.aclose()

    async def enter(self) -> None:
        answer = await log_in(self.client, self.admin.username)
        assert answer.status_code == 200, answer.text
        self.client.headers["Authorization"] = f"Bearer {answer.json()['token']}"

    async def step_up(self, password: str = PASSWORD) -> httpx.Response:
        return await self.post("/admin/auth/step-up", password=password)

    async def get(self, path: str, **query: Any) -> httpx.Response:
        return await self.client.get(path, params=query)

    async def post(self, path: str, **body: Any) -> httpx.Response:
        return await self.client.post(path, json=body)

    async def seen(self, path: str, **query: Any) -> Any:
        answer = await self.get(path, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def did(self, path: str, **body: Any) -> Any:
        answer = await self.post(path, **body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def actions(self) -> list[str]:
        """What the audit log tells, the newest first."""
        return [line["action"] for line in (await self.seen("/admin/audit/logs"))["logs"]]
