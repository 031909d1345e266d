"""What is measured. Each scenario drives a server of its own and returns the fields of its line.

`cpu_us` is the server's CPU for one operation (for one delivery in a fan-out), `floor_us` what the
same machine charges in the same run for the least that this operation cannot do without.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import cycle, islice

from bench import measure
from bench.client import Connection, request
from bench.floors import CALLERS, SOCKETS, Floors
from bench.measure import Figures, Operation
from bench.process import Child
from bench.sockets import Tally, connect
from bench.world import API, VISITORS, Person, Talk, World, login, sentence

PAGE = 50
SHORT, LONG, FULL = 1_000, 20_000, 1_000_000
CONVERSATIONS, EACH = 200, 10_000
RARE, COMMON = "marzipan", "lunch"
FIRST, LAST = "from", "to"  # the words that each message begins and ends with
VARIETY = 500
SETTLE_SECONDS = 1.0

Fields = dict[str, float]


@dataclass(frozen=True)
class Bench:
    """What every scenario is given."""

    world: World
    floors: Floors
    rounds: int
    seconds: float

    async def figures(self, child: Child, workers: Sequence[Operation]) -> Figures:
        return await measure.figures(child, workers, self.rounds, self.seconds)


async def me(bench: Bench) -> Fields:
    """16 people ask for themselves."""
    async with bench.world.server() as (child, _):
        with asking(child, [[mine(person)] for person in bench.world.writers]) as workers:
            size = await workers[0]()
            found = await bench.figures(child, workers)
        return fields(child, found, await bench.floors.answer(size))


async def send(bench: Bench, stored: int = 0) -> Fields:
    """16 people write in 8 DMs, where `stored` messages lie already."""
    talks = bench.world.talks
    async with bench.world.server(talks, stored) as (child, _):
        requests = [written(talk, person) for talk in talks for person in talk.people]
        with asking(child, requests) as workers:
            size = await workers[0]()
            found = await bench.figures(child, workers)
        floor = await bench.floors.answer(size) + await bench.floors.insert()
        return fields(child, found, floor)


async def history(bench: Bench) -> Fields:
    """The newest 50 of 1,000 messages."""
    talk = bench.world.talks[0]
    async with bench.world.server([talk], SHORT) as (child, _):
        return await read(bench, child, [[page(talk, person)] for person in talk.people])


async def history_before(bench: Bench) -> Fields:
    """50 messages from a random place among 20,000."""
    talk = bench.world.talks[0]
    async with bench.world.server([talk], LONG) as (child, ids):
        chosen = random.Random(1).sample(ids[PAGE:], VARIETY)
        asked = [[page(talk, person, id) for id in chosen] for person in talk.people]
        return await read(bench, child, asked)


async def read(bench: Bench, child: Child, asked: list[list[bytes]]) -> Fields:
    with asking(child, asked * (CALLERS // len(asked))) as workers:
        size = await workers[0]()
        found = await bench.figures(child, workers)
    return fields(child, found, await bench.floors.answer(size))


async def unread(bench: Bench) -> Fields:
    """What waits for somebody with 200 conversations of 10,000 messages: asked for, and in READY.

    `ready_cpu_us` bears the handshake of the socket too, and its end.
    """
    person = bench.world.writers[0]
    stored = CONVERSATIONS * EACH
    async with bench.world.server(count=stored, friends=CONVERSATIONS) as (child, _):
        asked = request("GET", f"{API}/users/@me/unread", person.token)
        with asking(child, [[asked]]) as (ask,):
            size = await ask()
            found = await bench.figures(child, [ask])
        tally = Tally(b"")

        async def visit() -> None:
            (socket,) = await connect(child.address, [person.token], tally)
            socket.close()

        opened = await bench.figures(child, [visit])
        return fields(child, found, await bench.floors.answer(size)) | {
            "ready_cpu_us": opened.cpu_us,
            "ready_p99_ms": opened.p99_ms,
        }


async def search(bench: Bench) -> Fields:
    """Among 1,000,000 messages of one channel, a word that is in one, and one that is in each.

    And two that are in each, as the phrase that is in none: nothing is harder to rule out.
    """
    talk = bench.world.talks[0]
    asked = [
        request("GET", f"{talk.path}/search?content={words}", talk.people[0].token)
        for words in (RARE, f"{FIRST}-{LAST}", COMMON)
    ]
    async with bench.world.server([talk], FULL, spiced) as (child, _):
        with asking(child, [[one] for one in asked]) as (seldom, never, often):
            size = await often()
            rare = await bench.figures(child, [seldom])
            apart = await bench.figures(child, [never])
            found = await bench.figures(child, [often])
        return fields(child, found, await bench.floors.answer(size)) | {
            "rare_cpu_us": rare.cpu_us,
            "rare_p99_ms": rare.p99_ms,
            "apart_cpu_us": apart.cpu_us,
            "apart_p99_ms": apart.p99_ms,
        }


def spiced(number: int) -> str:
    """A message with the common words; in the middle of them all, the rare one."""
    rest = RARE if number == FULL // 2 else sentence(number)
    return f"{FIRST} {COMMON} {rest} {LAST}"


async def log_in(bench: Bench) -> Fields:
    """Four people log in, again and again."""
    async with bench.world.server() as (child, _):
        with asking(child, [[login(name)] for name in VISITORS]) as workers:
            size = await workers[0]()
            found = await bench.figures(child, workers)
        floor = await bench.floors.answer(size) + await bench.floors.hash()
        return fields(child, found, floor)


async def me_during_login(bench: Bench) -> Fields:
    """What four people who log in leave of the rate of `me`: its floor is that rate alone."""
    alone, beside = [], []
    async with bench.world.server() as (child, _):
        with asking(child, [[mine(person)] for person in bench.world.writers]) as workers:
            for _ in range(bench.rounds + 1):
                alone.append(await measure.load(child, workers, bench.seconds))
                async with logging_in(child):
                    beside.append(await measure.load(child, workers, bench.seconds))
        undisturbed, found = measure.summary(alone[1:]), measure.summary(beside[1:])
        return {
            "per_second": found.per_second,
            "p50_ms": found.p50_ms,
            "p99_ms": found.p99_ms,
            "rss_mb": child.rss_kb() / 1024,
            "floor_per_second": undisturbed.per_second,
            "times_floor": found.per_second / undisturbed.per_second,
        }


@asynccontextmanager
async def logging_in(child: Child) -> AsyncIterator[None]:
    """Four people log in without a pause as long as this lasts."""
    over = asyncio.Event()

    async def repeat(visit: Operation) -> None:
        while not over.is_set():
            await visit()

    with asking(child, [[login(name)] for name in VISITORS]) as visits:
        async with asyncio.TaskGroup() as group:
            for visit in visits:
                group.create_task(repeat(visit))
            await asyncio.sleep(SETTLE_SECONDS)
            yield
            over.set()


async def fanout(bench: Bench, listeners: int) -> Fields:
    """One message after the other to a DM that so many sockets of its two people listen to.

    The times are from sending to the last delivery. `cpu_us` bears the sender's request too.
    """
    talk = bench.world.talks[0]
    tally = Tally(b'"MESSAGE_CREATE"')
    async with bench.world.server() as (child, _):
        with asking(child, [written(talk, talk.people[0])]) as (say,):
            await say()
            unheard = await bench.figures(child, [say])
            tokens = islice(cycle(person.token for person in talk.people), listeners)
            sockets = await connect(child.address, tokens, tally)

            told = await delivered(bench, child, say, listeners, tally, unheard)
            for socket in sockets:
                socket.close()
        return told


async def delivered(
    bench: Bench, child: Child, say: Operation, listeners: int, tally: Tally, unheard: Figures
) -> Fields:
    """What saying something costs for each of so many who hear it, by what it costs unheard."""

    async def tell() -> None:
        tally.expect(listeners)
        await say()
        await tally.heard_by_all()

    told = await bench.figures(child, [tell])
    found = replace(told, per_second=told.per_second * listeners, cpu_us=told.cpu_us / listeners)
    floor = await bench.floors.write(listeners, tally.frame_bytes)
    return fields(child, found, floor) | {
        "request_unheard_us": unheard.cpu_us,
        "beyond_request_us": (told.cpu_us - unheard.cpu_us) / listeners,
    }


async def idle_sockets(bench: Bench) -> Fields:
    """1,000 identified sockets of 16 people who say nothing: what opening and having one costs."""
    people = bench.world.writers
    tally = Tally(b"")
    async with bench.world.server() as (child, _):
        with asking(child, [[mine(people[0])]]) as (ask,):
            await ask()
        sockets = await connect(child.address, [people[0].token], tally)
        await asyncio.sleep(SETTLE_SECONDS)
        idle, cpu, started = child.rss_kb(), child.cpu_seconds(), time.perf_counter()
        tokens = islice(cycle(person.token for person in people), SOCKETS)
        sockets += await connect(child.address, tokens, tally)
        seconds, cpu_seconds = time.perf_counter() - started, child.cpu_seconds() - cpu
        await asyncio.sleep(SETTLE_SECONDS)
        each = (child.rss_kb() - idle) / SOCKETS
        floor = await bench.floors.socket()
        for socket in sockets:
            socket.close()
    return {
        "per_second": SOCKETS / seconds,
        "cpu_us": cpu_seconds / SOCKETS * 1e6,
        "idle_rss_mb": idle / 1024,
        "kb_per_socket": each,
        "floor_kb": floor,
        "times_floor": each / floor,
    }


def mine(person: Person) -> bytes:
    return request("GET", f"{API}/users/@me", person.token)


def page(talk: Talk, person: Person, before: int | None = None) -> bytes:
    place = "" if before is None else f"&before={before}"
    return request("GET", f"{talk.path}?limit={PAGE}{place}", person.token)


def written(talk: Talk, person: Person) -> list[bytes]:
    return [
        request("POST", talk.path, person.token, {"content": sentence(number)})
        for number in range(VARIETY)
    ]


@contextmanager
def asking(
    child: Child, requests: Sequence[Sequence[bytes]]
) -> Iterator[list[Callable[[], Awaitable[int]]]]:
    """A connection for each row of requests: a call sends the next one, returns the size it got."""
    connections = [Connection(child.address) for _ in requests]

    async def ask(connection: Connection, upcoming: Iterator[bytes]) -> int:
        return len(await connection.expect(next(upcoming)))

    try:
        yield [
            partial(ask, connection, cycle(row))
            for connection, row in zip(connections, requests, strict=True)
        ]
    finally:
        for connection in connections:
            connection.close()


def fields(child: Child, found: Figures, floor_us: float) -> Fields:
    return asdict(found) | {
        "rss_mb": child.rss_kb() / 1024,
        "floor_us": floor_us,
        "times_floor": found.cpu_us / floor_us,
    }
