"""The configuration, seen and changed by an admin."""

from pathlib import Path

import pytest

from plexichat import config as configuration
from plexichat.config import Config
from tests.api.panel.office import Office, appoint
from tests.cast import Person, refusal

PATH = "/admin/config"
TOML = """\
# ours
[passwords]
bcrypt_cost = 4
[rate_limits]
enabled = false
"""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    path = tmp_path / "config.toml"
    path.write_text(TOML)
    return configuration.load(path, {}, (f"storage.directory={tmp_path / 'data'}",))


def file(office: Office) -> Path:
    path = office.admin.house.config.path
    assert path is not None
    return path


async def test_every_option_is_shown_with_where_it_comes_from(office: Office) -> None:
    options = {option["key"]: option for option in (await office.seen(PATH))["options"]}
    assert set(options) == {option.key for option in configuration.describe(Config())}
    assert options["passwords.bcrypt_cost"] == {
        "key": "passwords.bcrypt_cost", "value": 4, "source": str(file(office)),
        "changeable": True,
    }  # fmt: skip
    assert options["server.port"]["changeable"] is False
    assert options["rate_limits.login"]["value"] == ["5/60", "20/3600"]


async def test_options_are_changed_in_the_file_for_the_next_start(office: Office) -> None:
    wanted = {"registration.mode": "closed", "passwords.min_length": 12, "docs.enabled": False}
    answer = await office.client.patch(PATH, json={"options": wanted})
    assert answer.json() == {"success": True, "restart_required": True}
    assert file(office).read_text().startswith("# ours\n[passwords]\n")
    next_one = configuration.load(file(office), {}, ())
    assert (next_one.registration.mode, next_one.passwords.min_length) == ("closed", 12)
    assert next_one.passwords.bcrypt_cost == 4
    (line, *_) = (await office.seen("/admin/audit/logs"))["logs"]
    assert (line["action"], line["details"]) == ("config.change", {"options": wanted})


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"registration.mode": "ajar"}, "registration.mode must be"),
        ({"registration.mood": "open"}, "there is no option registration.mood"),
        ({"registration": "open"}, "there is no"),
        ({"server.host": "0.0.0.0"}, "server.host is changed at the terminal only"),
        ({"admin_ui.allowed": ["0.0.0.0/0"]}, "admin_ui.allowed is changed at the terminal only"),
        ({"docs.enabled": False, "passwords.min_length": 200}, "more than passwords.max_length"),
    ],
)
async def test_what_is_not_right_changes_nothing(
    office: Office, options: dict[str, object], told: str
) -> None:
    answer = await office.client.patch(PATH, json={"options": options})
    status, message = refusal(answer)
    assert (status, message.startswith("Invalid input: "), told in message) == (400, True, True)
    assert file(office).read_text() == TOML
    assert "config.change" not in await office.actions()


async def test_without_the_password_nothing_is_changed(ann: Person) -> None:
    await appoint(ann)
    async with Office(ann) as office:
        await office.enter()
        answer = await office.client.patch(PATH, json={"options": {"docs.enabled": False}})
        assert refusal(answer)[0] == 403
        assert file(office).read_text() == TOML
        assert refusal(await office.client.patch(PATH, json={"options": {"docs": None}}))[0] == 400


class TestWithoutAFile:
    @pytest.fixture
    def config(self, tmp_path: Path) -> Config:
        overrides = (f"storage.directory={tmp_path / 'data'}", "passwords.bcrypt_cost=4")
        return configuration.load(None, {}, overrides)

    async def test_there_is_nothing_to_change(self, office: Office) -> None:
        answer = await office.client.patch(PATH, json={"options": {"docs.enabled": False}})
        assert refusal(answer)[0] == 409
