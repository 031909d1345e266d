"""What an operator may write, what is refused and in which words; and the fences of the options."""

import ast
import dataclasses
import json
import re
import tomllib
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path

import pytest

from plexichat import config
from plexichat.config import Config, ConfigError, Rate, describe, load, locate
from plexichat.config.kinds import words
from plexichat.config.options import OPTIONS, SECTIONS

ROOT = Path(__file__).parent.parent
OF_A_DIALECT = {
    "wryft.max_sockets_per_user": "wryft", "wryft.legacy_client": "wryft",
    "rate_limits.auth": "wryft", "rate_limits.wryft_frames": "wryft",
}  # fmt: skip
EXAMPLE = ROOT / "config.example.toml"
WriteToml = Callable[[str], Path]


@pytest.fixture
def toml(tmp_path: Path) -> WriteToml:
    def write(text: str) -> Path:
        path = tmp_path / "config.toml"
        path.write_text(text)
        return path

    return write


def refusal(path: Path | None = None, environ: dict[str, str] | None = None, *sets: str) -> str:
    with pytest.raises(ConfigError) as refused:
        load(path, environ or {}, sets)
    return str(refused.value)


# What is in force


def test_nothing_given_is_all_defaults() -> None:
    assert load(None, {}, ()) == Config()
    assert load(None, {"HOME": "/home/ann", "PLEXICHAT_CONFIG": "x"}, ()) == Config()


def test_each_source_wins_over_the_one_before(toml: WriteToml) -> None:
    path = toml('[server]\nhost = "::1"\nport = 1\nmax_body_bytes = 1\n')
    environ = {"PLEXICHAT__SERVER__PORT": "2", "PLEXICHAT__SERVER__MAX_BODY_BYTES": "2"}
    server = load(path, environ, ["server.max_body_bytes=3"]).server
    assert (server.host, server.port, server.max_body_bytes) == ("::1", 2, 3)


def test_the_last_of_repeated_overrides_wins() -> None:
    assert load(None, {}, ["server.port=1", "server.port=2"]).server.port == 2


def test_the_structure_cannot_be_changed() -> None:
    server = Config().server
    with pytest.raises(dataclasses.FrozenInstanceError):
        server.port = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("server.host=0.0.0.0", "0.0.0.0"),
        ("server.port=0", 0),
        ("server.public_url=", ""),
        ("server.public_url=https://example.org:8443/chat", "https://example.org:8443/chat"),
        ("storage.directory=/srv/a=b", "/srv/a=b"),
        ("logging.format=json", "json"),
        ("age_gate.enabled=true", True),
        ("age_gate.enabled=True", True),
        ("age_gate.enabled=1", True),
        ("rate_limits.enabled=0", False),
        ("rate_limits.enabled=false", False),
        ("server.cors_origins=", ()),
        ("server.cors_origins=[]", ()),
        ("server.cors_origins=http://a, https://b:1", ("http://a", "https://b:1")),
        ('gateway.allowed_origins=["file://", "app://x"]', ("file://", "app://x")),
        (
            "server.trusted_proxies=127.0.0.1,fd00::/8",
            (ip_network("127.0.0.1/32"), ip_network("fd00::/8")),
        ),
        ("versioning.min_supported_version=b.2.10-3", "b.2.10-3"),
        (
            "versioning.update_url=https://example.org/get/?os=any",
            "https://example.org/get/?os=any",
        ),
        ("rate_limits.login=", ()),
        ("rate_limits.login=5/60 burst 2, 1/0.25", (Rate(5, 60, 2), Rate(1, 0.25, 1))),
        ('rate_limits.login=["9/1"]', (Rate(9, 1, 9),)),
    ],
)
def test_text_is_read_as_the_option_needs_it(text: str, value: object) -> None:
    key, _, given = text.partition("=")
    section, name = key.split(".")
    variable = f"PLEXICHAT__{section}__{name}".upper()
    for loaded in (load(None, {}, [text]), load(None, {variable: given}, ())):
        found = getattr(getattr(loaded, section), name)
        assert found == value
        assert type(found) is type(value)


def test_a_file_may_be_written_in_any_form_toml_has(toml: WriteToml) -> None:
    path = toml(
        '\ufeffserver = {port = 1, trusted_proxies = ["10.0.0.0/8"]}\r\n'
        'sessions.expire_hours = 2\r\n[rate_limits]\r\nlogin = [\r\n  "1/2", # few\r\n]\r\n'
    )
    loaded = load(path, {}, ())
    assert loaded.server.trusted_proxies == (ip_network("10.0.0.0/8"),)
    assert loaded.sessions.expire_hours == 2
    assert loaded.rate_limits.login == (Rate(1, 2, 1),)


