"""Transactions: who shares one, who is harmed by whom, and who hears of it when."""

import asyncio
import contextlib
import gc
import logging
import threading
import time
import weakref
from pathlib import Path

import pytest

from plexichat.store.db import WAITING_CALLS, Database, Snapshot, Tx
from plexichat.store.errors import Busy, StoreError
from tests.store.notes import (
    Heard,
    Refused,
    Written,
    authors,
    begin,
    commits,
    held,
    write,
    write_and_refuse,
)


async def test_what_was_written_is_there(db: Database) -> None:
    await db.write(write, "ann")
    assert await db.read(authors) == ["ann"]


async def test_everybody_who_waits_shares_one_commit(db: Database, heard: Heard) -> None:
    before = await db.read(commits)
    async with held(db):
        waiting = [asyncio.create_task(db.write(write, f"ann {n}")) for n in range(100)]
        await asyncio.sleep(0)
    ids = await asyncio.gather(*waiting)
    assert await db.read(commits) - before <= 5, "a few, should the machine be slow; never 100"
    assert ids == sorted(ids)
    assert await db.read(authors) == heard.authors() == [f"ann {n}" for n in range(100)]


async def test_a_call_that_fails_undoes_itself_alone(db: Database, heard: Heard) -> None:
    async with held(db):
        ann = asyncio.create_task(db.write(write, "ann"))
        bob = asyncio.create_task(db.write(write_and_refuse, "bob"))
        cem = asyncio.create_task(db.write(write, "cem"))
        await asyncio.sleep(0)
    results = await asyncio.gather(ann, bob, cem, return_exceptions=True)
    assert isinstance(results[1], Refused)
    assert await db.read(authors) == ["ann", "cem"]
    assert heard.events == [Written(results[0], "ann"), Written(results[2], "cem")]  # type: ignore[arg-type]


async def test_a_call_that_fails_alone_leaves_nothing(db: Database, heard: Heard) -> None:
    before = await db.read(commits)
    with pytest.raises(Refused):
        await db.write(write_and_refuse, "ann")
    assert (await db.read(authors), heard.events) == ([], [])
    assert await db.read(commits) == before
    await db.write(write, "bob")
    assert await db.read(authors) == ["bob"]


async def test_events_are_told_in_commit_order_before_their_caller_resumes(
    data: Path,
) -> None:
    story: list[str] = []

    async def tell(name: str) -> None:
        await db.write(write, name)
        story.append(f"{name} resumes")

    def publish(event: object, commit: int) -> None:
        assert isinstance(event, Written)
        story.append(event.author)

    db = await Database.open(data, publish)
    await db.write(begin)
    names = [f"ann {n}" for n in range(50)]
    await asyncio.gather(*map(tell, names))
    await db.close()
    assert [line for line in story if "resumes" not in line] == names
    for name in names:
        assert story.index(name) < story.index(f"{name} resumes")


async def test_events_carry_the_number_of_their_commit(db: Database, heard: Heard) -> None:
    for name in ("ann", "bob", "cem"):
        await db.write(write, name)
    last = await db.read(commits)
    assert heard.commits == [last - 2, last - 1, last]


async def test_a_snapshot_that_holds_an_event_has_its_commit_number(
    db: Database, heard: Heard
) -> None:
    """What the gateway's READY relies on, with reads and writes going on at once."""

    def look(snap: Snapshot) -> tuple[set[int], int]:
        return {row[0] for row in snap.execute("SELECT id FROM note")}, snap.commit

    writing = [asyncio.create_task(db.write(write, "ann")) for _ in range(300)]
    seen = [await db.read(look) for _ in range(100)]
    await asyncio.gather(*writing)
    for ids, commit in seen:
        for event, number in zip(heard.events, heard.commits, strict=True):
            assert (event.id in ids) == (number <= commit)


