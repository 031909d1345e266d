"""What an admin lets everybody know about the server's state; a restart takes it back."""

from dataclasses import dataclass
from typing import Final, Literal

State = Literal["running", "maintenance", "restarting"]


@dataclass(frozen=True, slots=True)
class Notice:
    state: State
    message: str | None = None
    downtime_seconds: int | None = None
    restart_at: int | None = None  # in milliseconds


RUNNING: Final = Notice("running")
