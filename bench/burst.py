"""What a Wryft client asks for when its person enters a guild, by five people at the same moment.

The rate limits stand at their defaults: such a client must never meet them.
"""

import asyncio
import base64
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.client import PATIENCE_SECONDS, Connection, Unexpected, request
from bench.measure import percentile
from bench.process import Child, started
from bench.scenarios import Bench, Fields
from bench.world import DATA, Person, World, sentence
from plexichat.core import servers
from plexichat.ids import to_uuid
from plexichat.store import messages, users
from plexichat.store.db import Database, Tx

PEOPLE = 5
MEMBERS = 24
SAID = 10
REQUESTS = 55
SOCKETS = 4
CONNECTIONS = 6  # what a browser opens to one host
REFILL_SECONDS = 6.0


@dataclass(frozen=True)
class Guild:
    """A guild in a copy of the world, its members, and what was said in its first channel."""

    id: int
    member_ids: tuple[int, ...]
    message_ids: tuple[int, ...]

    def asked(self, person: Person) -> list[bytes]:
        """The requests of entering it, as the client makes them."""
        here = f"/api/guilds/{to_uuid(self.id)}"
        spoken = f"/api/messages/{to_uuid(self.id)}-general"
        paths = [f"{here}/{part}" for part in ("channels", "categories", "roles", "voice")]
        paths += [f"{here}/members", f"{here}/presence", f"{here}/channels", spoken, spoken]
        paths += ["/api/channels/general/typing"] * 2
        paths += [f"/api/messages/{to_uuid(id)}/reactions" for id in self.message_ids] * 2
        paths += [f"/api/users/{to_uuid(id)}" for id in self.member_ids]
        return [request("GET", path, person.token) for path in paths[:REQUESTS]]

    def places(self, person: Person) -> list[str]:
        """What its sockets are about: the client opens those of a chat twice."""
        chat = f"{to_uuid(self.id)}-general"
        return [f"user-{to_uuid(person.id)}", f"server-{to_uuid(self.id)}", chat, chat]


async def burst(bench: Bench) -> Fields:
    """Each of five people enters: 55 requests on six connections, and four sockets."""
    people = bench.world.writers[:PEOPLE]
    async with entered(bench.world, people) as (child, guild):
        found = []
        for number in range(bench.rounds):
            if number:
                await asyncio.sleep(REFILL_SECONDS)
            found.append(await enter(child, guild, people))
        return {
            "p50_ms": median(percentile(times, 50) for times, _, _ in found) * 1000,
            "p99_ms": median(percentile(times, 99) for times, _, _ in found) * 1000,
            "all_ms": median(whole for _, whole, _ in found) * 1000,
            "cpu_us": median(cpu for _, _, cpu in found) / (PEOPLE * (REQUESTS + SOCKETS)) * 1e6,
            "rss_mb": child.rss_kb() / 1024,
        }


async def enter(
    child: Child, guild: Guild, people: list[Person]
) -> tuple[list[float], float, float]:
    """All of it once: the time of each answer, of the whole, and the server's CPU, in seconds."""
    times: list[float] = []
    writers: list[asyncio.StreamWriter] = []
    lines: list[Connection] = []

    async def work(line: Connection, waiting: list[bytes]) -> None:
        while waiting:
            begun = time.perf_counter()
            await line.expect(waiting.pop(0))
            times.append(time.perf_counter() - begun)

    async def listen(person: Person, place: str) -> None:
        begun = time.perf_counter()
        writers.append(await opened(child, person, place))
        times.append(time.perf_counter() - begun)

    began, cpu = time.perf_counter(), child.cpu_seconds()
    async with asyncio.TaskGroup() as tasks:
        for person in people:
            waiting = guild.asked(person)
            for _ in range(CONNECTIONS):
                lines.append(Connection(child.address))
                tasks.create_task(work(lines[-1], waiting))
            for place in guild.places(person):
                tasks.create_task(listen(person, place))
    whole, used = time.perf_counter() - began, child.cpu_seconds() - cpu
    for line in lines:
        line.close()
    for writer in writers:
        writer.close()
    return times, whole, used


async def opened(child: Child, person: Person, place: str) -> asyncio.StreamWriter:
    """A socket of this client, once it has heard that it is in."""
    reader, writer = await asyncio.open_connection(*child.address)
    key = base64.b64encode(os.urandom(16)).decode()
    writer.write(
        f"GET /ws?channel={place}&user={person.name}&token={person.token} HTTP/1.1\r\n"
        "Host: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    async with asyncio.timeout(PATIENCE_SECONDS):
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 101"):
            raise Unexpected(f"no WebSocket: {head[:200]!r}")
        await reader.readuntil(b"}")
    return writer


@asynccontextmanager
async def entered(world: World, people: list[Person]) -> AsyncIterator[tuple[Child, Guild]]:
    """A server process with the guild in it, its limits as they are when nobody sets them."""
    with world.copied() as folder:
        guild = await build(folder / DATA, people)
        arguments = ["serve", "--port", "0", "--data", str(folder / DATA)]
        async with started("plexichat.cli", arguments, folder) as child:
            yield child, guild


async def build(data: Path, people: list[Person]) -> Guild:
    database = await Database.open(data, lambda event, commit: None)
    try:
        return await database.write(furnish, people)
    finally:
        await database.close()


def furnish(tx: Tx, people: list[Person]) -> Guild:
    """A server of some members, each of whom has said something."""
    made = servers.create(tx, people[0].id, "Pottery Club", None)
    strangers = [
        users.insert(tx, f"potter_{number}", None, b"", False)
        for number in range(MEMBERS - len(people))
    ]
    for user_id in [person.id for person in people[1:]] + strangers:
        servers.admit(tx, user_id, made.id)
    member_ids = (*(person.id for person in people), *strangers)
    assert made.default_channel_id is not None
    said = tuple(
        messages.insert(
            tx, made.default_channel_id, member_ids[number], sentence(number), None, None, None
        )
        for number in range(SAID)
    )
    return Guild(made.id, member_ids, said)


