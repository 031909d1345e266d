"""What two people do to each other over HTTP, and how each then stands to the other."""

from typing import Any

import httpx

from tests.cast import Person

BLOCK = "/relationships/block"


async def ask(one: Person, other: Person, **more: Any) -> httpx.Response:
    return await one.post("/relationships", {"user_id": other.id, **more})


async def accept(one: Person, other: Person) -> httpx.Response:
    return await one.put(f"/relationships/{other.id}/accept")


async def remove(one: Person, other: Person) -> httpx.Response:
    return await one.delete(f"/relationships/{other.id}")


async def block(one: Person, other: Person) -> httpx.Response:
    return await one.post(BLOCK, {"user_id": other.id})


async def befriend(one: Person, other: Person) -> None:
    assert (await ask(one, other)).status_code == 200
    assert (await accept(other, one)).status_code == 200


async def listed(person: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await person.get("/relationships/@me")).json()
    return found


async def statuses(person: Person) -> dict[str, str]:
    return {each["username"]: each["status"] for each in await listed(person)}