# What is refused


def test_an_unknown_option_of_a_file_is_refused_with_its_line_and_the_nearest(
    toml: WriteToml,
) -> None:
    path = toml('# the house\n[server]\n\nhost = "::1"\nprot = 1\nport = 2\n')
    assert refusal(path) == (
        f"{path} line 5: there is no option server.prot; the nearest is server.port"
    )


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("[servr]\n\nport = 1", 3, "no option servr.port; the nearest is server.port"),
        ("\n[servr]", 2, "no section servr; the nearest is server"),
        ("port = 1", 1, "no option port; the nearest is server.port"),
        ("server = 1", 1, "no option server"),
        ("[[server]]\nport = 1", 1, "no option server"),
        ("[server]\nmin_length = 1", 2, "the nearest is passwords.min_length"),
        ("[sessions]\nmax_pr_user = 1", 2, "the nearest is sessions.max_per_user"),
        ("server.prot = 1", 1, "no option server.prot"),
        ("\nserver = {port = 1, prot = 1}", 2, "no option server.prot"),
        ('server.cors_origins = [\n"http://a",\n]\nserver.prot = [\n1\n]\n', 4, "server.prot"),
        ('[storage]\ndirectory = """\n[server]\nprot = 1\n"""\n[server]\nprot = 1', 7, "prot"),
        ("[server]\n[server.port]\n", 2, "not a table"),
    ],
)
def test_a_refusal_names_the_line_where_the_option_begins(
    toml: WriteToml, text: str, line: int, told: str
) -> None:
    told_here = refusal(toml(text))
    assert f"config.toml line {line}: " in told_here
    assert told in told_here


def test_an_unknown_option_of_the_environment_is_refused_by_its_variable() -> None:
    assert refusal(None, {"PLEXICHAT__SERVER__PROT": "1"}) == (
        "environment variable PLEXICHAT__SERVER__PROT: "
        "there is no option server.prot; the nearest is server.port"
    )
    assert "no option server;" in refusal(None, {"PLEXICHAT__SERVER": "1"})
    assert "no option server.port.x;" in refusal(None, {"PLEXICHAT__SERVER__PORT__X": "1"})


def test_an_unknown_override_is_refused() -> None:
    assert refusal(None, {}, "servr.port=1") == (
        "--set: there is no option servr.port; the nearest is server.port"
    )


