"""The configuration as the terminal tells it."""

import json
import tomllib
from pathlib import Path

from tests.running import run


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
