"""Layout: the channels that a server begins with."""

from collections.abc import Sequence
from dataclasses import dataclass

from plexichat.core.channels import WRITTEN
from plexichat.store import channels as rows
from plexichat.store.db import Tx


@dataclass(frozen=True, slots=True)
class Planned:
    """A channel that a server begins with; only a category has others inside."""

    kind: str
    name: str
    position: int = 0
    inside: tuple["Planned", ...] = ()


GENERAL = (Planned("text", "general"),)


def make(
    tx: Tx, server_id: int, plan: Sequence[Planned], category_id: int | None = None
) -> list[int]:
    """Make channels as planned; return those in which one writes."""
    written = []
    for each in plan:
        channel_id = rows.insert_in_server(
            tx, server_id, each.kind, name=each.name, position=each.position,
            category_id=category_id,
        )  # fmt: skip
        if each.kind in WRITTEN:
            written.append(channel_id)
        written += make(tx, server_id, each.inside, channel_id)
    return written
