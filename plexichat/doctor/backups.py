"""Whether there is something to go back to, how old it is, and whether it is whole."""

import time
from collections.abc import Iterator
from typing import Final

from plexichat.core.backups import kept, timetable
from plexichat.doctor.findings import GOOD, WRONG, Finding, Patient
from plexichat.store.db import NAME

OLD_DAYS: Final = 8  # where nothing is said of how often, a weekly one may be late
LATE_SECONDS: Final = 3600
DAY_SECONDS: Final = 86_400


def backups(patient: Patient, now: float | None = None) -> Iterator[Finding]:
    now = time.time() if now is None else now
    if not (patient.directory / NAME).exists():
        return
    folder, schedule = kept.folder(patient.config), patient.config.backup.schedule
    if not folder.is_dir() and patient.config.backup.directory:
        yield Finding("backups", WRONG, f"{folder} is not there", f"mkdir -m 700 -p {folder}")
        return
    mend = patient.verb("backup create")
    stock = kept.stock(folder)
    if not stock:
        yield Finding("backups", WRONG, f"there is no backup in {folder}", mend)
        return
    newest = stock[0]
    if newest.head is None or newest.fault:
        yield Finding("backups", WRONG, f"{newest.path} is damaged: {newest.fault}", mend)
        return
    made = newest.made_at / 1000
    days = max(now - made, 0) / DAY_SECONDS
    told = f"the newest backup, {newest.path}, is {days:.0f} days old"
    if schedule and timetable.due(schedule, made, now) < now - LATE_SECONDS:
        yield Finding("backups", WRONG, f'{told}, and wanted "{schedule}"', patient.verb("logs"))
    elif not schedule and days > OLD_DAYS:
        daily = patient.verb("config set backup.schedule 'daily 03:30'")
        yield Finding("backups", WRONG, told, f"{mend} && {daily}")
    else:
        yield Finding("backups", GOOD, told)
