"""The configuration file after an option was changed: that option, and nothing else."""

from pathlib import Path

import pytest

from plexichat.config import ConfigError, editing, load

ROOT = Path(__file__).resolve().parents[1]


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(text)
    return path


def edited(path: Path, **wanted: editing.Plain) -> str:
    keys = {key.replace("__", "."): value for key, value in wanted.items()}
    editing.replace(path, editing.changed(path, keys))
    return path.read_text()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '[registration]\nmode = "closed"\n'),
        ("# mine", '# mine\n\n[registration]\nmode = "closed"\n'),
        ('[registration]\nmode = "open"  # for now\n', '[registration]\nmode = "closed"\n'),
        ('[registration]\n# why\n#mode = "open"\n\n[docs]\n',
         '[registration]\n# why\n#mode = "open"\nmode = "closed"\n\n[docs]\n'),
        ("[registration]", '[registration]\nmode = "closed"\n'),
        ("[docs]\nenabled = true\n",
         '[docs]\nenabled = true\n\n[registration]\nmode = "closed"\n'),
        ('[ registration ] # who\nmode="open"', '[ registration ] # who\nmode = "closed"\n'),
    ],
)  # fmt: skip
def test_an_option_is_put_where_it_belongs(tmp_path: Path, before: str, after: str) -> None:
    path = write(tmp_path, before)
    assert edited(path, registration__mode="closed") == after
    assert load(path, {}, ()).registration.mode == "closed"


def test_a_value_of_several_lines_is_replaced_whole(tmp_path: Path) -> None:
    path = write(
        tmp_path, '[server]\ncors_origins = [\n  "https://a.example",  # ]\n]\nport = 1\n'
    )
    assert edited(path, server__cors_origins=["https://b.example", "https://c.example"]) == (
        '[server]\ncors_origins = ["https://b.example", "https://c.example"]\nport = 1\n'
    )


def test_several_options_are_changed_at_once_or_none(tmp_path: Path) -> None:
    path = write(tmp_path, "[passwords]\nmin_length = 9\n")
    with pytest.raises(ConfigError, match=r"passwords\.max_length"):
        edited(path, passwords__min_length=20, passwords__max_length=10)
    assert path.read_text() == "[passwords]\nmin_length = 9\n"
    edited(path, passwords__min_length=20, docs__enabled=False)
    config = load(path, {}, ())
    assert (config.passwords.min_length, config.docs.enabled) == (20, False)


@pytest.mark.parametrize(
    ("before", "told"),
    [
        ("[registration\n", "cannot be read"),
        ('registration = {mode = "open"}\n', "cannot be read"),
        ('registration.mode = "open"\n', "cannot be read"),
        ("[registration]\nmood = 1\n", "there is no option registration.mood"),
    ],
)
def test_what_cannot_be_changed_is_left_alone(tmp_path: Path, before: str, told: str) -> None:
    path = write(tmp_path, before)
    with pytest.raises(ConfigError, match=told):
        edited(path, registration__mode="closed")
    assert path.read_text() == before


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("registration__mode", "ajar"), ("registration__mood", "open"), ("server__port", "many"),
        ("registration", "open"), ("docs__enabled = true\n[server]\nport", 1),
    ],
)  # fmt: skip
def test_what_would_not_be_right_is_refused(
    tmp_path: Path, key: str, value: editing.Plain
) -> None:
    path = write(tmp_path, "# mine\n")
    with pytest.raises(ConfigError):
        edited(path, **{key: value})
    assert path.read_text() == "# mine\n"


def test_a_text_may_hold_anything(tmp_path: Path) -> None:
    path = write(tmp_path, "")
    for text in ('say "hi"', "back\\slash", "é ✓", "tab\tand\x7f"):
        edited(path, two_factor__issuer=text)
        assert load(path, {}, ()).two_factor.issuer == text


def test_every_option_can_be_changed_in_the_example(tmp_path: Path) -> None:
    path = write(tmp_path, (ROOT / "config.example.toml").read_text())
    edited(path, server__port=9000, rate_limits__login=["1/60"], passwords__require_digit=True)
    config = load(path, {}, ())
    assert (config.server.port, str(config.rate_limits.login[0])) == (9000, "1/60")
    assert config.passwords.require_digit


def test_the_file_keeps_its_permissions(tmp_path: Path) -> None:
    path = write(tmp_path, "")
    path.chmod(0o640)
    edited(path, docs__enabled=False)
    assert path.stat().st_mode & 0o777 == 0o640
    fresh = tmp_path / "fresh.toml"
    edited(fresh, docs__enabled=False)
    assert fresh.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.glob("*.new")) == []
