"""What every event is: something that happened, and who is entitled to hear of it."""

from dataclasses import dataclass

from plexichat.core.listeners import Audience


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    audience: Audience
