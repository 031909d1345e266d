"""The configuration as the terminal tells it."""

import json
import tomllib
from pathlib import Path

from tests.running import run, serving, typed


def test_show_prints_toml_that_means_the_same(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[rate_limits]\nlogin = ["1/60"]\n')
    shown = run("config", "show", cwd=tmp_path)
    assert shown.code == 0
    (tmp_path / "again.toml").write_text(shown.out)
    again = run("config", "show", "--config", "again.toml", cwd=tmp_path)
    assert tomllib.loads(again.out) == tomllib.loads(shown.out)
    assert tomllib.loads(shown.out)["rate_limits"]["login"] == ["1/60"]


def test_show_tells_where_a_value_comes_from(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[server]\nport = 1\n")
    shown = run(
        "config", "show", "--json", "--set", "server.host=::1", cwd=tmp_path,
        PLEXICHAT__LOGGING__LEVEL="error",
    )  # fmt: skip
    options = json.loads(shown.out)
    assert options["server.port"] == {"value": 1, "source": str(tmp_path / "config.toml")}
    assert options["server.host"] == {"value": "::1", "source": "--set"}
    assert options["logging.level"]["source"] == "environment variable PLEXICHAT__LOGGING__LEVEL"
    assert options["server.public_url"] == {"value": "", "source": "default"}


def test_check_says_which_file_is_right(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[server]\nport = 1\n")
    assert run("config", "check", cwd=tmp_path).out == f"{tmp_path / 'config.toml'} is right\n"


def test_check_names_file_line_and_the_nearest_option(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[server]\nprot = 1\n")
    checked = run("config", "check", cwd=tmp_path)
    assert (checked.code, checked.out) == (1, "")
    assert "config.toml line 2" in checked.err
    assert "server.port" in checked.err


def test_set_changes_one_option_and_leaves_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("# mine\n[server]\nport = 1  # for now\n# why\nhost = \"::1\"\n")
    ended = typed("config", "set", "server.port", "0", cwd=tmp_path)
    assert (ended.code, ended.out, ended.err) == (0, f"server.port = 0 in {path}\n", "")
    assert path.read_text() == '# mine\n[server]\nport = 0\n# why\nhost = "::1"\n'
    typed("config", "set", "server.cors_origins", "https://a.example, https://b.example",
          cwd=tmp_path)  # fmt: skip
    typed("config", "set", "docs.enabled", "false", cwd=tmp_path)
    written = tomllib.loads(path.read_text())
    assert written["server"]["cors_origins"] == ["https://a.example", "https://b.example"]
    assert written["docs"] == {"enabled": False}


def test_set_makes_the_file_that_is_not_there_yet(tmp_path: Path) -> None:
    assert typed("config", "set", "registration.mode", "invite", cwd=tmp_path).code == 0
    assert (tmp_path / "config.toml").read_text() == '[registration]\nmode = "invite"\n'


def test_set_says_no_as_serve_would(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[passwords]\nmax_length = 9\n")
    for key, value in (
        ("server.prot", "1"), ("nothing", "1"), ("server.port", "many"), ("server.port", "70000"),
        ("registration.mode", "ajar"), ("docs.enabled", "maybe"), ("rate_limits.login", "often"),
        ("passwords.min_length", "10"),
    ):  # fmt: skip
        refused = typed("config", "set", key, value, cwd=tmp_path)
        assert (refused.code, refused.out) == (1, ""), key
        path.with_name("wrong.toml").write_text(
            path.read_text() if key.startswith("passwords") else ""
        )
        started = typed("config", "check", "--config", "wrong.toml", "--set", f"{key}={value}",
                        cwd=tmp_path)  # fmt: skip
        assert "wrong.toml" not in started.out
        told, theirs = (text.split(": ", 2)[-1] for text in (refused.err, started.err))
        assert told.split(" (")[0] == theirs.split(" (")[0]
    assert path.read_text() == "[passwords]\nmax_length = 9\n"


def test_set_says_what_else_has_a_say(tmp_path: Path) -> None:
    with serving(cwd=tmp_path):
        ended = typed(
            "config", "set", "server.port", "1", cwd=tmp_path, PLEXICHAT__SERVER__PORT="2"
        )
    assert ended.err.splitlines() == [
        "but environment variable PLEXICHAT__SERVER__PORT wins, and says 2",
        "restart the server for it to count",
    ]
    assert typed("config", "set", "server.port", "3", cwd=tmp_path).err == ""
