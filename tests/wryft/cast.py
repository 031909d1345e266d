"""People who speak Wryft: the same accounts, another tongue."""

from typing import Any

import httpx

from plexichat.wryft.dialect import uuid
from tests.cast import Person
from tests.town import Town


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Status and sentence of an answer that says no."""
    told: dict[str, Any] = answer.json()
    assert told["status"] == answer.status_code
    return answer.status_code, told["error"]


def named(person: Person) -> str:
    """The id of a person as this dialect writes it."""
    return uuid(person.number)


def path_of(town: Town) -> str:
    """Where a server is found as a guild."""
    return f"/api/guilds/{uuid(town.number)}"
