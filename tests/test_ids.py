"""Ids sort by when they were made, and change into UUIDs and back."""

import random
from uuid import UUID, uuid4

import pytest

from plexichat.ids import EPOCH_MS, LARGEST, Snowflakes, floor, from_uuid, to_uuid, unix_ms

NEW_YEAR_2026 = 1_767_225_600_000


def test_an_id_tells_when_it_was_made() -> None:
    id = Snowflakes().next(NEW_YEAR_2026)
    assert unix_ms(id) == NEW_YEAR_2026
    assert id == (NEW_YEAR_2026 - EPOCH_MS) << 22


def test_ids_rise_within_one_millisecond_and_beyond_its_4096() -> None:
    ids = Snowflakes()
    drawn = [ids.next(NEW_YEAR_2026) for _ in range(10_000)]
    assert drawn == sorted(set(drawn))
    assert {id >> 12 & 0x3FF for id in drawn} == {0}, "the bits of the place stay empty"
    assert unix_ms(drawn[4095]) == NEW_YEAR_2026
    assert unix_ms(drawn[4096]) == NEW_YEAR_2026 + 1
    assert unix_ms(drawn[-1]) == NEW_YEAR_2026 + 2


def test_ids_rise_when_the_clock_goes_back() -> None:
    ids = Snowflakes()
    before = ids.next(NEW_YEAR_2026)
    after = ids.next(NEW_YEAR_2026 - 3_600_000)
    assert after == before + 1
    assert ids.next(NEW_YEAR_2026 + 1) > after


def test_ids_go_on_above_the_last_one_of_the_run_before() -> None:
    assert Snowflakes(last=7 << 22).next(EPOCH_MS) == (7 << 22) + 1


def test_the_floor_is_the_lowest_id_of_its_millisecond() -> None:
    ids = Snowflakes()
    earlier = ids.next(NEW_YEAR_2026 - 1)
    first = ids.next(NEW_YEAR_2026)
    assert earlier < floor(NEW_YEAR_2026) <= first


@pytest.mark.parametrize(("unix", "id"), [(0, 0), (EPOCH_MS, 0), (1 << 60, LARGEST)])
def test_the_floor_stays_within_what_a_column_holds(unix: int, id: int) -> None:
    assert floor(unix) == id


def some_ids() -> list[int]:
    dice = random.Random(8)
    return [0, 1, 15, 16, 65_535, 65_536, LARGEST, *(dice.getrandbits(63) for _ in range(1000))]


def test_a_uuid_gives_back_the_id_that_it_was_made_of() -> None:
    for id in some_ids():
        uuid = to_uuid(id)
        assert (uuid.version, uuid.variant) == (8, "specified in RFC 4122")
        assert from_uuid(UUID(str(uuid))) == id


def test_uuids_sort_like_their_ids() -> None:
    ids = sorted(some_ids())
    assert [to_uuid(id) for id in ids] == sorted(map(to_uuid, ids))
    assert [str(to_uuid(id)) for id in ids] == sorted(str(to_uuid(id)) for id in ids)


def test_a_uuid_made_elsewhere_holds_no_id() -> None:
    ours = to_uuid(NEW_YEAR_2026).int
    assert from_uuid(uuid4()) is None
    for bit in range(128):
        changed = from_uuid(UUID(int=ours ^ 1 << bit))
        assert changed is None or to_uuid(changed).int == ours ^ 1 << bit
    assert from_uuid(UUID(int=ours | 1)) is None
    assert from_uuid(UUID(int=to_uuid(LARGEST).int | 1 << 127)) is None, "64 bits are one too many"
