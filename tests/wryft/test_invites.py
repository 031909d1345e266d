"""Invites: making codes, where they lead, and following them."""

import re
import time
from typing import Any

import httpx
import pytest

from plexichat.wryft.dialect import iso, uuid
from tests.cast import Person
from tests.town import Town, found, join
from tests.wryft.cast import named, path_of, refusal
from tests.wryft.test_guilds import DENIED, NOWHERE, STRANGE, UNKNOWN

DEAD = (404, "Invite not found")


@pytest.fixture
async def town(ann: Person) -> Town:
    return await found(ann)


async def invited(town: Town, **wanted: Any) -> dict[str, Any]:
    answer = await town.owner.post(f"{path_of(town)}/invites", wanted)
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_a_code_leads_into_a_guild_for_ever(
    town: Town, ann: Person, bob: Person, stranger: httpx.AsyncClient
) -> None:
    answer = await ann.ask("POST", f"{path_of(town)}/invites")
    made = answer.json()
    assert re.fullmatch("[A-Za-z0-9]{8}", made["code"])
    assert made == {
        "code": made["code"], "guild_id": uuid(town.number), "max_uses": None, "uses": 0,
        "url": f"http://127.0.0.1:8000/{made['code']}", "expires_at": None,
    }  # fmt: skip
    path = f"/api/invites/{made['code']}"
    shown = {
        "guild_id": uuid(town.number), "guild_name": "Maple Street", "guild_icon": "MA",
        "member_count": 1, "is_member": False,
    }  # fmt: skip
    assert (await stranger.get(path)).json() == shown
    assert (await bob.get(path)).json() == shown
    assert (await ann.get(path)).json() == {**shown, "is_member": True}
    joined = (await bob.ask("POST", f"{path}/join")).json()
    assert (joined["id"], joined["member_count"]) == (shown["guild_id"], 2)
    assert (await bob.get("/api/guilds")).json() == [joined]
    assert [server["id"] for server in (await bob.get("/servers")).json()] == [town.id]


async def test_who_is_in_a_guild_already_uses_nothing_up(
    town: Town, ann: Person, bob: Person
) -> None:
    made = await invited(town, max_uses=1)
    assert (made["max_uses"], made["uses"]) == (1, 0)
    path = f"/api/invites/{made['code']}/join"
    assert (await ann.post(path)).json()["id"] == made["guild_id"]
    assert (await bob.post(path)).status_code == 200


async def test_a_code_that_is_used_up_says_so_for_a_while(
    town: Town, bob: Person, cem: Person, stranger: httpx.AsyncClient
) -> None:
    made = await invited(town, max_uses=1)
    path = f"/api/invites/{made['code']}"
    assert (await bob.post(f"{path}/join")).status_code == 200
    assert refusal(await cem.post(f"{path}/join")) == (410, "Invite used up")
    assert refusal(await cem.get(path)) == DEAD
    assert (await cem.post(f"/channels/invites/{made['code']}")).status_code == 404
    assert (await town.owner.get(f"{town.path}/invites")).json() == []


async def test_a_code_ends_when_its_time_is_over(town: Town, bob: Person) -> None:
    soon = iso(int(time.time() * 1000) + 3_600_000)
    made = await invited(town, expires_at=soon, max_uses=0)
    assert (made["expires_at"], made["max_uses"]) == (soon, None)
    (listed,) = (await town.owner.get(f"{town.path}/invites")).json()
    assert (listed["code"], listed["channel_id"]) == (made["code"], None)
    assert 3500 < listed["max_age"] <= 3600
    await bob.house.db.write(_expire)
    path = f"/api/invites/{made['code']}"
    assert refusal(await bob.get(path)) == DEAD
    assert refusal(await bob.post(f"{path}/join")) == DEAD


def _expire(tx: Any) -> None:
    tx.execute("UPDATE invite SET expires_at = 1")


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_uses": -1}, {"max_uses": "ten"}, {"expires_at": "soon"}, {"expires_at": 7},
        {"expires_at": "2020-01-01T00:00:00Z"}, {"expires_at": "2099-01-01T00:00:00"},
    ],
)  # fmt: skip
async def test_what_no_invite_can_be_is_refused(town: Town, wrong: dict[str, Any]) -> None:
    answer = await town.owner.post(f"{path_of(town)}/invites", wrong)
    (field,) = wrong
    assert refusal(answer) == (400, f"Invalid input: {field}")
    assert (await town.owner.get(f"{town.path}/invites")).json() == []


async def test_codes_are_made_by_members_who_may_invite(
    town: Town, ann: Person, bob: Person
) -> None:
    path = f"{path_of(town)}/invites"
    assert refusal(await bob.post(path)) == STRANGE
    assert refusal(await bob.post(f"{NOWHERE}/invites")) == UNKNOWN
    await join(town, bob)
    assert (await bob.post(path)).status_code == 200
    everyone = f"{path_of(town)}/roles/{uuid(town.number)}"
    await ann.patch(everyone, {"permissions": 0x0300})
    assert refusal(await bob.post(path)) == DENIED


async def test_codes_of_either_dialect_lead_from_both(
    town: Town, ann: Person, bob: Person, cem: Person
) -> None:
    here = (await invited(town))["code"]
    theirs = (await ann.post(f"/channels/{town.general}/invites")).json()["code"]
    assert (await bob.post(f"/channels/invites/{here}")).json()["server_id"] == town.id
    assert (await cem.post(f"/api/invites/{theirs}/join")).status_code == 200
    assert refusal(await cem.get(f"/api/invites/{here.swapcase()}")) == DEAD


async def test_the_banned_and_the_nameless_stay_out(
    town: Town, bob: Person, stranger: httpx.AsyncClient
) -> None:
    path = f"/api/invites/{(await invited(town))['code']}/join"
    await town.owner.put(f"{town.path}/bans/{bob.id}")
    assert refusal(await bob.post(path)) == (403, "You are banned from this server")
    assert refusal(await stranger.post(path)) == (401, "Authentication required")
    assert refusal(await bob.post("/api/invites/nothing1/join")) == DEAD
    assert named(bob) not in (await town.owner.get(f"{path_of(town)}/members")).text
