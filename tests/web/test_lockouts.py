"""How often one may try to get in as an admin, by a clock that the test winds."""

from plexichat.web.lockouts import Lockouts

HERE, THERE = "192.168.0.7", "192.168.0.8"


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_the_sixth_attempt_in_five_minutes_locks_for_a_quarter_of_an_hour() -> None:
    clock = Clock()
    lockouts = Lockouts(clock)
    for _ in range(5):
        assert lockouts.attempt(HERE) == 0
        clock.now += 59
    assert lockouts.attempt(HERE) == 900
    assert lockouts.attempt(THERE) == 0
    clock.now += 899
    assert lockouts.attempt(HERE) == 1
    clock.now += 1
    assert lockouts.attempt(HERE) == 0


def test_attempts_are_forgotten_after_five_minutes() -> None:
    clock = Clock()
    lockouts = Lockouts(clock)
    for _ in range(20):
        assert lockouts.attempt(HERE) == 0
        clock.now += 61


def test_whoever_gets_in_begins_anew() -> None:
    lockouts = Lockouts(Clock())
    for _ in range(3):
        for _ in range(5):
            assert lockouts.attempt(HERE) == 0
        lockouts.forgive(HERE)


def test_sweeping_forgets_only_what_is_over() -> None:
    clock = Clock()
    lockouts = Lockouts(clock)
    for _ in range(6):
        lockouts.attempt(HERE)
    for _ in range(5):
        lockouts.attempt(THERE)
    clock.now += 299
    lockouts.sweep()
    assert lockouts.attempt(HERE) == 601
    assert lockouts.attempt(THERE) == 900
    clock.now += 901
    lockouts.sweep()
    assert (lockouts.attempt(HERE), lockouts.attempt(THERE)) == (0, 0)
