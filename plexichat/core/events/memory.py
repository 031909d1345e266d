"""What only the house hears of: what is kept in memory, and what is left to be done."""

from collections.abc import Mapping
from dataclasses import dataclass

from plexichat.core.events.event import Event
from plexichat.store.rules import Rules, Standing
from plexichat.store.servers import Server


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressesBlocked(Event):
    """Heard by nobody outside: these are all the addresses not answered, and until when (ms)."""

    until: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attends(Event):
    """Heard by nobody outside: somebody has begun to listen, and belongs to these servers."""

    user_id: int
    standings: tuple[Standing, ...]
    rules: tuple[Rules, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesChanged(Event):
    """Heard by nobody outside: a server's owner, roles, channels or overrides are now these.

    None: the server is gone.
    """

    server_id: int
    rules: Rules | None
    server: Server | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingChanged(Event):
    """Heard by nobody outside: somebody joined, changed, or left (None) a server.

    Who joins brings the rules along, for a server of which nobody was connected.
    """

    server_id: int
    user_id: int
    standing: Standing | None
    last_message_ids: Mapping[int, int | None]
    rules: Rules | None = None
    server: Server | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesForgotten(Event):
    """Heard by nobody outside: nothing names these files any more."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftovers(Event):
    """Heard by nobody outside: something is left to be cleared away, made, or told to people."""
