"""What the terminal does with people, the server up or down; each test leaves them as they were."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.api.line import dial
from tests.cast import PASSWORD
from tests.cli.conftest import CALM, Place
from tests.running import run, serving


@contextmanager
def served(place: Place) -> Iterator[str]:
    """The address of its server, started for a while if it is down."""
    if place.server is not None:
        yield place.server.url
        return
    with serving(cwd=place.folder, **CALM) as server:
        yield server.url
        assert server.stop() == 0


def log_in(url: str, name: str, password: str = PASSWORD) -> httpx.Response:
    return httpx.post(f"{url}/auth/login", json={"username": name, "password": password})


def alive(place: Place, url: str, name: str) -> bool:
    """Whether somebody's first login still counts."""
    headers = {"Authorization": f"Bearer {place.tokens[name]}"}
    return httpx.get(f"{url}/users/@me", headers=headers).status_code == 200


def test_people_are_listed_in_eighty_columns(place: Place) -> None:
    lines = place.done("user", "list").splitlines()
    assert lines[0].split() == ["ID", "NAME", "LAST", "SEEN", "STANDING"]
    assert [line.split()[1] for line in lines[1:5]] == ["ann", "bob", "cem", "dee"]
    assert max(map(len, lines)) <= 80
    found = json.loads(place.done("user", "list", "--json", "BOB@"))
    assert [each["username"] for each in found] == ["bob"]
    nobody = place.type("user", "list", "zed")
    assert (nobody.code, nobody.out, nobody.err) == (0, "", "nobody\n")


def test_somebody_is_shown_by_name_or_id(place: Place) -> None:
    told = place.done("user", "show", "ANN")
    assert told == place.done("user", "show", place.ids["ann"])
    assert "Maple Street" in told
    shown = json.loads(place.done("user", "show", "ann", "--json"))
    assert shown["person"]["email"] == "ann@example.org"
    assert shown["servers"] == [
        {"id": place.ids["server"], "name": "Maple Street", "owner": True}
    ]


@pytest.mark.parametrize(
    "verb",
    [
        "user show zed", "user rename zed anna", "user passwd zed --password-stdin",
        "user otp-reset zed --yes", "user disable zed --yes", "user enable zed",
        "user delete zed --yes", "user sessions zed", "user logout zed", "admin grant zed",
        "admin revoke zed", "token list zed",
    ],
)  # fmt: skip
def test_who_is_not_there_is_named(verb: str, place: Place) -> None:
    stdin = f"{PASSWORD}\n"
    assert place.refused(*verb.split(), stdin=stdin) == "there is nobody called zed"


@pytest.mark.parametrize("verb", ["otp-reset", "disable", "delete"])
def test_what_cannot_be_undone_wants_a_yes(verb: str, down: Place) -> None:
    assert "--yes" in down.refused("user", verb, "bob", code=2)


def test_a_new_name_is_in_force_at_once(place: Place) -> None:
    assert place.done("user", "rename", "bob", "bobby") == "bob is called bobby now\n"
    assert place.refused("user", "rename", "bobby", "ANN") == "Already exists: username"
    assert place.refused("user", "rename", "bobby", "b b") == "Invalid input: username"
    renamed = json.loads(place.done("user", "rename", place.ids["bob"], "bob", "--json"))
    assert renamed["username"] == "bob"


def test_a_new_password_ends_what_was_begun_with_the_old(place: Place) -> None:
    assert "Weak password" in place.refused("user", "passwd", "dee", "--password-stdin", stdin="x")
    place.done("user", "passwd", "dee", "--password-stdin", stdin="kale-and-garlic\n")
    with served(place) as url:
        assert not alive(place, url, "dee")
        assert log_in(url, "dee").status_code == 401
        assert log_in(url, "dee", "kale-and-garlic").status_code == 200


def test_who_is_disabled_is_out_until_enabled(place: Place) -> None:
    assert place.done("user", "disable", "bob", "--yes").startswith("bob is locked out until user")
    assert "disabled" in place.done("user", "list", "bob")
    with served(place) as url:
        assert not alive(place, url, "bob")
        refused = log_in(url, "bob")
        assert (refused.status_code, refused.json()["error"]["message"]) == (403, "Account locked")
    assert place.done("user", "enable", "bob") == "bob may log in again\n"
    assert place.refused("user", "enable", "bob") == "bob is not locked out"
    with served(place) as url:
        assert log_in(url, "bob").status_code == 200


