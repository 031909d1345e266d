"""Whether the server lives, and whether it does its work."""

import asyncio

import httpx
import pytest

from plexichat.app import House
from plexichat.pulse import Pulse
from tests.api.queueing import held


@pytest.fixture
def pulse(house: House) -> Pulse:
    """One that is felt anew whenever somebody asks."""
    house.pulse = Pulse(house.db, fresh=-1)
    return house.pulse


async def reasons(stranger: httpx.AsyncClient) -> list[str]:
    """Why the server is not ready."""
    answer = await stranger.get("/ready")
    error = answer.json()["error"]
    assert (answer.status_code, error["message"]) == (503, "Not ready")
    told: list[str] = error["reasons"]
    return told


async def test_a_house_that_works_is_healthy_and_ready(stranger: httpx.AsyncClient) -> None:
    assert (await stranger.get("/health")).json() == {"status": "healthy", "version": "a.1.0-49"}
    assert (await stranger.get("/ready")).json() == {"status": "ready"}


async def test_being_ready_was_tried_on_the_disk(
    stranger: httpx.AsyncClient, house: House, pulse: Pulse
) -> None:
    before = sum(house.db.commits.counts)
    await stranger.get("/ready")
    assert sum(house.db.commits.counts) == before + 1


async def test_many_who_ask_at_once_make_one_commit(
    stranger: httpx.AsyncClient, house: House
) -> None:
    before = sum(house.db.commits.counts)
    await asyncio.gather(*(stranger.get("/ready") for _ in range(10)))
    assert sum(house.db.commits.counts) == before + 1


async def test_a_server_about_to_stop_lives_and_is_not_ready(
    stranger: httpx.AsyncClient, house: House
) -> None:
    house.state = "shutting_down"
    assert await reasons(stranger) == ["the server is shutting down"]
    assert (await stranger.get("/health")).json()["status"] == "healthy"
    assert (await stranger.get("/status")).json()["state"] == "shutting_down"


async def test_a_writer_that_does_not_answer_is_told(
    stranger: httpx.AsyncClient, house: House, pulse: Pulse
) -> None:
    house.pulse = Pulse(house.db, patience=1.0)
    async with held(house):
        assert await reasons(stranger) == ["the database cannot be written: it does not answer"]
    house.pulse = pulse
    assert (await stranger.get("/ready")).status_code == 200


async def test_a_closed_database_is_told(stranger: httpx.AsyncClient, house: House) -> None:
    await house.close()
    assert await reasons(stranger) == [
        "the database cannot be read: it fails", "the database cannot be written: it fails",
    ]  # fmt: skip


async def test_a_disk_that_takes_nothing_new_is_told(
    stranger: httpx.AsyncClient, house: House, pulse: Pulse
) -> None:
    house.db.room.reserve = house.db.room.free() * 2
    assert await reasons(stranger) == ["the disk is full: nothing new is taken in"]
    house.db.room.reserve = 0
    assert (await stranger.get("/ready")).status_code == 200
