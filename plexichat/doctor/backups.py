"""Whether there is something to go back to, and how old it is."""

import time
from collections.abc import Iterator
from typing import Final

from plexichat.doctor.findings import GOOD, WRONG, Finding, Patient
from plexichat.store.db import BACKUPS, NAME

OLD_DAYS: Final = 8  # a weekly one may be late
DAY_SECONDS: Final = 86_400


def backups(patient: Patient) -> Iterator[Finding]:
    if not (patient.directory / NAME).exists():
        return
    folder = patient.directory / BACKUPS
    mend = patient.verb("backup create")
    made = [path.stat().st_mtime for path in folder.glob("plexichat-*.tar")]
    if not made:
        yield Finding("backups", WRONG, f"there is no backup in {folder}", mend)
        return
    days = (time.time() - max(made)) / DAY_SECONDS
    told = f"the newest backup in {folder} is {days:.0f} days old"
    if days > OLD_DAYS:
        yield Finding("backups", WRONG, told, mend)
    else:
        yield Finding("backups", GOOD, told)
