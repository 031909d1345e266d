"""Every request that the door knows and every answer, gathered from the modules of the subjects."""

from functools import reduce
from operator import or_
from typing import Any, Final

from plexichat.admin import (
    backups,
    database,
    exports,
    invites,
    media,
    people,
    retention,
    running,
    servers,
    sessions,
    users,
    webhooks,
)
from plexichat.admin.words import Done, Progress, Refused

SUBJECTS: Final = (
    backups,
    database,
    exports,
    invites,
    media,
    people,
    retention,
    running,
    servers,
    sessions,
    users,
    webhooks,
)

# A type that msgspec tells apart by its tags; what is put together at run time is Any to mypy.
REQUESTS: Final[Any] = reduce(or_, (one for subject in SUBJECTS for one in subject.REQUESTS))
ANSWERS: Final[Any] = reduce(
    or_, (one for subject in SUBJECTS for one in subject.ANSWERS), Done | Progress | Refused
)
