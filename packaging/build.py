"""Build one executable, the interpreter and a newer SQLite inside: `python3 packaging/build.py`.

Runs on Linux x86_64 with Python 3.11 or newer and its shared library, and leaves dist/plexichat.
Every package is pinned and checked by its hash. SQLite comes in the wheel of pysqlite3, whose
extension carries the whole library and exports its functions; the interpreter's own _sqlite3 is
given it in place of the system's. What was built is then tried (see smoke.py).
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build" / "executable"
PYTHON = BUILD / "venv" / "bin" / "python"
PINS = ROOT / "packaging" / "requirements.txt"
SQLITE = BUILD / "libsqlite3.so.0"
MADE = ROOT / "dist" / "plexichat"


def main() -> None:
    refuse_other_machines()
    shutil.rmtree(BUILD, ignore_errors=True)
    venv.create(BUILD / "venv", with_pip=True)
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    do(*pip, "--no-deps", "--only-binary", ":all:", "--require-hashes", "-r", PINS)
    (packages,) = (BUILD / "venv" / "lib").glob("python*/site-packages")
    (library,) = packages.glob("pysqlite3/_sqlite3*.so")
    shutil.copy(library, SQLITE)
    shutil.rmtree(packages / "pysqlite3")
    do(
        PYTHON, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN",
        "--distpath", MADE.parent, "--workpath", BUILD / "work", ROOT / "packaging/plexichat.spec",
        PLEXICHAT_BUILD_SQLITE=str(SQLITE), PYTHONHASHSEED="1",
    )  # fmt: skip
    do(sys.executable, ROOT / "packaging" / "smoke.py", MADE)
    print(f"{MADE}: {MADE.stat().st_size / 1e6:.1f} MB")


def refuse_other_machines() -> None:
    if sysconfig.get_platform() != "linux-x86_64":
        give_up(f"the pins are for linux-x86_64, and this is {sysconfig.get_platform()}")
    if not (3, 11) <= sys.version_info < (3, 15):
        give_up(f"the pins are for Python 3.11 to 3.14, and this is {sys.version.split()[0]}")
    if not sysconfig.get_config_var("Py_ENABLE_SHARED"):
        give_up("this Python has no shared library; the distribution's own has one")


def do(*command: str | Path, **environment: str) -> None:
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **environment})
    if done.returncode != 0:
        give_up(f"{Path(command[0]).name} failed")


def give_up(sentence: str) -> NoReturn:
    sys.exit(f"build: {sentence}")


if __name__ == "__main__":
    main()
