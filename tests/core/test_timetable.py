"""When a backup is due."""

import datetime as dt

import pytest

from plexichat.core.backups.timetable import due


def moment(text: str) -> float:
    return dt.datetime.fromisoformat(text).timestamp()


@pytest.mark.parametrize(
    ("schedule", "last", "now", "expected"),
    [
        ("daily 03:30", None, "2026-03-04 12:00", "2026-03-05 03:30"),
        ("daily 03:30", None, "2026-03-04 03:29", "2026-03-04 03:30"),
        ("daily 03:30", "2026-03-04 03:30", "2026-03-04 03:31", "2026-03-05 03:30"),
        ("daily 03:30", "2026-03-04 12:00", "2026-03-04 13:00", "2026-03-05 03:30"),
        ("daily 03:30", "2026-03-01 03:30", "2026-03-04 12:00", "2026-03-02 03:30"),
        ("daily 00:00", "2026-12-31 00:00", "2026-12-31 12:00", "2027-01-01 00:00"),
        ("weekly sun 04:00", None, "2026-03-04 12:00", "2026-03-08 04:00"),
        ("weekly sun 04:00", "2026-03-08 04:00", "2026-03-08 05:00", "2026-03-15 04:00"),
        ("weekly wed 04:00", "2026-03-04 03:00", "2026-03-04 03:30", "2026-03-04 04:00"),
        ("every 6h", None, "2026-03-04 12:00", "2026-03-04 12:00"),
        ("every 6h", "2026-03-04 11:00", "2026-03-04 12:00", "2026-03-04 17:00"),
        ("every 90m", "2026-03-04 11:00", "2026-03-04 12:00", "2026-03-04 12:30"),
        ("every 2d", "2026-03-04 11:00", "2026-03-04 12:00", "2026-03-06 11:00"),
    ],
)
def test_a_backup_is_due_at_its_time_or_at_once_if_that_was_missed(
    schedule: str, last: str | None, now: str, expected: str
) -> None:
    found = due(schedule, None if last is None else moment(last), moment(now))
    assert dt.datetime.fromtimestamp(found) == dt.datetime.fromisoformat(expected)


def test_a_backup_from_the_future_holds_up_none() -> None:
    """The clock was wrong once."""
    now = moment("2026-03-04 12:00")
    assert due("every 6h", moment("2036-01-01 00:00"), now) == now + 6 * 3600
    assert due("daily 03:30", moment("2036-01-01 00:00"), now) == moment("2026-03-05 03:30")
