"""When the next backup is due: "daily 03:30", "weekly sun 03:30", or "every 6h" after the last.

Times of day are local. One that was missed, since nobody served then, is due at once.
"""

import datetime as dt
from typing import Final

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SECONDS: Final = {"m": 60, "h": 3600, "d": 86_400}


def due(schedule: str, last: float | None, now: float) -> float:
    """The Unix time at which the next backup is due, by that of the last one if there is any.

    `schedule` is one that the configuration lets in, and not empty.
    """
    kind, *words = schedule.split()
    if kind == "every":
        step = int(words[0][:-1]) * SECONDS[words[0][-1]]
        return now if last is None else min(last, now) + step
    moment = dt.datetime.fromtimestamp(now if last is None else min(last, now))
    at = dt.time.fromisoformat(words[-1])
    day = moment.date()
    while True:
        next_one = dt.datetime.combine(day, at)
        if next_one > moment and (kind == "daily" or DAYS[day.weekday()] == words[0]):
            return next_one.timestamp()
        day += dt.timedelta(days=1)
