"""Invites: making codes, what they tell, coming in by them, and one link for a new account too."""

import asyncio
import dataclasses
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest

from plexichat.app import House, create_app
from plexichat.config import Config, Presence, Registration
from plexichat.core import invites as rules
from plexichat.store import invites, members
from plexichat.store.db import Tx
from plexichat.store.invites import Invite
from tests import town
from tests.api.line import Line, listening
from tests.cast import PASSWORD, Join, Person, browser, quick, refusal
from tests.town import Town

DENIED = (403, "Permission denied")
DEAD = (404, "Invite not found")


@pytest.fixture
async def street(ann: Person) -> Town:
    return await town.found(ann)


async def code(street: Town, by: Person | None = None, **fields: Any) -> str:
    person = by or street.owner
    answer = await person.post(f"/channels/{street.general}/invites", fields)
    assert answer.status_code == 200, answer.text
    made: str = answer.json()["code"]
    return made


def path(code: str) -> str:
    return f"/channels/invites/{code}"


async def told(line: Line) -> list[str]:
    return [said["t"] for said in await line.beat() if said["t"] != "PRESENCE_UPDATE"]


async def test_an_invite_lives_a_day_and_lets_anybody_in(
    street: Town, ann: Person, bob: Person, stranger: httpx.AsyncClient
) -> None:
    made = (await ann.post(f"/channels/{street.general}/invites")).json()
    assert len(made["code"]) == 12
    assert made["code"].isalnum()
    assert made == {
        "code": made["code"], "channel_id": street.general, "server_id": street.id,
        "inviter_id": ann.id, "max_age": 86400, "max_uses": 0, "temporary": False, "uses": 0,
        "created_at": made["created_at"], "expires_at": made["created_at"] + 86400,
    }  # fmt: skip
    shown = await stranger.get(path(made["code"]))
    assert shown.json() == {
        "code": made["code"], "server_id": street.id, "server_name": "Maple Street",
        "channel_id": street.general, "inviter_id": ann.id, "uses": 0, "max_uses": 0,
        "expires_at": made["expires_at"],
    }  # fmt: skip
    joined = await bob.post(path(made["code"]))
    assert joined.json() == {"success": True, "server_id": street.id}
    assert [server["id"] for server in (await bob.get("/servers")).json()] == [street.id]
    assert (await bob.get(path(made["code"]))).json()["uses"] == 1
    again = await bob.post(path(made["code"]))
    assert refusal(again) == (409, "Already a member of this server")


async def test_codes_are_case_sensitive_and_unknown_ones_lead_nowhere(
    street: Town, bob: Person
) -> None:
    made = await code(street)
    for wrong in (made.swapcase(), "nothing", "77"):
        assert refusal(await bob.get(path(wrong))) == DEAD
        assert refusal(await bob.post(path(wrong))) == DEAD
        assert refusal(await bob.delete(path(wrong))) == DEAD


async def test_bad_wishes_for_an_invite_are_refused(street: Town, ann: Person) -> None:
    for field in ("max_age", "max_uses"):
        answer = await ann.post(f"/channels/{street.general}/invites", {field: -1})
        assert refusal(answer) == (400, f"Invalid input: {field}")


async def test_inviting_needs_the_right_in_that_channel(
    street: Town, ann: Person, bob: Person, cem: Person
) -> None:
    await town.join(street, bob)
    asked = f"/channels/{street.general}/invites"
    assert (await bob.post(asked)).status_code == 200
    assert refusal(await cem.post(asked)) == (403, "Access denied")
    assert refusal(await ann.post("/channels/77/invites")) == (404, "Channel not found")
    dm = await ann.dm(bob)
    answer = await ann.post(f"/channels/{dm}/invites")
    assert refusal(answer) == (403, "Channel access denied")
    denied = {"deny": {"invites.create": True}}
    await ann.put(f"/channels/{street.general}/permissions/member/{bob.id}", denied)
    assert refusal(await bob.post(asked)) == DENIED


async def test_the_banned_stay_out(street: Town, ann: Person, bob: Person) -> None:
    made = await code(street)
    await ann.put(f"{street.path}/bans/{bob.id}")
    answer = await bob.post(path(made))
    assert refusal(answer) == (403, "You are banned from this server")
    assert (await bob.get(path(made))).json()["uses"] == 0


async def test_a_code_is_gone_after_its_last_use(
    street: Town, bob: Person, cem: Person
) -> None:
    made = await code(street, max_uses=1)
    assert (await bob.post(path(made))).status_code == 200
    assert refusal(await cem.post(path(made))) == DEAD
    assert (await street.owner.get(f"{street.path}/invites")).json() == []


