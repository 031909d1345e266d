"""What the folder of uploads holds: for whom, for what, and for nobody."""

from collections import defaultdict
from collections.abc import Mapping

from plexichat.store import media as rows
from plexichat.store.db import Snapshot
from plexichat.store.media import Owned

__all__ = ["Owned", "Shares", "owned"]

NOBODY = "nobody any more"


def owned(snap: Snapshot, names: list[str]) -> list[Owned]:
    """Those of these files that somebody needs."""
    return rows.owned(snap, names)


class Shares:
    """Files and bytes, by kind and by person; what is not owned is an orphan."""

    def __init__(self) -> None:
        self.kinds: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        self.people: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        self.orphans = [0, 0]
        self.total = [0, 0]

    def add(self, sizes: Mapping[str, int], found: list[Owned]) -> None:
        """Count files, given who owns which."""
        known = {each.name: each for each in found}
        for name, size in sizes.items():
            each = known.get(name)
            counted = [self.total]
            if each is None:
                counted.append(self.orphans)
            else:
                counted += [self.kinds[each.kind], self.people[each.username or NOBODY]]
            for count in counted:
                count[0] += 1
                count[1] += size
