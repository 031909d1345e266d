"""The systemd unit: systemd understands it, and finds little to say against it."""

import configparser
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.running import ROOT, run

UNIT = ROOT / "packaging" / "plexichat.service"
PROGRAM = "/usr/local/bin/plexichat"
EXPOSURE = 20  # of 100: "OK"


def command() -> list[str]:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment]
    parser.read_string(UNIT.read_text())
    return shlex.split(parser["Service"]["ExecStart"])


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_understands_it_and_finds_it_guarded(tmp_path: Path) -> None:
    unit = tmp_path / "plexichat.service"
    unit.write_text(UNIT.read_text().replace(PROGRAM, "/bin/true"))
    for words in (
        ("verify", "--man=no"), ("security", "--offline=true", f"--threshold={EXPOSURE}"),
    ):  # fmt: skip
        told = subprocess.run(
            ["systemd-analyze", "--no-pager", *words, unit], capture_output=True, text=True
        )
        assert told.returncode == 0, told.stdout
        assert "plexichat" not in told.stderr, told.stderr


def test_what_it_starts_is_a_verb_with_its_options(tmp_path: Path) -> None:
    program, *arguments = command()
    assert program == PROGRAM
    assert arguments[-1] == "serve"
    ended = run(*arguments, "--help", cwd=tmp_path)
    assert (ended.code, "Run the server" in ended.out) == (0, True)
