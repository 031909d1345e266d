"""The fence around the terminal: every verb explains itself, refuses in a sentence, prints JSON."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from plexichat.cli import plexichat
from tests.cast import PASSWORD
from tests.cli.conftest import Place, copied
from tests.running import PROGRAM, environment, run, typed

# A wrong use of each verb: what is typed after it, the exit code, a part of the sentence.
WRONG = {
    "init": (
        ("--owner", "ann", "--password-stdin", "--config", "nowhere/config.toml"),
        1,
        "nowhere/config.toml",
    ),
    "serve": (("--set", "server.prot=1"), 1, "server.port"),
    "user create": (("a b", "--password-stdin"), 1, "username"),
    "user recovery-link": (("ann",), 1, "no database"),
    "user list": ((), 1, "no database"),
    "user show": ((), 2, "person"),
    "user rename": (("ann",), 2, "new_name"),
    "user passwd": (("ann", "--password-stdin"), 1, "no database"),
    "user otp-reset": (("ann",), 2, "--yes"),
    "user disable": (("ann", "--yes", "--for", "ever"), 2, "'ever'"),
    "user enable": (("ann",), 1, "no database"),
    "user delete": (("ann",), 2, "--yes"),
    "user sessions": (("ann",), 1, "no database"),
    "user logout": (("ann", "bob"), 2, "bob"),
    "user export": (("ann",), 1, "no database"),
    "admin list": ((), 1, "no database"),
    "admin grant": (("ann",), 1, "no database"),
    "admin revoke": ((), 2, "person"),
    "server list": ((), 1, "no database"),
    "server show": (("1",), 1, "no database"),
    "server transfer": (("1",), 2, "person"),
    "server delete": (("1",), 2, "--yes"),
    "permissions explain": (("ann",), 2, "channel"),
    "invite create": (("--uses", "-1"), 2, "--uses"),
    "invite list": ((), 1, "no database"),
    "invite revoke": (("abc",), 2, "--yes"),
    "webhook list": ((), 1, "no database"),
    "webhook revoke": (("1",), 2, "--yes"),
    "token list": ((), 1, "no database"),
    "token revoke": (("1",), 1, "no database"),
    "status": ((), 1, "no database"),
    "stop": ((), 1, "no database"),
    "maintenance on": ((), 1, "no database"),
    "maintenance off": ((), 1, "no database"),
    "completion": (("tcsh",), 2, "tcsh"),
    "backup create": (("chat.tar",), 1, "no database"),
    "backup list": (("--set", "backup.schedule=nightly"), 1, 'empty, "daily 03:30"'),
    "backup verify": ((), 2, "name a file or say --all"),
    "backup prune": (("--keep", "0"), 2, "--keep"),
    "backup restore": (("nowhere.tar",), 1, "nowhere.tar"),
    "media usage": ((), 1, "no database"),
    "media prune": ((), 1, "no database"),
    "retention run": ((), 1, "no database"),
    "doctor": (("--set", "server.prot=1"), 1, "server.port"),
    "logs": ((), 1, "there is no log"),
    "db check": ((), 1, "no database"),
    "db optimize": ((), 1, "no database"),
    "config show": (("--set", "server.port=many"), 1, "server.port"),
    "config set": (("server.prot", "1"), 1, "server.port"),
    "config check": (("--config", "nowhere.toml"), 1, "nowhere.toml"),
    "version": (("--loudly",), 2, "--loudly"),
    "test": (("--no-such-option-of-pytest",), 4, "no-such-option-of-pytest"),
    "bench": (("no-such-scenario",), 2, "no-such-scenario"),
}
# Every verb that prints data: what is typed after it, a name in the JSON that comes out.
DATA = {
    "status": ((), "last_backup"),
    "user create": (("eve", "--password-stdin"), "username"),
    "user recovery-link": (("bob",), "url"),
    "user list": ((), "suspended_until"),
    "user show": (("ann",), "upload_bytes"),
    "user rename": (("bob", "bobby"), "username"),
    "user disable": (("bob", "--yes"), "suspended"),
    "user delete": (("bob", "--yes"), "deletion_at"),
    "user sessions": (("bob",), "agent"),
    "user logout": (("bob",), "ended"),
    "user export": (("bob",), "files"),
    "admin grant": (("bob",), "is_admin"),
    "server list": ((), "owner_id"),
    "server show": (("maple street",), "roles"),
    "server transfer": (("Maple Street", "bob", "--yes"), "owner"),
    "server delete": (("Maple Street", "--yes"), "owner"),
    "invite create": ((), "url"),
    "invite list": ((), "max_uses"),
    "webhook list": ((), "channel_id"),
    "token list": ((), "agent"),
    "backup create": (("house.tar",), "path"),
    "backup list": ((), "fault"),
    "backup verify": (("chat.tar",), "verified_at"),
    "backup prune": ((), "removed"),
    "backup restore": (("chat.tar",), "replaced"),
    "media usage": ((), "orphans"),
    "media prune": ((), "files"),
    "retention run": (("--dry-run", "--set", "retention.files_days=1"), "files"),
    "db check": ((), "faults"),
    "db optimize": ((), "after"),
    "config show": ((), "server.port"),
    "version": ((), "version"),
}
# What these print here is nothing with a name; they have tests of their own.
LISTS = {
    "logs", "doctor", "user enable", "admin list", "admin revoke", "token revoke",
    "permissions explain", "invite revoke", "webhook revoke",
}  # fmt: skip
NEW = ("test", "bench")  # they become another program


def verbs(group: click.Group = plexichat, path: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from verbs(command, f"{path}{name} ")
        else:
            yield f"{path}{name}", command


VERBS = dict(verbs())


def test_every_verb_has_a_wrong_use_in_the_table() -> None:
    assert WRONG.keys() == VERBS.keys()


def test_every_verb_that_takes_json_is_in_the_table() -> None:
    takes = {
        path
        for path, verb in VERBS.items()
        if any("--json" in option.opts for option in verb.params)
    }
    assert takes - LISTS == DATA.keys()


@pytest.mark.parametrize("path", VERBS)
def test_every_verb_and_every_option_is_explained(path: str, tmp_path: Path) -> None:
    ended = (run if path in NEW else typed)(*path.split(), "--help", cwd=tmp_path)
    assert (ended.code, ended.err) == (0, "")
    assert VERBS[path].get_short_help_str()
    for option in VERBS[path].params:
        if isinstance(option, click.Option):
            assert option.help, option.name
            assert option.opts[0] in ended.out


@pytest.mark.parametrize("path", WRONG)
def test_a_wrong_use_is_one_sentence(path: str, tmp_path: Path) -> None:
    arguments, code, part = WRONG[path]
    ask = run if path in NEW else typed
    ended = ask(*path.split(), *arguments, cwd=tmp_path, stdin=f"{PASSWORD}\n")
    assert ended.code == code
    assert part in ended.err.lower()
    assert "Traceback" not in ended.err
    if path not in NEW:  # there pytest and the bench speak for themselves
        assert ended.err.startswith("plexichat: ")
        assert ended.err.count("\n") == 1
        assert ended.out == ""


@pytest.mark.parametrize("path", DATA)
def test_data_comes_as_json(path: str, settled: Place, tmp_path: Path) -> None:
    arguments, name = DATA[path]
    place = copied(settled, tmp_path / "town")
    if path.startswith("backup "):
        place.done("backup", "create")
        place.done("backup", "create", "chat.tar")
    found = json.loads(place.done(*path.split(), *arguments, "--json", stdin=f"{PASSWORD}\n"))
    assert name in (found[0] if isinstance(found, list) else found)


@pytest.mark.parametrize(
    "arguments", [("no-such-verb",), ("user", "no-such-verb"), ("user", "create")]
)
def test_misuse_is_one_sentence_and_points_to_help(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    ended = typed(*arguments, cwd=tmp_path)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.count("\n") == 1
    assert "--help" in ended.err


def test_no_verb_at_all_shows_the_help(tmp_path: Path) -> None:
    ended = run(cwd=tmp_path)
    assert ended.code == 2
    assert "Commands:" in ended.err


def test_options_before_the_verb_count_like_those_after_it(tmp_path: Path) -> None:
    ended = run(
        "--set", "server.port=1", "--data", "here", "config", "show", "--set", "server.port=2",
        cwd=tmp_path,
    )  # fmt: skip
    assert "port = 2  # --set\n" in ended.out
    assert 'directory = "here"' in ended.out


def test_an_early_end_of_the_reader_is_no_crash(tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [*PROGRAM, "config", "show"], cwd=tmp_path, env=environment({}), stdout=write,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    os.close(write)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize("typing", [("bob",), ("b\udcffb",), ("bob", "--email", "b\udcff@b.de")])
def test_what_is_no_utf8_is_one_sentence(typing: tuple[str, ...], place: Place) -> None:
    password = f"{PASSWORD}\udcff" if typing == ("bob",) else PASSWORD
    told = place.refused("user", "create", *typing, "--password-stdin", stdin=f"{password}\n")
    assert "UTF-8" in told


@pytest.mark.parametrize(
    ("rest", "code", "told"),
    [
        ("user create ann <&-", 2, "--password-stdin"),
        ("config check >&-", 0, ""),
        ("config check --json >&- 2>&-", 2, ""),
        ("config check > /dev/full", 1, "No space left"),
    ],
)
def test_streams_that_are_closed_or_full_are_no_crash(
    rest: str, code: int, told: str, tmp_path: Path
) -> None:
    done = subprocess.run(
        ["sh", "-c", f'"$@" {rest}', "sh", *PROGRAM], cwd=tmp_path, env=environment({}),
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert done.returncode == code
    assert told in done.stderr
    assert done.stderr.count("\n") == bool(told)
