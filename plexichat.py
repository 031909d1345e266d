#!/usr/bin/env python3
"""Start Plexichat from its checkout with a Python that has what setup.cfg asks for.

That is `.venv` beside this file if it was finished from this very setup.cfg; else the Python
running now, if it meets every range; else a `.venv` made on the spot. Only the standard library
is at hand, and an old Python must get as far as the sentence about its age: hence the quotes.
"""

import configparser
import fcntl
import hashlib
import os
import re
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from subprocess import PIPE, STDOUT, Popen
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
SETUP = ROOT / "setup.cfg"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "stamp"
OLDEST = (3, 11)
STEPS = ("Collecting", "Installing")  # of pip's lines, those worth telling
COMPLAINT = r"ERROR:|\w*Error:"  # the first of these says more than what follows


def main() -> None:
    extra = "test" if sys.argv[1:2] == ["test"] else ""
    if not ready(extra):
        if sys.version_info >= OLDEST and not unmet(extra):
            return hand_over()
        set_up(extra)
    if os.path.realpath(sys.prefix) == os.path.realpath(str(VENV)):
        return hand_over()
    # Replaced, not accompanied: signals reach the server itself.
    os.execv(str(PYTHON), [str(PYTHON), str(ROOT / "plexichat.py"), *sys.argv[1:]])


def hand_over() -> None:
    """Run the command line with this checkout's package first, in children too."""
    others = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys([str(ROOT), *others]))
    sys.path.insert(0, str(ROOT))
    from plexichat.cli import main as command_line  # the package wins over this file

    command_line()


def ready(extra: str) -> bool:
    """Whether `.venv` was finished from setup.cfg as it is now, with `extra`."""
    stamp = finished()
    return stamp[:1] == [fingerprint()] and (not extra or extra in stamp)


def finished() -> "list[str]":
    """The stamp of `.venv`: hash of setup.cfg, extra. Empty if half made or its Python is gone."""
    if not (PYTHON.exists() and (VENV / "pyvenv.cfg").exists() and STAMP.exists()):
        return []
    python, *stamp = STAMP.read_text().split() or [""]
    return stamp if python == PYTHON.resolve().name else []


def fingerprint() -> str:
    return hashlib.sha256(SETUP.read_bytes()).hexdigest()


def unmet(extra: str) -> "list[str]":
    return [wanted.split()[0] for wanted in requirements(extra) if not met(wanted)]


def requirements(extra: str) -> "list[str]":
    setup = configparser.ConfigParser()
    setup.read(str(SETUP), encoding="utf-8")
    lines = setup["options"]["install_requires"].split("\n")
    if extra:
        lines += setup["options.extras_require"][extra].split("\n")
    return [line for line in lines if line]


def met(requirement: str) -> bool:
    """Whether this Python has a release within `name >=low,<high`; no pre-release is trusted."""
    from importlib import metadata  # younger than the oldest Python that may come by

    name, low, high = re.split(r" >=|,<", requirement)
    try:
        version = str(metadata.version(name))
    except metadata.PackageNotFoundError:
        return False
    plain = re.fullmatch(r"\d+(\.\d+)*", version) is not None
    return plain and numbers(low) <= numbers(version) < numbers(high)


def numbers(version: str) -> "list[int]":
    return [int(part) for part in version.split(".")]


def set_up(extra: str) -> None:
    """Make `.venv`, or bring it up to setup.cfg. The stamp comes last."""
    if sys.version_info < OLDEST:
        give_up(
            f"Python 3.11 or newer is needed and this is {sys.version.split()[0]}; "
            f"run it with a newer one: {again('python3.11')}"
        )
    with lock(extra) as held:
        if ready(extra):
            return
        tell(f"setting up {VENV}, on first use or after a change; this can take a minute.")
        if not finished():
            make(held)
        install(extra, held)
        STAMP.write_text(f"{PYTHON.resolve().name} {fingerprint()} {extra}\n")
        tell("set up.")


@contextmanager
def lock(extra: str) -> "Iterator[int]":
    """One at a time. Children inherit what is yielded, so that none works on without the lock."""
    try:
        held = os.open(f"{VENV}.lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        there = "~/plexichat-venv/bin/python"
        wanted = " ".join(map(shlex.quote, requirements(extra)))
        give_up(
            f"{ROOT} cannot be written ({error.strerror}) and this Python lacks "
            f"{', '.join(unmet(extra))}: make an environment elsewhere with "
            f"python3 -m venv ~/plexichat-venv && {there} -m pip install {wanted} && {again(there)}"
        )
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        tell("waiting for another plexichat.py, which is setting up .venv.")
        fcntl.flock(held, fcntl.LOCK_EX)
    try:
        yield held
    finally:
        os.close(held)


def make(held: int) -> None:
    missing = [module for module in ("venv", "ensurepip") if not find_spec(module)]
    if missing:
        give_up(
            f"this Python cannot make environments without its module {missing[0]}; install it "
            f"(Debian, Ubuntu: apt install python3.{sys.version_info.minor}-venv) "
            f"and run again: {again(sys.executable)}"
        )
    failure = call([sys.executable, "-m", "venv", "--clear", str(VENV)], held)
    if failure:
        give_up(f"{VENV} cannot be made ({failure}); mend that, run again: {again(sys.executable)}")


def install(extra: str, held: int) -> None:
    pip = [str(PYTHON), "-m", "pip", "--no-input", "--disable-pip-version-check"]
    failure = call([*pip, "install", "--editable", f".[{extra}]" if extra else "."], held)
    if failure:
        give_up(
            f"the dependencies cannot be installed ({failure}); when the package index is "
            f"within reach, run again: {again(sys.executable)}"
        )


def call(arguments: "list[str]", held: int) -> str:
    """Run a child, telling its steps. Returns what it complained of, nothing if it succeeded."""
    complaint = ""
    with Popen(
        arguments, cwd=ROOT, pass_fds=[held], stdout=PIPE, stderr=STDOUT, errors="replace"
    ) as child:
        for line in map(str.strip, child.stdout or ()):
            if line.startswith(STEPS):
                tell(line)
            if line and not re.match(COMPLAINT, complaint):
                complaint = line
    return complaint if child.returncode else ""


def again(python: str) -> str:
    return " ".join([python, *map(shlex.quote, sys.argv)])


def tell(sentence: str) -> None:
    print(f"plexichat: {sentence}", file=sys.stderr, flush=True)


def give_up(sentence: str) -> NoReturn:
    sys.exit(f"plexichat: {sentence}")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
