"""Asking the house for something: the server that runs does it, or else it is done here."""

from typing import TYPE_CHECKING, TypeVar

from plexichat.cli.options import Sources
from plexichat.cli.output import progress

if TYPE_CHECKING:
    from plexichat.admin.words import Request

T = TypeVar("T")


def do(sources: Sources, request: "Request[T]") -> T:
    """Have it done in the house that is there; none is made for it."""
    config = sources.of_a_house()
    from plexichat.admin.door import ask

    with progress() as tell:
        return ask(config, request, tell)
