"""What is told to nobody outside."""

from plexichat.api.events.words import word
from plexichat.api.shapes import Shapes
from plexichat.core.events import (
    AddressesBlocked,
    Attends,
    BlockChanged,
    FilesForgotten,
    Leftovers,
    PresenceEnded,
    PresenceKept,
    RulesChanged,
    SessionOpened,
    SessionsClosed,
    StandingChanged,
)


@word.register(AddressesBlocked)
@word.register(Attends)
@word.register(BlockChanged)
@word.register(FilesForgotten)
@word.register(Leftovers)
@word.register(PresenceEnded)
@word.register(PresenceKept)
@word.register(RulesChanged)
@word.register(SessionOpened)
@word.register(SessionsClosed)
@word.register(StandingChanged)
def _(event: object, shapes: Shapes) -> None:
    return None
