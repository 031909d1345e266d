"""What the terminal does with servers, invites, webhooks and permissions, the server up or down."""

import asyncio
import json
import time
from pathlib import Path

import httpx
import pytest

from tests.api.line import dial
from tests.cast import PASSWORD
from tests.cli.conftest import CALM, Place, copied
from tests.running import run, serving


def test_servers_are_listed_and_shown(place: Place) -> None:
    lines = place.done("server", "list").splitlines()
    assert lines[0].split() == ["ID", "MEMBERS", "OWNER", "NAME"]
    assert lines[1].split() == [place.ids["server"], "3", "ann", "Maple", "Street"]
    assert max(map(len, lines)) <= 80
    told = place.done("server", "show", "MAPLE street")
    assert told == place.done("server", "show", place.ids["server"])
    assert place.ids["channel"] in told
    shown = json.loads(place.done("server", "show", place.ids["server"], "--json"))
    assert [each["name"] for each in shown["channels"]] == ["general"]
    assert [each["name"] for each in shown["roles"]] == ["@everyone"]
    assert "messages.send" in shown["roles"][0]["permissions"]


@pytest.mark.parametrize(
    ("verb", "sentence"),
    [
        ("server show zed", "there is no server zed"),
        ("server transfer zed bob --yes", "there is no server zed"),
        ("server delete 7 --yes", "there is no server 7"),
        ("permissions explain zed CHANNEL", "there is nobody called zed"),
        ("permissions explain ann 7", "there is no channel 7"),
        ("permissions explain ann general", "there is no channel general"),
        ("permissions explain dee CHANNEL", "dee does not belong to Maple Street"),
        ("invite create --server zed", "there is no server zed"),
        ("invite revoke zed --yes", "there is no invite zed"),
        ("webhook revoke zed --yes", "there is no webhook zed"),
    ],
)
def test_what_is_not_there_is_named(verb: str, sentence: str, place: Place) -> None:
    words = [place.ids["channel"] if word == "CHANNEL" else word for word in verb.split()]
    assert place.refused(*words) == sentence


@pytest.mark.parametrize("verb", ["server delete 7", "server transfer 7 bob", "invite revoke 7"])
def test_what_cannot_be_undone_wants_a_yes(verb: str, down: Place) -> None:
    assert "--yes" in down.refused(*verb.split(), code=2)


def test_a_server_goes_to_a_member_alone(place: Place) -> None:
    def hand(name: str) -> tuple[str, ...]:
        return ("server", "transfer", place.ids["server"], name, "--yes")

    assert place.refused(*hand("ann")) == "Maple Street is owned by ann already"
    assert place.refused(*hand("dee")) == "dee does not belong to Maple Street"
    assert place.refused(*hand("zed")) == "there is nobody called zed"
    assert place.done(*hand("bob")) == "Maple Street is owned by bob now\n"
    assert json.loads(place.done(*hand("ann"), "--json"))["owner"] == "ann"


async def test_members_hear_of_a_new_owner(up: Place) -> None:
    assert up.server is not None
    async with dial(f"ws://127.0.0.1:{up.server.port}/gateway") as line:
        await line.say(2, token=up.tokens["cem"])
        assert (await line.hear())["t"] == "READY"
        for name in ("bob", "ann"):
            await asyncio.to_thread(up.done, "server", "transfer", "Maple Street", name, "--yes")
            while (heard := await line.hear())["t"] != "GUILD_UPDATE":
                pass
            assert heard["d"]["owner_id"] == up.ids[name]
    [transfer, *_] = up.ask("ann", "GET", f"/servers/{up.ids['server']}/audit-logs").json()
    assert transfer["reason"] == "by an admin of the whole house"


def test_permissions_are_explained(place: Place) -> None:
    told = place.done("permissions", "explain", "bob", place.ids["channel"])
    assert told.startswith("bob in general of Maple Street stands at position 0")
    facts = {line.split()[0]: line.split(None, 2)[1:] for line in told.splitlines()[3:]}
    assert facts["messages.send"] == ["yes", "role @everyone"]
    assert facts["server.manage"] == ["no", "no role gives it"]
    assert max(map(len, told.splitlines()[1:])) <= 80
    owner = json.loads(
        place.done("permissions", "explain", "ann", place.ids["channel"], "--json")
    )
    assert owner["owner"]
    assert {each["because"] for each in owner["permissions"]} == {"owner"}
    assert len(facts) == len(owner["permissions"])


