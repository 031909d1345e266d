"""Version labels like `a.1.0-49`: stage, major, minor, build, ordered in that order."""

import re
from typing import NamedTuple

from plexichat import __version__
from plexichat.core.errors import Invalid

STAGES = "abcr"
LABEL = re.compile(r"([abcr])\.([0-9]{1,9})\.([0-9]{1,9})-([0-9]{1,9})")


class Version(NamedTuple):
    """Compares as the stages alpha, beta, candidate, release do, then by number."""

    stage: int
    major: int
    minor: int
    build: int

    def __str__(self) -> str:
        return f"{STAGES[self.stage]}.{self.major}.{self.minor}-{self.build}"


def parse(label: str) -> Version:
    found = LABEL.fullmatch(label)
    if found is None or found[2].strip("0") == "" or found[4].strip("0") == "":
        code = {"code": "INVALID_VERSION_FORMAT"}
        raise Invalid("invalid_version", "Invalid version format", code)
    return Version(STAGES.index(found[1]), int(found[2]), int(found[3]), int(found[4]))


SERVER = parse(__version__)