def test_an_override_without_a_value_is_refused() -> None:
    assert refusal(None, {}, "server.port") == (
        '--set: "server.port" is not of the form section.key=value'
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('server.port = "80"', 'server.port must be a whole number from 0 to 65535, not "80"'),
        ("server.port = true", "a whole number from 0 to 65535, not true"),
        ("server.port = 80.0", "not 80.0"),
        ("server.port = 65536", "not 65536"),
        ("server.port = -1", "not -1"),
        ("server.port = 2024-01-01", 'not "2024-01-01"'),
        ("server.port = inf", "not Infinity"),
        ("server.host = 1", "server.host must be a text that is not empty, not 1"),
        ('server.host = ""', 'not ""'),
        ('storage.directory = "a\\u0000"', "must be a text that is not empty"),
        ("age_gate.enabled = 1", "age_gate.enabled must be true or false, not 1"),
        ('age_gate.enabled = "true"', 'not "true"'),
        ('logging.format = "xml"', 'logging.format must be "human" or "json", not "xml"'),
        ("logging.format = 1", "not 1"),
        ('registration.mode = "Open"', 'must be "open" or "invite" or "closed", not "Open"'),
        ("passwords.bcrypt_cost = 3", "from 4 to 16"),
        ("passwords.bcrypt_cost = 17", "from 4 to 16"),
        ("messages.max_length = 0", "from 1 to"),
        ("gateway.max_frame_bytes = 262145", "to 262144"),
        ('server.cors_origins = "https://a"', "must be a list, each an origin"),
        ('server.cors_origins = ["*"]', 'not ["*"]'),
        ('server.cors_origins = ["https://a/"]', "without a path"),
        ('server.cors_origins = ["https://A"]', "in lower case"),
        ("server.cors_origins = [1]", "not [1]"),
        ('server.trusted_proxies = ["localhost"]', "each an address or a network"),
        ('server.trusted_proxies = ["10.0.0.1/8"]', 'not ["10.0.0.1/8"]'),
        ("server.trusted_proxies = [1]", "not [1]"),
        ('server.public_url = "chat.example.org"', "server.public_url must be empty or a URL"),
        ('server.public_url = "https://a/"', "without a slash at its end"),
        ('versioning.min_supported_version = "1.0"', 'such as "a.1.0-49"'),
        ('versioning.update_url = "javascript:x"', "must be empty or a URL"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_in_words(
    toml: WriteToml, text: str, told: str
) -> None:
    path = toml(text)
    assert refusal(path).startswith(f"{path} line 1: {text.partition(' ')[0]} must be ")
    assert told in refusal(path)


@pytest.mark.parametrize(
    "text",
    [
        "server.port=",
        "server.port=80.0",
        "server.port=true",
        "server.port=" + "9" * 5000,
        "age_gate.enabled=yes",
        "age_gate.enabled=2",
        "age_gate.enabled=",
        "server.cors_origins=[",
        "server.cors_origins=[1]",
        "server.host=",
        "logging.level=INFO",
    ],
)
def test_text_that_cannot_be_read_is_refused(text: str) -> None:
    assert refusal(None, {}, text).startswith(f"--set: {text.partition('=')[0]} must be ")


def test_a_wrong_value_is_refused_even_where_another_wins(toml: WriteToml) -> None:
    assert "not 0" in refusal(toml("gateway.replay_events = 1\nmessages.max_length = 0"), {})
    assert "not -1" in refusal(toml("server.port = -1"), {"PLEXICHAT__SERVER__PORT": "1"})


def test_passwords_that_must_be_longer_than_they_may_are_refused(toml: WriteToml) -> None:
    path = toml("passwords.max_length = 10")
    assert refusal(path, {"PLEXICHAT__PASSWORDS__MIN_LENGTH": "11"}) == (
        "passwords.min_length is 11 (environment variable PLEXICHAT__PASSWORDS__MIN_LENGTH), "
        f"more than passwords.max_length, 10 ({path})"
    )


def test_a_file_that_is_not_toml_is_refused_with_its_line(toml: WriteToml) -> None:
    assert re.search(r"config\.toml cannot be read: .*line 2", refusal(toml("[server]\nport 1\n")))
    assert "config.toml cannot be read" in refusal(toml("[server]\nport = 1\nport = 2\n"))


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b'server.host = "\xe9"')
    assert "cannot be read: 'utf-8' codec" in refusal(tmp_path / "latin")


def test_a_named_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "none.toml"
    assert refusal(path) == f"{path} cannot be read: No such file or directory"
    assert "Is a directory" in refusal(tmp_path)


# Rates


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("10/60", Rate(10, 60, 10)),
        ("10/60 burst 5", Rate(10, 60, 5)),
        ("1/0.25", Rate(1, 0.25, 1)),
        ("1/0.001 burst 2", Rate(1, 0.001, 2)),
        ("999999999/999999999", Rate(999_999_999, 999_999_999, 999_999_999)),
    ],
)
def test_a_rate_is_printed_as_it_is_written(text: str, rate: Rate) -> None:
    assert Rate.parse(text) == rate
    assert str(rate) == str(Rate.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        *("", "5", "5/", "/60", "0/60", "5/0", "5/0.0", "-5/60", "5/-60", "5.5/60", "5/.5"),
        *("5/1e3", "5/nan", "5/60s", " 5/60", "5/60 ", "5/60\n", "5 /60", "9999999999/1"),
        *("5/60 burst", "5/60 burst 0", "5/60 burst x", "5/60burst 2", "5/60 BURST 2"),
        "\N{ARABIC-INDIC DIGIT FIVE}/60",
    ],
)
def test_what_is_no_rate_is_refused(toml: WriteToml, text: str) -> None:
    with pytest.raises(ValueError, match=r"\A" + re.escape(text) + r"\Z"):
        Rate.parse(text)
    path = toml(f"[rate_limits]\nlogin = [{json.dumps(text)}]")
    assert refusal(path).startswith(
        f"{path} line 2: rate_limits.login must be a list, each "
        '"REQUESTS/SECONDS" or "REQUESTS/SECONDS burst N", not ['
    )


# Which file