def test_who_is_disabled_for_a_time_is_told_apart(place: Place) -> None:
    locked = json.loads(
        place.done("user", "disable", "bob", "--for", "7d", "--yes", "--json")
    )
    assert locked["suspended"]
    assert locked["suspended_until"]
    place.done("user", "enable", "bob")
    for wrong in ("7", "0d", "7 days", "-1d", "99999999d"):
        assert "7d" in place.refused("user", "disable", "bob", f"--for={wrong}", "--yes", code=2)


def test_admins_come_and_go(place: Place) -> None:
    assert place.done("admin", "grant", "cem") == "cem is an admin now\n"
    assert place.refused("admin", "grant", "cem") == "cem is an admin already"
    assert "cem" in place.done("admin", "list")
    assert [each["username"] for each in json.loads(place.done("admin", "list", "--json"))] == [
        "cem"
    ]
    assert not json.loads(place.done("admin", "revoke", "cem", "--json"))["is_admin"]
    assert place.refused("admin", "revoke", "cem") == "cem is no admin already"
    assert place.type("admin", "list").err == "there is no admin\n"


def test_logins_are_listed_and_ended(place: Place) -> None:
    with served(place) as url:
        for _ in range(2):
            assert log_in(url, "cem").status_code == 200
    listed = json.loads(place.done("user", "sessions", "cem", "--json"))
    assert len(listed) == 3
    assert listed == json.loads(place.done("token", "list", "cem", "--json"))
    assert {each["username"] for each in json.loads(place.done("token", "list", "--json"))} >= {
        "ann", "cem",
    }  # fmt: skip
    first = listed[-1]["id"]
    assert first in place.done("user", "sessions", "cem")
    assert place.done("token", "revoke", first) == f"login {first} of cem has ended\n"
    assert place.refused("token", "revoke", first) == f"there is no session {first}"
    assert place.done("user", "logout", "cem") == "cem was logged in 2 times, and is nowhere now\n"
    assert json.loads(place.done("user", "logout", "cem", "--json")) == {"ended": 0}
    with served(place) as url:
        assert not alive(place, url, "cem")


def test_a_second_factor_that_is_off_cannot_be_reset(place: Place) -> None:
    assert place.refused("user", "otp-reset", "ann", "--yes") == "2FA is not enabled"


def test_who_owns_a_server_is_told_so_and_others_are_deleted(place: Place) -> None:
    refused = place.refused("user", "delete", "ann", "--yes")
    assert f"Maple Street ({place.ids['server']})" in refused
    place.done("user", "create", "eve", "--password-stdin", stdin=f"{PASSWORD}\n")
    assert "will be deleted at" in place.done("user", "delete", "eve", "--grace", "--yes")
    assert "deleted at" in place.done("user", "list", "eve")
    assert place.done("user", "delete", "eve", "--yes") == "eve is deleted\n"
    assert place.refused("user", "show", "eve") == "there is nobody called eve"


async def test_who_is_connected_hears_why_they_go(up: Place) -> None:
    assert up.server is not None
    token = log_in(up.server.url, "ann").json()["token"]
    async with dial(f"ws://127.0.0.1:{up.server.port}/gateway") as line:
        await line.say(2, token=token)
        assert (await line.hear())["t"] == "READY"
        told = await asyncio.to_thread(up.done, "user", "list", "ann")
        assert " now" in told
        await asyncio.to_thread(up.done, "user", "disable", "ann", "--yes")
        while (heard := await line.hear())["t"] != "SECURITY_LOGOUT":
            pass
        assert heard["d"] == {"user_id": up.ids["ann"], "message": "Account suspended"}
        assert (await line.hangup())[0] == 4004
    up.done("user", "enable", "ann")


def test_the_program_itself_says_the_same(up: Place) -> None:
    ended = run("user", "show", "zed", cwd=up.folder)
    assert (ended.code, ended.out, ended.err) == (1, "", "plexichat: there is nobody called zed\n")
    assert run("user", "list", cwd=up.folder).out == up.done("user", "list")
