"""Accounts made at the terminal, with the server up and down."""

import json
import subprocess
from pathlib import Path

import httpx

from tests.cast import PASSWORD
from tests.running import PROGRAM, environment, run, serving, typed


def log_in(url: str, name: str) -> httpx.Response:
    return httpx.post(f"{url}/auth/login", json={"username": name, "password": PASSWORD})


def test_an_account_made_without_a_server_can_log_in_to_one(tmp_path: Path) -> None:
    made = run("user", "create", "ann", "--password-stdin", cwd=tmp_path, stdin=f"{PASSWORD}\n")
    assert (made.code, made.err) == (0, "")
    assert made.out.startswith("ann has an account now")
    with serving(cwd=tmp_path) as server:
        answer = log_in(server.url, "ann")
    assert answer.status_code == 200
    assert answer.json()["user"]["email"] == ""


def test_an_account_made_beside_a_server_can_log_in_at_once(tmp_path: Path) -> None:
    with serving(cwd=tmp_path) as server:
        made = run(
            "user", "create", "bob", "--email", "bob@example.org", "--admin", "--password-stdin",
            "--json", cwd=tmp_path, stdin=f"{PASSWORD}\n",
        )  # fmt: skip
        assert (made.code, made.err) == (0, "")
        answer = log_in(server.url, "bob@example.org")
        assert answer.status_code == 200
        assert json.loads(made.out) == {
            "id": answer.json()["user"]["id"],
            "username": "bob",
            "email": "bob@example.org",
            "is_admin": True,
        }


def test_the_rules_hold_with_and_without_a_server(tmp_path: Path) -> None:
    def refused(name: str, password: str = PASSWORD, *more: str) -> str:
        ended = typed(
            "user", "create", name, *more, "--password-stdin", cwd=tmp_path, stdin=f"{password}\n"
        )
        assert (ended.code, ended.out) == (1, "")
        assert ended.err.count("\n") == 1
        return ended.err.removeprefix("plexichat: ").strip()

    def refusals() -> list[str]:
        return [
            refused("ANN"),
            refused("b b"),
            refused("bob", "short"),
            refused("bob", PASSWORD, "--email", "nowhere"),
        ]

    typed("user", "create", "ann", "--password-stdin", cwd=tmp_path, stdin=f"{PASSWORD}\n")
    alone = refusals()
    with serving(cwd=tmp_path):
        assert refusals() == alone
    assert "Already exists: username" in alone[0]
    assert "Weak password" in alone[2]


def test_without_a_terminal_the_password_must_come_from_stdin(tmp_path: Path) -> None:
    ended = run("user", "create", "ann", cwd=tmp_path, stdin=f"{PASSWORD}\n")
    assert ended.code == 2
    assert "--password-stdin" in ended.err
    assert not (tmp_path / "data").exists()


def test_two_verbs_at_once_wait_for_each_other(tmp_path: Path) -> None:
    both = [
        subprocess.Popen(
            [*PROGRAM, "user", "create", name, "--password-stdin"],
            cwd=tmp_path,
            env=environment({}),
            stdin=subprocess.PIPE,
            text=True,
        )
        for name in ("ann", "bob")
    ]
    for process in both:
        process.communicate(f"{PASSWORD}\n")
    assert [process.returncode for process in both] == [0, 0]


def test_no_password_is_kept_as_it_is(tmp_path: Path) -> None:
    run("user", "create", "ann", "--password-stdin", cwd=tmp_path, stdin=f"{PASSWORD}\n")
    kept = b"".join(path.read_bytes() for path in (tmp_path / "data").glob("*") if path.is_file())
    assert b"ann" in kept
    assert PASSWORD.encode() not in kept
