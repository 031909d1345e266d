"""Deleting one's account: the grace, the way back, and what stays."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyotp
import pytest

from plexichat.config import AccountDeletion, Config
from plexichat.core import deletion, servers
from plexichat.store.db import Tx
from tests.api.friends import ask, befriend, listed
from tests.api.line import listening
from tests.cast import PASSWORD, Person, quick, refusal
from tests.town import found, join

ME = "/users/@me"
MONTH_MS = 30 * 86_400_000


async def leave(person: Person, **more: Any) -> None:
    answer = await person.delete(ME, json={"password": PASSWORD, **more})
    assert answer.status_code == 200, answer.text


async def back(person: Person) -> dict[str, Any]:
    """Log in again; the account as it is then."""
    credentials = {"username": person.username, "password": PASSWORD}
    answer = await person.client.post("/auth/login", json=credentials)
    assert answer.status_code == 200, answer.text
    person.client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
    account: dict[str, Any] = answer.json()["user"]
    return account


async def gone(person: Person) -> None:
    """Let thirty days pass, and the house clear away."""
    await leave(person)
    await person.house.db.write(pass_over, person.number)
    while await person.house.db.write(deletion.purge):
        pass


async def test_every_session_ends_and_a_login_takes_it_back(ann: Person, bob: Person) -> None:
    await leave(ann)
    assert refusal(await ann.get(ME)) == (401, "Invalid token")
    assert (await bob.get(f"/users/{ann.id}")).status_code == 200
    assert await ann.house.db.write(due, ann.number) is not None
    account = await back(ann)
    assert (account["deletion_status"], account["deletion_at"]) == ("active", None)
    assert await ann.house.db.write(due, ann.number) is None
    while await ann.house.db.write(deletion.purge):
        pass
    assert (await ann.get(ME)).json()["username"] == "ann"


class TestAsTheAdminWants:
    @pytest.fixture
    def config(self, tmp_path: Path) -> Config:
        rules = AccountDeletion(grace_days=0, keep_messages=False)
        return quick(tmp_path / "data", account_deletion=rules)

    async def test_an_account_goes_at_once_with_all_that_was_said(
        self, url: str, ann: Person, bob: Person
    ) -> None:
        town = await found(ann)
        await join(town, bob)
        dm = await bob.dm(ann)
        for place in (dm, town.general):
            await bob.say(place, "soup")
        kept = await ann.say(dm, "stew")
        async with listening(url, ann) as line:
            await leave(bob)
            while await ann.house.db.write(deletion.purge, False):
                pass
            told = [frame["t"] for frame in await line.beat()]
        assert told.count("MESSAGE_DELETE_BULK") == 2
        assert refusal(await ann.get(f"/users/{bob.id}")) == (404, "User not found")
        assert (await ann.get(f"/channels/{town.general}/messages")).json() == []
        (left,) = (await ann.get(f"/channels/{dm}/messages")).json()
        assert left["id"] == kept["id"]


class TestWithoutIt:
    @pytest.fixture
    def config(self, tmp_path: Path) -> Config:
        return quick(tmp_path / "data", account_deletion=AccountDeletion(enabled=False))

    async def test_nobody_deletes_their_account(self, ann: Person) -> None:
        answer = await ann.delete(ME, json={"password": PASSWORD})
        assert refusal(answer) == (403, "Account deletion is disabled")
        assert (await ann.get(ME)).json()["deletion_status"] == "active"


@pytest.mark.parametrize(
    ("body", "message"),
    [({}, "Invalid input: password"), ({"password": "wrong"}, "Incorrect password")],
)
async def test_the_password_is_asked_for(ann: Person, body: dict[str, str], message: str) -> None:
    assert refusal(await ann.delete(ME, json=body)) == (400, message)
    assert (await ann.get(ME)).json()["deletion_status"] == "active"


async def test_the_second_factor_is_asked_for(ann: Person) -> None:
    setup = (await ann.post("/auth/2fa/enable", {"password": PASSWORD})).json()
    code = pyotp.TOTP(setup["secret"]).now()
    assert (await ann.post("/auth/2fa/confirm", {"code": code})).status_code == 200
    needs = await ann.delete(ME, json={"password": PASSWORD})
    assert refusal(needs) == (400, "2FA code required")
    wrong = await ann.delete(ME, json={"password": PASSWORD, "code": "wrong7"})
    assert refusal(wrong) == (400, "Invalid code")
    await leave(ann, code=setup["backup_codes"][0])


async def test_who_owns_a_server_stays_until_it_is_anothers(ann: Person, bob: Person) -> None:
    town = await found(ann)
    await join(town, bob)
    refused = await ann.delete(ME, json={"password": PASSWORD})
    assert refusal(refused) == (400, "Owns servers: hand them over or delete them first")
    await ann.patch(f"{town.path}/owner", {"user_id": bob.id})
    await leave(ann)


async def test_nothing_is_handed_over_to_who_is_leaving(ann: Person, bob: Person) -> None:
    town = await found(ann)
    await join(town, bob)
    await leave(bob)
    handed = await ann.patch(f"{town.path}/owner", {"user_id": bob.id})
    assert refusal(handed) == (
        404, "Member not found: their account is about to be deleted"
    )  # fmt: skip


async def test_what_was_said_stays_without_an_author(ann: Person, bob: Person) -> None:
    town = await found(bob)
    await join(town, ann)
    await ann.say(town.general, "soup")
    dm = await ann.dm(bob)
    await ann.say(dm, "bye")
    await gone(ann)
    for channel in (town.general, dm):
        (said,) = (await bob.get(f"/channels/{channel}/messages")).json()
        assert (said["author_username"], said["author_avatar_url"]) == ("Deleted User", None)
        assert said["author_id"] == ann.id
    (conversation,) = (await bob.get("/users/@me/channels")).json()
    assert conversation["recipient"]["username"] == "Deleted User"
    refused = await bob.post(f"/channels/{dm}/messages", {"content": "bye"})
    assert refusal(refused) == (403, "Permission denied: cannot message this user")
    assert (await bob.post(f"/channels/{dm}/typing")).status_code == 200


async def test_nobody_finds_who_is_gone(ann: Person, bob: Person, cem: Person) -> None:
    town = await found(bob)
    await join(town, ann)
    await befriend(ann, bob)
    await ask(cem, ann)
    await gone(ann)
    missing = (404, "User not found")
    assert refusal(await bob.get(f"/users/{ann.id}")) == missing
    assert refusal(await bob.get("/users/search", params={"username": "ann"})) == missing
    assert refusal(await bob.post("/users/@me/channels", {"recipient_id": ann.id})) == missing
    assert (await bob.get("/search/users", params={"query": "ann"})).json()["results"] == []
    members = (await bob.get(f"{town.path}/members")).json()
    assert [member["user_id"] for member in members] == [bob.id]
    assert await listed(bob) == await listed(cem) == []
    credentials = {"username": "ann", "password": PASSWORD}
    refused = await bob.client.post("/auth/login", json=credentials)
    assert refusal(refused) == (401, "Invalid credentials")
    again = {"username": "ann", "email": "ann@example.org", "password": PASSWORD}
    assert (await bob.client.post("/auth/register", json=again)).status_code == 201


async def test_whoever_knew_them_is_told(ann: Person, bob: Person, url: str) -> None:
    await befriend(ann, bob)
    await ann.dm(bob)
    async with listening(url, bob) as line:
        await gone(ann)
        heard = {frame["t"]: frame["d"] for frame in await line.beat()}
    assert heard["RELATIONSHIP_REMOVE"] == {"user_id": ann.id}
    nobody = {"id": ann.id, "username": "Deleted User", "avatar_url": None}
    assert heard["USER_UPDATE"] == {"user": nobody}


async def test_what_they_put_on_messages_goes(ann: Person, bob: Person, url: str) -> None:
    town = await found(bob)
    await join(town, ann)
    said = []
    for channel_id in (await ann.dm(bob), town.general):
        message = await bob.say(channel_id, "soup at seven")
        path = f"/channels/{channel_id}/messages/{message['id']}"
        said.append(path)
        for person, emoji in ((ann, "🍲"), (bob, "🍲"), (ann, "☕")):
            assert (await person.put(f"{path}/reactions/{quote(emoji)}")).status_code == 200
    async with listening(url, bob) as line:
        await gone(ann)
        heard = [frame["d"] for frame in await line.beat() if frame["t"].endswith("REMOVE")]
    removed = [(each["channel_id"], each["emoji"]) for each in heard if "emoji" in each]
    for path in said:
        left = (await bob.get(path)).json()["reactions"]
        assert [(each["emoji"], each["count"]) for each in left] == [("🍲", 1)]
        assert [emoji for place, emoji in removed if place == path.split("/")[2]] == ["🍲", "☕"]


async def test_an_account_waits_for_the_servers_it_came_to_own(ann: Person, bob: Person) -> None:
    await leave(ann)
    await ann.house.db.write(servers.create, ann.number, "Maple Street", None)
    await ann.house.db.write(pass_over, ann.number)
    assert await ann.house.db.write(deletion.purge) is False


def pass_over(tx: Tx, user_id: int) -> None:
    tx.execute(
        "UPDATE user SET deletion_at = deletion_at - ? WHERE id = ?", (MONTH_MS + 1, user_id)
    )


def due(tx: Tx, user_id: int) -> int | None:
    (at,) = tx.execute("SELECT deletion_at FROM user WHERE id = ?", (user_id,)).fetchone()
    return None if at is None else int(at)