async def test_fifty_at_once_on_one_use_let_one_in(street: Town, join: Join) -> None:
    made = await code(street, max_uses=1)
    crowd = [await join(f"person{number}") for number in range(50)]
    answers = await asyncio.gather(*(person.post(path(made)) for person in crowd))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 404: 49}
    assert (await street.shown())["member_count"] == 2


async def test_a_code_expires(street: Town, ann: Person, bob: Person, url: str) -> None:
    made = await code(street, max_age=3600)

    def age(tx: Tx) -> None:
        tx.execute("UPDATE invite SET expires_at = ? WHERE code = ?", (tx.now, made))

    await ann.house.db.write(age)
    assert refusal(await bob.post(path(made))) == DEAD
    assert refusal(await bob.get(path(made))) == DEAD
    assert (await ann.get(f"{street.path}/invites")).json() == []
    async with listening(url, ann) as line:
        assert await ann.house.db.write(rules.forget_expired, 100) == 1
        assert await told(line) == ["INVITE_DELETE"]


async def test_the_list_and_the_end_of_codes_are_for_who_manages_them(
    street: Town, ann: Person, bob: Person, cem: Person, dee: Person
) -> None:
    await town.join(street, bob, cem)
    first, second = await code(street, bob), await code(street)
    assert refusal(await bob.get(f"{street.path}/invites")) == DENIED
    assert refusal(await dee.get(f"{street.path}/invites")) == (403, "Access denied")
    assert refusal(await cem.delete(path(first))) == DENIED
    assert refusal(await dee.delete(path(first))) == DENIED
    assert (await bob.delete(path(first))).json() == {"success": True}
    await town.allow(street, cem, "invites.manage")
    listed = (await cem.get(f"{street.path}/invites")).json()
    assert [(each["code"], each["inviter_id"]) for each in listed] == [(second, ann.id)]
    assert (await cem.delete(path(second))).status_code == 200
    await town.allow(street, bob, "server.manage", position=2)
    assert (await bob.get(f"{street.path}/invites")).json() == []


async def test_codes_are_news_to_who_manages_them_and_may_see_the_channel(
    street: Town, ann: Person, bob: Person, cem: Person, url: str
) -> None:
    await town.join(street, bob, cem)
    await town.allow(street, cem, "invites.manage")
    hidden = {"deny": {"channels.view": True}}
    async with listening(url, bob) as bobs, listening(url, cem) as cems:
        made = await code(street)
        created, deleted = {
            "guild_id": street.id, "server_id": street.id,
            "invite": {
                "code": made, "server_id": street.id, "channel_id": street.general,
                "inviter_id": ann.id,
            },
        }, {"guild_id": street.id, "server_id": street.id, "code": made}  # fmt: skip
        await ann.delete(path(made))
        assert [(said["t"], said["d"]) for said in await cems.beat()] == [
            ("INVITE_CREATE", created), ("INVITE_DELETE", deleted),
        ]  # fmt: skip
        await ann.put(f"/channels/{street.general}/permissions/member/{cem.id}", hidden)
        await code(street)
        assert await told(cems) == ["GUILD_UPDATE", "CHANNEL_DELETE"]
        assert await told(bobs) == []
    assert (await cem.get(f"{street.path}/invites")).json() == []
    assert len((await ann.get(f"{street.path}/invites")).json()) == 1


async def test_an_invite_outlives_its_channel_but_not_its_server(
    street: Town, ann: Person, bob: Person
) -> None:
    made = await code(street)
    await ann.delete(f"/channels/{street.general}")
    assert (await bob.get(path(made))).json()["channel_id"] is None
    assert (await bob.post(path(made))).status_code == 200
    await ann.delete(street.path)
    assert refusal(await bob.get(path(made))) == DEAD
    assert refusal(await bob.delete(path(made))) == DEAD


async def test_using_codes_is_in_the_audit_log(street: Town, ann: Person, bob: Person) -> None:
    made = await code(street)
    await bob.post(path(made))
    await ann.delete(path(made))
    lines = (await ann.get(f"{street.path}/audit-logs")).json()
    found = [(each["action"], each["target_id"]) for each in lines if each["target_id"] == made]
    assert found == [("invite_delete", made), ("invite_use", made), ("invite_create", made)]