def test_what_decides_is_named(up: Place) -> None:
    """By the roles, overrides and time-outs that people make over the API."""
    base, channel = f"/servers/{up.ids['server']}", up.ids["channel"]

    def tell(method: str, path: str, **body: object) -> httpx.Response:
        answer = up.ask("ann", method, path, json=body)
        assert answer.status_code == 200, answer.text
        return answer

    def fact(permission: str) -> list[str]:
        told = up.done("permissions", "explain", "bob", channel)
        [line] = [line for line in told.splitlines() if line.startswith(f"{permission} ")]
        return line.split(None, 2)[1:]

    made = tell("POST", f"{base}/roles", name="mods", permissions={"messages.manage": True})
    role = made.json()["id"]
    tell("PUT", f"{base}/members/{up.ids['bob']}/roles/{role}")
    assert fact("messages.manage") == ["yes", "role mods"]
    managing = {"messages.manage": True}
    tell("PUT", f"/channels/{channel}/permissions/role/{role}", deny=managing)
    assert fact("messages.manage") == ["no", "the channel denies it to role mods"]
    tell("PUT", f"/channels/{channel}/permissions/member/{up.ids['bob']}", allow=managing)
    assert fact("messages.manage") == ["yes", "the channel allows it to bob alone"]
    tell("PATCH", f"{base}/members/{up.ids['bob']}", timeout_until=int(time.time()) + 600)
    assert fact("messages.send")[1].startswith("time-out until 20")


async def test_no_roles_decide_in_a_conversation(up: Place) -> None:
    dm = up.ask("ann", "POST", "/users/@me/channels", json={"recipient_id": up.ids["bob"]}).json()
    sentence = "is a conversation, where no roles decide"
    told = up.refused("permissions", "explain", "ann", dm["id"])
    assert told == f"channel {dm['id']} {sentence}: ann takes part in it"
    assert up.refused("permissions", "explain", "cem", dm["id"]).endswith("has no part in it")


def test_webhooks_are_listed_and_removed(place: Place) -> None:
    told = place.done("webhook", "list")
    assert told.splitlines()[1].split() == [
        place.ids["webhook"], "weather", "general", "Maple", "Street"
    ]  # fmt: skip
    revoke = ("webhook", "revoke", place.ids["webhook"])
    assert place.done(*revoke, "--yes") == "weather writes into general no more\n"
    ended = place.type("webhook", "list")
    assert (ended.code, ended.out, ended.err) == (0, "", "there is no webhook\n")


def test_invites_are_made_listed_and_revoked(place: Place) -> None:
    made = json.loads(place.done("invite", "create", "--json", "--uses", "3", "--for", "1d"))
    assert made["url"].endswith(f"/join#{made['code']}")
    assert (made["server"], made["max_uses"]) == (None, 3)
    told = place.type("invite", "create", "--server", "maple street", "--uses", "0", "--forever")
    assert told.err == "Until it is revoked, any number of people can register at:\n"
    code = told.out.strip().rpartition("#")[2]
    listed = {each["code"]: each for each in json.loads(place.done("invite", "list", "--json"))}
    assert listed[code]["server"] == "Maple Street"
    assert listed[code]["expires_at"] is None
    assert max(map(len, place.done("invite", "list").splitlines())) <= 80
    for each in (made["code"], code):
        assert place.done("invite", "revoke", each, "--yes") == f"{each} lets nobody in any more\n"
    assert place.refused("invite", "revoke", code, "--yes") == f"there is no invite {code}"


def test_an_invite_lets_in_as_many_as_it_says_and_into_its_server(
    settled: Place, tmp_path: Path
) -> None:
    place = copied(settled, tmp_path / "town")
    closed = {**CALM, "PLEXICHAT__REGISTRATION__MODE": "invite"}
    with serving(cwd=place.folder, **closed) as server:
        told = place.type("invite", "create", "--server", place.ids["server"])
        code = told.out.strip().rpartition("#")[2]

        def register(name: str) -> httpx.Response:
            body = {"username": name, "email": f"{name}@example.org", "password": PASSWORD}
            return httpx.post(f"{server.url}/auth/register", json={**body, "invite_code": code})

        assert register("eve").status_code == 201
        assert register("fay").status_code == 403
        shown = json.loads(place.done("user", "show", "eve", "--json"))
        assert [one["name"] for one in shown["servers"]] == ["Maple Street"]


def test_a_deleted_server_is_gone_for_everybody(settled: Place, tmp_path: Path) -> None:
    place = copied(settled, tmp_path / "town")
    assert place.done("server", "delete", "Maple Street", "--yes") == "Maple Street is deleted\n"
    ended = place.type("server", "list")
    assert (ended.code, ended.err) == (0, "there is no server\n")
    assert place.done("user", "delete", "ann", "--yes") == "ann is deleted\n"


def test_the_program_itself_says_the_same(up: Place) -> None:
    for verb in (("server", "list"), ("invite", "list"), ("webhook", "list")):
        assert run(*verb, cwd=up.folder).out == up.type(*verb).out
    ended = run("permissions", "explain", "zed", "7", cwd=up.folder)
    assert (ended.code, ended.err) == (1, "plexichat: there is nobody called zed\n")
