"""The launcher, run for real on small checkouts whose dependencies lie in a folder of wheels.

No network: pip is pointed at that folder, and the project's own build backend is a file copy.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from configparser import ConfigParser
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).parent.parent

COMMAND_LINE = """
import json, os, sys
def main():
    print(json.dumps({"prefix": sys.prefix, "arguments": sys.argv[1:], "pid": os.getpid()}))
"""

BACKEND = """
import shutil
def build_editable(folder, config_settings=None, metadata_directory=None):
    shutil.copy("wheels/plexichat-1.0-py3-none-any.whl", folder)
    return "plexichat-1.0-py3-none-any.whl"
"""

BUILD_SYSTEM = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""


@dataclass
class Checkout:
    """A project that needs `stone`, and `moss` for its tests."""

    folder: Path

    def write(self) -> None:
        (self.folder / "plexichat").mkdir(parents=True)
        (self.folder / "wheels").mkdir()
        shutil.copy(REPOSITORY / "plexichat.py", self.folder)
        (self.folder / "plexichat" / "__init__.py").touch()
        (self.folder / "plexichat" / "cli.py").write_text(COMMAND_LINE)
        (self.folder / "backend.py").write_text(BACKEND)
        (self.folder / "pyproject.toml").write_text(BUILD_SYSTEM)
        self.publish("stone", "1.0")
        self.publish("moss", "1.0")
        self.need("stone >=1.0,<2")

    def publish(self, name: str, version: str, *headers: str, path: str = "") -> None:
        """Put a wheel where pip looks; `path` is what it adds to the import path."""
        about = f"{name}-{version}.dist-info"
        lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *headers]
        wheel = self.folder / "wheels" / f"{name}-{version}-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr(f"{about}/METADATA", "\n".join(lines) + "\n")
            archive.writestr(
                f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            )
            archive.writestr(f"{name}.pth", path)
            archive.writestr(f"{about}/RECORD", "")

    def need(self, requirement: str) -> None:
        (self.folder / "setup.cfg").write_text(
            f"[options]\ninstall_requires =\n    {requirement}\n"
            "[options.extras_require]\ntest =\n    moss >=1.0,<2\n"
        )
        extra = "Requires-Dist: moss >=1.0,<2; extra == 'test'"
        self.publish(
            "plexichat",
            "1.0",
            f"Requires-Dist: {requirement}",
            "Provides-Extra: test",
            extra,
            path=str(self.folder),
        )

    @property
    def venv(self) -> Path:
        return self.folder / ".venv"

    def packages(self) -> set[str]:
        (site,) = self.venv.glob("lib/python3.*/site-packages")
        return {
            path.stem for name in ("stone", "moss") for path in site.glob(f"{name}-*.dist-info")
        }


@dataclass
class Outcome:
    code: int
    complaint: str
    answer: dict[str, Any]


def start(
    launcher: Path, *arguments: str, python: list[str] | None = None, cwd: Path = Path("/")
) -> subprocess.Popen[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_CACHE_DIR": "1",
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": "wheels",  # pip works in the checkout
    }
    return subprocess.Popen(
        [*(python or [sys.executable]), str(launcher), *arguments],
        cwd=cwd,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def end(process: subprocess.Popen[str]) -> Outcome:
    printed, complaint = process.communicate()
    answer = json.loads(printed) if printed.startswith("{") else {"printed": printed}
    return Outcome(process.returncode, complaint, answer)


def launch(checkout: Checkout, *arguments: str, python: list[str] | None = None) -> Outcome:
    return end(start(checkout.folder / "plexichat.py", *arguments, python=python))


def mischief(code: str) -> list[str]:
    """A Python that does `code` before it runs the script that follows."""
    run = "sys.argv.pop(0); import runpy; runpy.run_path(sys.argv[0], run_name='__main__')"
    return [sys.executable, "-c", f"import sys; {code}; {run}"]


def obedient() -> list[str]:
    """A Python that heeds file modes, which root does not."""
    if os.geteuid():
        return [sys.executable]
    if not shutil.which("setpriv"):
        pytest.skip("root without setpriv can write anywhere")
    return ["setpriv", "--bounding-set=-dac_override", sys.executable]


@pytest.fixture
def fresh(tmp_path: Path) -> Checkout:
    checkout = Checkout(tmp_path / "fresh")
    checkout.write()
    return checkout


@pytest.fixture(scope="module")
def first_use(tmp_path_factory: pytest.TempPathFactory) -> tuple[Checkout, Outcome]:
    checkout = Checkout(tmp_path_factory.mktemp("first") / "a place, with a space")
    checkout.write()
    return checkout, launch(checkout, "serve", "--port", "0")


@pytest.fixture
def made(first_use: tuple[Checkout, Outcome], tmp_path: Path) -> Checkout:
    """A checkout that was set up before."""
    shutil.copytree(first_use[0].folder, tmp_path / "made", symlinks=True)
    return Checkout(tmp_path / "made")


def test_first_use_makes_an_environment_says_so_and_runs_the_verb_in_it(
    first_use: tuple[Checkout, Outcome],
) -> None:
    checkout, outcome = first_use
    assert outcome.code == 0, outcome.complaint
    assert "setting up" in outcome.complaint
    assert "Installing collected packages: stone" in outcome.complaint
    assert Path(outcome.answer["prefix"]) == checkout.venv
    assert outcome.answer["arguments"] == ["serve", "--port", "0"]
    assert checkout.packages() == {"stone-1.0"}


def test_the_next_use_installs_nothing_and_keeps_the_process(made: Checkout) -> None:
    shutil.rmtree(made.folder / "wheels")
    process = start(made.folder / "plexichat.py", "serve")
    outcome = end(process)
    assert (outcome.code, outcome.complaint) == (0, "")
    assert Path(outcome.answer["prefix"]) == made.venv
    assert outcome.answer["pid"] == process.pid


def test_an_environment_started_by_its_own_python_is_not_entered_twice(made: Checkout) -> None:
    outcome = launch(made, "serve", python=[str(made.venv / "bin" / "python")])
    assert (outcome.code, outcome.complaint) == (0, "")


def test_it_starts_through_a_symlink_from_anywhere(made: Checkout, tmp_path: Path) -> None:
    (tmp_path / "chat").symlink_to(made.folder / "plexichat.py")
    outcome = end(start(Path("chat"), "serve", cwd=tmp_path))
    assert (outcome.code, outcome.complaint) == (0, "")
    assert Path(outcome.answer["prefix"]) == made.venv


def test_a_changed_setup_is_installed_once(made: Checkout) -> None:
    made.publish("stone", "2.1")
    made.need("stone >=2.0,<3")
    outcome = launch(made, "serve")
    assert outcome.code == 0, outcome.complaint
    assert made.packages() == {"stone-2.1"}
    assert launch(made, "serve").complaint == ""


def test_the_tests_get_their_extra_and_other_verbs_leave_it_there(made: Checkout) -> None:
    outcome = launch(made, "test", "-k", "story")
    assert outcome.code == 0, outcome.complaint
    assert outcome.answer["arguments"] == ["test", "-k", "story"]
    assert made.packages() == {"stone-1.0", "moss-1.0"}
    for verb in "serve", "test", "bench":
        assert launch(made, verb).complaint == ""


def test_a_dependency_out_of_reach_is_one_sentence_and_the_next_try_mends_it(
    made: Checkout,
) -> None:
    made.need("stone >=2.0,<3")
    outcome = launch(made, "serve")
    assert outcome.code == 1
    assert re.fullmatch(
        r"plexichat: setting up .*\n"
        r"plexichat: .* cannot be installed .*stone.* run again: .*plexichat\.py serve\n",
        outcome.complaint,
    )
    made.publish("stone", "2.0")
    assert launch(made, "serve").code == 0


def test_a_failed_extra_leaves_the_server_able_to_start(made: Checkout) -> None:
    shutil.rmtree(made.folder / "wheels")
    assert launch(made, "test").code == 1
    assert launch(made, "serve").complaint == ""


@pytest.mark.parametrize("broken", ["stamp", "bin/python", "pyvenv.cfg"])
def test_a_broken_environment_is_not_used(made: Checkout, broken: str) -> None:
    (made.venv / broken).unlink()
    if broken == "bin/python":
        (made.venv / broken).symlink_to("/nowhere/python3")
    outcome = launch(made, "serve", python=mischief("sys.modules['ensurepip'] = None"))
    assert outcome.code == 1
    assert re.fullmatch(
        r"plexichat: setting up .*\n"
        r"plexichat: .* without its module ensurepip; .*run again: .*plexichat\.py serve\n",
        outcome.complaint,
    )


def test_two_at_once_make_a_half_made_environment_anew_and_only_once(fresh: Checkout) -> None:
    (fresh.venv / "bin").mkdir(parents=True)
    (fresh.venv / "bin" / "python").symlink_to("/nowhere/python3")
    both = [start(fresh.folder / "plexichat.py", "serve") for _ in range(2)]
    outcomes = [end(process) for process in both]
    assert [outcome.code for outcome in outcomes] == [0, 0]
    told = "".join(outcome.complaint for outcome in outcomes)
    assert told.count("setting up /") == 1
    assert told.count("waiting for another") == 1


def test_a_read_only_checkout_without_dependencies_says_what_to_do(fresh: Checkout) -> None:
    fresh.folder.chmod(0o555)
    outcome = launch(fresh, "serve", python=obedient())
    assert outcome.code == 1
    assert re.fullmatch(
        r"plexichat: \S+ cannot be written .* lacks stone: .*"
        r"pip install 'stone >=1\.0,<2' && \S+ \S+plexichat\.py serve\n",
        outcome.complaint,
    )


def test_a_read_only_checkout_that_was_set_up_works(made: Checkout) -> None:
    made.folder.chmod(0o555)
    outcome = launch(made, "serve", python=obedient())
    assert (outcome.code, outcome.complaint) == (0, "")


def test_a_python_with_everything_is_used_where_it_is_and_the_checkout_stays_untouched(
    fresh: Checkout,
) -> None:
    shutil.copy(REPOSITORY / "setup.cfg", fresh.folder)
    fresh.folder.chmod(0o555)
    outcome = launch(fresh, "test", python=obedient())
    assert (outcome.code, outcome.complaint) == (0, "")
    assert outcome.answer["prefix"] == sys.prefix


def test_an_old_python_is_told_so_in_one_sentence(fresh: Checkout) -> None:
    outcome = launch(fresh, "serve", python=mischief("sys.version_info = (3, 10, 4)"))
    assert outcome.code == 1
    assert re.fullmatch(
        r"plexichat: Python 3\.11 or newer is needed .*: python3\.11 \S+plexichat\.py serve\n",
        outcome.complaint,
    )


@pytest.mark.parametrize("version", ["0.9.7", "1.0rc1", "2", "2.0.1"])
def test_only_a_release_within_its_range_is_met(fresh: Checkout, version: str) -> None:
    folder = fresh.folder / f"stone-{version}.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: stone\nVersion: {version}\n")
    (fresh.folder / ".venv.lock").mkdir()
    assert "lacks stone:" in launch(fresh, "serve").complaint


def test_every_requirement_is_in_the_form_that_the_launcher_reads() -> None:
    setup = ConfigParser()
    setup.read(REPOSITORY / "setup.cfg")
    lines = setup["options"]["install_requires"] + setup["options.extras_require"]["test"]
    for line in lines.strip().splitlines():
        assert re.fullmatch(r"[a-z-]+ >=\d+(\.\d+)*,<\d+(\.\d+)*", line)