class TestPassingThrough:
    @pytest.fixture
    def config(self, tmp_path: Path) -> Config:
        return quick(tmp_path / "data", presence=Presence(grace_seconds=0))

    async def test_temporary_members_go_with_their_last_connection_unless_given_a_role(
        self, street: Town, ann: Person, bob: Person, cem: Person, url: str
    ) -> None:
        made = await code(street, temporary=True)
        for person in (bob, cem):
            assert (await person.post(path(made))).status_code == 200
        await town.allow(street, cem, "messages.send")
        async with listening(url, ann) as line:
            async with listening(url, bob), listening(url, cem):
                async with listening(url, bob):
                    pass
                assert "GUILD_MEMBER_REMOVE" not in await told(line)
            while (said := await line.hear())["t"] != "GUILD_MEMBER_REMOVE":
                pass
            assert said["d"]["user"]["id"] == bob.id
            assert (await street.shown())["member_count"] == 2

    async def test_temporary_members_who_do_not_come_back_after_a_restart_go(
        self, config: Config
    ) -> None:
        house = await House.open(config)
        app, people = create_app(house), []
        async with browser(app) as stranger:
            for name in ("ann", "bob", "cem"):
                account = (await stranger.post("/auth/register", json=wanted(name))).json()
                people.append(Person(app, account["user"], account["token"]))
        ann, bob, cem = people
        street = await town.found(ann)
        made = await code(street, temporary=True)
        for person in (bob, cem):
            assert (await person.post(path(made))).status_code == 200
        await town.allow(street, cem, "messages.send")
        await house.close()
        house = await House.open(config)
        try:
            async with asyncio.timeout(10):
                while len(left := await house.db.read(members.ids, street.number)) == 3:
                    await asyncio.sleep(0)
        finally:
            await house.close()
        assert left == [ann.number, cem.number]


def wanted(name: str, **more: Any) -> dict[str, Any]:
    return {"username": name, "email": f"{name}@example.org", "password": PASSWORD, **more}


def only_account(tx: Tx, code: str, max_uses: int) -> None:
    invites.insert(
        tx, Invite(code, None, None, None, 0, max_uses, 0, False, tx.now, None)
    )


async def test_where_the_door_is_open_a_code_joins_and_a_dead_one_hurts_nobody(
    street: Town, ann: Person, stranger: httpx.AsyncClient
) -> None:
    made = await code(street, max_uses=1)
    for name in ("bob", "cem"):
        answer = await stranger.post("/auth/register", json=wanted(name, invite_code=made))
        assert answer.status_code == 201
    members = (await ann.get(f"{street.path}/members")).json()
    assert [member["username"] for member in members] == ["ann", "bob"]


class TestLockedDoor:
    @pytest.fixture
    def config(self, tmp_path: Path) -> Config:
        return quick(tmp_path / "data")

    @pytest.fixture
    async def street(self, ann: Person) -> Town:
        """Ann's server, in a house that locks its door behind her."""
        street = await town.found(ann)
        locked = Registration(mode="invite")
        ann.house.config = dataclasses.replace(ann.house.config, registration=locked)
        return street

    async def test_no_code_and_a_dead_one_are_refused(
        self, street: Town, stranger: httpx.AsyncClient
    ) -> None:
        for more in ({}, {"invite_code": "nothing"}, {"invite_code": None}):
            answer = await stranger.post("/auth/register", json=wanted("bob", **more))
            assert refusal(answer) == (403, "Invalid invite code")

    async def test_one_link_invites_registers_and_joins(
        self, street: Town, ann: Person, stranger: httpx.AsyncClient, url: str
    ) -> None:
        made = await code(street)
        async with listening(url, ann) as line:
            answer = await stranger.post("/auth/register", json=wanted("bob", invite_code=made))
            assert answer.status_code == 201
            assert await told(line) == ["GUILD_MEMBER_ADD"]
        assert (await stranger.get(path(made))).json()["uses"] == 1

    async def test_fifty_newcomers_on_one_use_make_one_account(
        self, street: Town, stranger: httpx.AsyncClient
    ) -> None:
        made = await code(street, max_uses=1)
        answers = await asyncio.gather(
            *(
                stranger.post("/auth/register", json=wanted(f"newcomer{number}", invite_code=made))
                for number in range(50)
            )
        )
        assert Counter(answer.status_code for answer in answers) == {201: 1, 403: 49}
        assert (await street.shown())["member_count"] == 2
        counted = await street.owner.house.db.read(
            lambda snap: snap.execute("SELECT count(*) FROM user").fetchone()
        )
        assert counted == (2,)

    async def test_a_code_may_be_good_for_an_account_alone(
        self, street: Town, ann: Person, stranger: httpx.AsyncClient
    ) -> None:
        await ann.house.db.write(only_account, "welcome", 1)
        assert (await stranger.get(path("welcome"))).json()["server_id"] is None
        assert refusal(await ann.post(path("welcome"))) == DEAD
        assert refusal(await ann.delete(path("welcome"))) == DENIED
        answer = await stranger.post("/auth/register", json=wanted("bob", invite_code="welcome"))
        assert answer.status_code == 201
        late = await stranger.post("/auth/register", json=wanted("cem", invite_code="welcome"))
        assert refusal(late) == (403, "Invalid invite code")
        assert (await street.shown())["member_count"] == 1
