"""The page behind the link of an invite: whoever has it makes an account there."""

import dataclasses
import re

import httpx
import pytest

from plexichat.config import AgeGate, Config, Registration
from tests.cast import PASSWORD, Person
from tests.town import found

FIELDS = {
    "username": "eve", "email": "eve@example.org", "password": PASSWORD, "again": PASSWORD,
}  # fmt: skip


async def fill(stranger: httpx.AsyncClient, **more: str) -> httpx.Response:
    return await stranger.post("/join", data={**FIELDS, **more})


async def logged_in(stranger: httpx.AsyncClient, name: str = "eve") -> bool:
    body = {"username": name, "password": PASSWORD}
    return (await stranger.post("/auth/login", json=body)).status_code == 200


async def test_one_link_invites_registers_and_joins(
    ann: Person, stranger: httpx.AsyncClient
) -> None:
    town = await found(ann)
    code = (await ann.post(f"/channels/{town.general}/invites")).json()["code"]
    page = await fill(stranger, token=f" http://chat.test/join#{code} ")
    assert page.status_code == 200
    assert "Welcome, eve" in page.text
    members = (await ann.get(f"{town.path}/members")).json()
    assert {member["username"] for member in members} == {"ann", "eve"}


async def test_what_is_wrong_is_said_and_what_was_typed_stays(
    ann: Person, stranger: httpx.AsyncClient
) -> None:
    for more, told in (
        ({"again": "another"}, "not the same"),
        ({"password": "short", "again": "short"}, "Weak password"),
        ({"username": "ann"}, "Already exists: username"),
        ({"username": "a b"}, "Invalid input: username"),
        ({"email": "nowhere"}, "Invalid input: email"),
        ({"username": '"><script>'}, "Invalid input: username"),
    ):
        page = await fill(stranger, **more)
        assert page.status_code in (400, 409)
        assert told in page.text
        assert "><script>" not in page.text
        assert 'value="eve@example.org"' in page.text or "email" in more
    assert not await logged_in(stranger)


async def test_the_page_needs_nothing_but_itself(stranger: httpx.AsyncClient) -> None:
    page = await stranger.get("/join")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "unsafe" not in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    for url in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        assert url.startswith("data:") or (await stranger.get(f"/{url}")).status_code == 200
    assert "That did not work" in (await stranger.put("/join")).text


class TestByInviteOnly:
    @pytest.fixture
    def config(self, config: Config) -> Config:
        return dataclasses.replace(config, registration=Registration(mode="invite"))

    async def test_nobody_joins_without_a_code(self, stranger: httpx.AsyncClient) -> None:
        for token in ("", "nonsense"):
            page = await fill(stranger, token=token)
            assert (page.status_code, "Invalid invite code" in page.text) == (403, True)
        assert not await logged_in(stranger)


class TestWithAnAgeGate:
    @pytest.fixture
    def config(self, config: Config) -> Config:
        return dataclasses.replace(config, age_gate=AgeGate(enabled=True))

    async def test_the_age_is_asked_for(self, stranger: httpx.AsyncClient) -> None:
        assert "<div >" in (await stranger.get("/join")).text
        for age, status in (("", 400), ("9", 403), ("soon", 400), ("30", 200)):
            assert (await fill(stranger, age=age)).status_code == status, age
        assert await logged_in(stranger)


async def test_the_age_is_not_asked_for_without_a_gate(stranger: httpx.AsyncClient) -> None:
    assert "<div hidden>" in (await stranger.get("/join")).text
