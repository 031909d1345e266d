"""Requests about people's files."""

from collections.abc import Mapping
from itertools import islice
from typing import Final

import msgspec

from plexichat.admin.words import Tell
from plexichat.app import House
from plexichat.core import media

FILES_AT_ONCE: Final = 500
UNTOUCHED_SECONDS: Final = 3600  # what is younger may be on its way to its row


class Share(msgspec.Struct, frozen=True):
    name: str
    files: int
    bytes: int


class MediaUsage(msgspec.Struct, frozen=True, tag="media usage told"):
    """The largest share first."""

    kinds: list[Share]
    people: list[Share]
    orphans: Share
    total: Share


class AskMediaUsage(msgspec.Struct, frozen=True, tag="media usage"):
    async def perform(self, house: House, tell: Tell) -> MediaUsage:
        shares, sizes = media.Shares(), house.shelf.files.sizes()
        while some := await house.shelf.run(lambda: dict(islice(sizes, FILES_AT_ONCE))):
            shares.add(some, await house.db.read(media.owned, list(some)))
        return MediaUsage(
            in_order(shares.kinds), in_order(shares.people),
            Share("orphans", *shares.orphans), Share("total", *shares.total),
        )  # fmt: skip


class MediaPruned(msgspec.Struct, frozen=True, tag="media pruned"):
    files: int
    bytes: int
    dry: bool


class PruneMedia(msgspec.Struct, frozen=True, tag="media prune"):
    dry: bool

    async def perform(self, house: House, tell: Tell) -> MediaPruned:
        found = await house.shelf.prune(house.db, UNTOUCHED_SECONDS, dry=self.dry)
        return MediaPruned(*found, self.dry)


def in_order(shares: Mapping[str, list[int]]) -> list[Share]:
    told = [Share(name, files, size) for name, (files, size) in shares.items()]
    return sorted(told, key=lambda share: (-share.bytes, share.name))


REQUESTS = (AskMediaUsage, PruneMedia)
ANSWERS = (MediaUsage, MediaPruned)