async def test_a_listener_that_fails_stops_nobody(
    data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def publish(event: object, commit: int) -> None:
        raise Refused("I do not listen")

    db = await Database.open(data, publish)
    await db.write(begin)
    await db.write(write, "ann")
    assert await db.read(authors) == ["ann"]
    await db.close()
    assert "Written was not published" in caplog.text
    assert "I do not listen" in caplog.text


async def test_a_cancelled_caller_loses_nothing_and_harms_nobody(
    db: Database, heard: Heard
) -> None:
    async with held(db):
        ann = asyncio.create_task(db.write(write, "ann"))
        bob = asyncio.create_task(db.write(write, "bob"))
        cem = asyncio.create_task(db.write(write, "cem"))
        await asyncio.sleep(0)
        bob.cancel()
        with pytest.raises(asyncio.CancelledError):
            await bob
    await asyncio.gather(ann, cem)
    assert await db.read(authors) == heard.authors() == ["ann", "bob", "cem"]


async def test_a_caller_cancelled_while_its_call_runs_still_commits(
    db: Database, heard: Heard
) -> None:
    begun, end = threading.Event(), threading.Event()

    def slowly(tx: Tx) -> None:
        begun.set()
        end.wait()
        write(tx, "ann")

    ann = asyncio.create_task(db.write(slowly))
    await asyncio.to_thread(begun.wait)
    ann.cancel()
    with pytest.raises(asyncio.CancelledError):
        await ann
    end.set()
    await db.write(write, "bob")
    assert await db.read(authors) == heard.authors() == ["ann", "bob"]


async def test_a_read_sees_one_state_from_beginning_to_end(db: Database) -> None:
    looked, written = threading.Event(), threading.Event()

    def look_twice(snap: Snapshot) -> tuple[list[str], list[str], int, int]:
        first = authors(snap)
        looked.set()
        written.wait()
        return first, authors(snap), snap.commit, commits(snap)

    await db.write(write, "ann")
    reading = asyncio.create_task(db.read(look_twice))
    await asyncio.to_thread(looked.wait)
    await db.write(write, "bob")
    written.set()
    first, second, commit, read = await reading
    assert first == second == ["ann"]
    assert commit == read
    assert await db.read(authors) == ["ann", "bob"]


async def test_a_read_that_fails_pins_no_old_state(db: Database) -> None:
    """Its exception still holds the frames in which a cursor stood half read."""
    for name in ("ann", "bob"):
        await db.write(write, name)

    def stop_half_way(snap: Snapshot) -> None:
        rows = snap.execute("SELECT author FROM note")
        raise Refused(next(rows)[0])

    def hide_it(snap: Snapshot) -> None:
        try:
            stop_half_way(snap)
        except Refused as error:
            raise StoreError from error

    held_on_to = []
    for call in (stop_half_way, hide_it) * 4:
        with pytest.raises((Refused, StoreError)) as caught:
            await db.read(call)
        held_on_to.append(caught.value)
    await db.write(write, "cem")
    for _ in range(8):
        assert await db.read(authors) == ["ann", "bob", "cem"]


async def test_a_refusal_is_let_go_without_the_garbage_collector(db: Database) -> None:
    refusals: list[weakref.ref[Refused]] = []

    def refuse(snap: Snapshot) -> None:
        refusal = Refused("ann")
        refusals.append(weakref.ref(refusal))
        raise refusal

    gc.disable()
    try:
        for ask in (db.read(refuse), db.write(refuse)):
            with contextlib.suppress(Refused):
                await ask
            await asyncio.sleep(0)
        assert [refusal() for refusal in refusals] == [None, None]
    finally:
        gc.enable()


async def test_a_read_cannot_write(db: Database) -> None:
    def scribble(snap: Snapshot) -> None:
        snap.execute("INSERT INTO note (id, author) VALUES (1, 'ann')")

    with pytest.raises(StoreError, match="readonly"):
        await db.read(scribble)
    assert await db.read(authors) == []


async def test_two_reads_run_beside_each_other_and_a_write(db: Database) -> None:
    meeting = threading.Barrier(3)

    def meet(snap: Snapshot) -> int:
        return meeting.wait()

    met = await asyncio.gather(db.read(meet), db.read(meet), db.write(meet))
    assert sorted(met) == [0, 1, 2]


async def test_ids_rise_across_restarts_and_when_the_clock_goes_back(
    data: Path, heard: Heard
) -> None:
    """The clock is set forward for the first run, as it was for somebody with a flat battery."""

    def years_ahead(tx: Tx) -> int:
        tx.now += 10 * 365 * 86_400_000
        return write(tx, "ann")

    ids: list[int] = []
    for call in (years_ahead, lambda tx: write(tx, "bob"), lambda tx: write(tx, "cem")):
        db = await Database.open(data, heard)
        if not ids:
            await db.write(begin)
        ids += [await db.write(call), await db.write(call)]
        await db.close()
    assert ids == sorted(set(ids))


async def test_an_id_that_was_only_given_away_is_never_given_again(
    data: Path, heard: Heard
) -> None:
    db = await Database.open(data, heard)
    given = await db.write(lambda tx: tx.id())
    await db.close()
    db = await Database.open(data, heard)
    last = await db.read(lambda snap: snap.execute("SELECT last_id FROM house").fetchone()[0])
    await db.close()
    assert last == given


async def test_a_call_that_changes_nothing_makes_no_commit(db: Database) -> None:
    before = await db.read(commits)
    assert await db.write(authors) == []
    assert await db.read(commits) == before


async def test_a_call_may_tell_without_changing_anything(db: Database, heard: Heard) -> None:
    await db.write(lambda tx: tx.emit(Written(1, "ann")))
    assert heard.commits == [await db.read(commits)]


async def test_a_call_that_commits_by_itself_is_refused(db: Database, heard: Heard) -> None:
    def commit(tx: Tx) -> None:
        write(tx, "ann")
        tx.execute("COMMIT")

    with pytest.raises(StoreError, match="ended the transaction"):
        await db.write(commit)
    assert heard.events == []
    await db.write(write, "bob")
    assert heard.authors() == ["bob"]


async def test_a_full_queue_refuses_the_next(db: Database) -> None:
    async with held(db):
        waiting = [asyncio.create_task(db.write(write, "ann")) for _ in range(WAITING_CALLS)]
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await db.write(write, "bob")
    await asyncio.gather(*waiting)
    assert await db.read(authors) == ["ann"] * WAITING_CALLS


async def test_two_databases_do_not_mix(tmp_path: Path, db: Database, heard: Heard) -> None:
    other = await Database.open(tmp_path / "other", heard)
    await other.write(begin)
    await asyncio.gather(
        *(database.write(write, name) for database, name in [(db, "ann"), (other, "bob")] * 20)
    )
    assert await db.read(authors) == ["ann"] * 20
    assert await other.read(authors) == ["bob"] * 20
    await other.close()


async def test_a_call_that_raises_stop_iteration_is_heard(db: Database) -> None:
    with pytest.raises(RuntimeError, match="StopIteration"):
        await db.write(lambda tx: next(iter(())))
    with pytest.raises(RuntimeError, match="StopIteration"):
        await db.read(lambda snap: next(iter(())))


async def test_a_slow_call_is_logged_by_name(
    db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    def dawdle(snap: Snapshot) -> None:
        time.sleep(0.06)

    with caplog.at_level(logging.WARNING):
        await db.read(dawdle)
        await db.read(authors)
    assert [record.message.split(" took ")[0].rpartition(".")[2] for record in caplog.records] == [
        "dawdle"
    ]


async def test_closing_waits_for_what_was_asked_for(db: Database, heard: Heard) -> None:
    asked = [asyncio.create_task(db.write(write, "ann")) for _ in range(50)]
    read = asyncio.create_task(db.read(authors))
    await asyncio.sleep(0)
    await db.close()
    await asyncio.gather(*asked, read)
    assert heard.authors() == ["ann"] * 50


async def test_the_database_is_as_safe_as_promised(db: Database) -> None:
    def look(tx: Tx) -> dict[str, object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "wal_autocheckpoint")
        return {name: tx.execute(f"PRAGMA {name}").fetchone()[0] for name in names}

    assert await db.write(look) == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "wal_autocheckpoint": 0,
    }
