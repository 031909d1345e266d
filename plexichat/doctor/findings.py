"""What the doctor finds."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from msgspec import Struct

from plexichat.config import Config

GOOD: Final = "good"
ADVICE: Final = "advice"  # could be better
WRONG: Final = "wrong"  # is to be mended


class Finding(Struct, frozen=True):
    """What was looked at, how it is, and, unless that is good, the command that mends it."""

    about: str
    state: Literal["good", "advice", "wrong"]
    text: str
    mend: str | None = None


@dataclass(frozen=True, slots=True)
class Patient:
    """The server as its configuration has it; `program` is what to type for a verb."""

    config: Config
    config_path: Path | None
    program: str

    @property
    def directory(self) -> Path:
        return Path(self.config.storage.directory).absolute()

    def verb(self, words: str) -> str:
        """A verb as it is typed for this server."""
        given = f" --config {self.config_path}" if self.config_path else ""
        return f"{self.program}{given} {words}"


Check = Callable[[Patient], Iterable[Finding]]


def examined(patient: Patient, checks: Iterable[Check]) -> Iterator[Finding]:
    for check in checks:
        yield from check(patient)