def test_the_option_goes_before_the_environment_and_that_before_the_folder(tmp_path: Path) -> None:
    environ = {"PLEXICHAT_CONFIG": "named.toml"}
    assert locate(None, {}, tmp_path) is None
    (tmp_path / "config.toml").touch()
    assert locate(None, {}, tmp_path) == tmp_path / "config.toml"
    assert locate(None, {"PLEXICHAT_CONFIG": ""}, tmp_path) == tmp_path / "config.toml"
    assert locate(None, environ, tmp_path) == tmp_path / "named.toml"
    assert locate(Path("mine.toml"), environ, tmp_path) == tmp_path / "mine.toml"
    assert locate(Path("/etc/mine.toml"), environ, tmp_path) == Path("/etc/mine.toml")


# What `config show` tells


def test_every_option_is_told_with_its_value_and_where_it_came_from(toml: WriteToml) -> None:
    path = toml('[rate_limits]\nlogin = ["5/60 burst 5", "1/2.5"]\n')
    environ = {"PLEXICHAT__SERVER__TRUSTED_PROXIES": "::1"}
    told = {o.key: o for o in describe(load(path, environ, ["age_gate.enabled=1"]))}
    assert list(told) == list(OPTIONS)
    assert told["server.host"] == config.Option("server.host", "127.0.0.1", "default")
    assert told["rate_limits.login"] == config.Option(
        "rate_limits.login", ["5/60", "1/2.5"], str(path)
    )
    assert told["server.trusted_proxies"] == config.Option(
        "server.trusted_proxies",
        ["::1/128"],
        "environment variable PLEXICHAT__SERVER__TRUSTED_PROXIES",
    )
    assert told["age_gate.enabled"] == config.Option("age_gate.enabled", True, "--set")


def test_what_is_told_can_be_loaded_again(toml: WriteToml) -> None:
    sets = ['storage.directory=a "ü" \\ b', "rate_limits.frames=1/0.5 burst 9", "server.port=0"]
    loaded = load(None, {}, sets)
    again = toml("".join(f"{option.key} = {option.toml}\n" for option in describe(loaded)))
    assert load(again, {}, ()) == loaded


# Fences


def test_the_example_changes_nothing() -> None:
    assert load(EXAMPLE, {}, ()).sources == {}


def test_the_example_lists_every_option_once_in_order_at_its_default(toml: WriteToml) -> None:
    text = re.sub(r"^#(?=\w+ = )", "", EXAMPLE.read_text(), flags=re.MULTILINE)
    document = tomllib.loads(text)
    assert list(document) == list(SECTIONS)
    assert [f"{name}.{key}" for name in document for key in document[name]] == list(OPTIONS)
    assert load(toml(text), {}, ()) == Config()
    for option in describe(Config()):
        assert f"#{option.key.partition('.')[2]} = {option.toml}\n" in EXAMPLE.read_text()


def test_every_option_of_the_example_has_its_why() -> None:
    for paragraph in EXAMPLE.read_text().split("\n\n"):
        lines = paragraph.strip().splitlines()
        if any(re.match(r"#\w+ = ", line) for line in lines):
            assert re.match(r"# \S", lines[0]), paragraph


def test_every_kind_of_option_can_be_said_in_words() -> None:
    assert all(words(kind) for kind in OPTIONS.values())


def test_every_option_is_read_somewhere() -> None:
    package = ROOT / "plexichat"
    modules = [path for path in package.rglob("*.py") if path.parent != package / "config"]
    read = set().union(*(options_read(path.read_text()) for path in modules))
    served = (key for key in OPTIONS if (package / OF_A_DIALECT.get(key, "")).exists())
    assert [key for key in served if key not in read] == []


def options_read(module: str) -> set[str]:
    """What a module reads: attributes of a section it names, and rate limits by their name."""
    names = set()
    for node in ast.walk(ast.parse(module)):
        match node:
            case ast.Attribute(attr=name) | ast.Name(id=name) | ast.alias(name=name):
                names.add(name)
    attributes = {
        key
        for key in OPTIONS
        for section, _, name in [key.partition(".")]
        if name in names and names & {section, SECTIONS[section].__name__}
    }
    told = r'(?:\bbucket(?:: str)? ?= ?|\bDEFAULT = |(?:\.take|\._count)\(\s*)"(\w+)"'
    buckets = re.findall(told, module)
    return attributes | {f"rate_limits.{bucket}" for bucket in buckets}
