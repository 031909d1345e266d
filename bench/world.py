"""The little world of the bench: people who write to each other in pairs.

It is made once, by the server itself, and copied for each scenario; tokens outlive a restart.
Long histories are put into a copy before its server starts, by the product's own store.
"""

import json
import shutil
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.client import Connection, request
from bench.process import Child, started
from plexichat.config import RateLimits
from plexichat.store import channels, messages, users
from plexichat.store.db import Database, Tx

API = "/api/v1"
DATA = "data"
PASSWORD = "a long walk home"
WRITERS = (
    *("ann", "bob", "cem", "dora", "emil", "fatma", "gil", "hana"),
    *("ivan", "jana", "kemal", "lena", "mara", "nils", "olga", "piet"),
)
VISITORS = ("rosa", "sven", "tara", "umut")
WORDS = ("soup", "at", "seven", "bring", "the", "long", "table", "and", "two", "chairs", "again")
ROWS_PER_CALL = 250
SOCKETS_PER_USER = 1_000
PLENTY = "1000000/1"


def sentence(number: int) -> str:
    """Some words, other ones for each number."""
    return " ".join(WORDS[number * step % len(WORDS)] for step in (1, 2, 3, 5, 7, 8))


@dataclass(frozen=True)
class Person:
    id: int
    name: str
    token: str


@dataclass(frozen=True)
class Talk:
    """A DM of two people."""

    channel_id: int
    people: tuple[Person, Person]

    @property
    def path(self) -> str:
        return f"{API}/channels/{self.channel_id}/messages"


@dataclass(frozen=True)
class World:
    folder: Path
    talks: tuple[Talk, ...]

    @property
    def writers(self) -> list[Person]:
        return [person for talk in self.talks for person in talk.people]

    @contextmanager
    def copied(self) -> Iterator[Path]:
        """A folder with a copy of this world, for one scenario."""
        with TemporaryDirectory() as name:
            folder = Path(name)
            shutil.copytree(self.folder / DATA, folder / DATA)
            yield folder

    @asynccontextmanager
    async def server(
        self,
        talks: Sequence[Talk] = (),
        count: int = 0,
        text: Callable[[int], str] = sentence,
        friends: int = 0,
    ) -> AsyncIterator[tuple[Child, list[int]]]:
        """A server on a copy of this world with `count` more messages in these talks; their ids.

        With `friends`, they are in as many further talks of the first writer instead.
        """
        with self.copied() as folder:
            ids = await self.fill(folder / DATA, talks, count, text, friends) if count else []
            async with serving(folder) as child:
                yield child, ids

    async def fill(
        self,
        data: Path,
        talks: Sequence[Talk],
        count: int,
        text: Callable[[int], str] = sentence,
        friends: int = 0,
    ) -> list[int]:
        """Put messages into a data folder that no server works on."""
        database = await Database.open(data, lambda event, commit: None)
        try:
            if friends:
                talks = await database.write(befriend, self.writers[0], friends)
            ids: list[int] = []
            while len(ids) < count:
                numbers = range(len(ids), min(len(ids) + ROWS_PER_CALL, count))
                ids += await database.write(insert_some, talks, numbers, text)
            return ids
        finally:
            await database.close()


def befriend(tx: Tx, person: Person, count: int) -> list[Talk]:
    """Talks of this person with people who never come."""
    talks = []
    for number in range(count):
        name = f"friend_{number}"
        friend = Person(users.insert(tx, name, None, b"", False), name, "")
        channel_id = channels.insert_dm(tx, "dm", person.id, friend.id)
        talks.append(Talk(channel_id, (person, friend)))
    return talks


def insert_some(
    tx: Tx, talks: Sequence[Talk], numbers: range, text: Callable[[int], str]
) -> list[int]:
    """Add these messages to the talks in turn; return their ids in order."""
    ids = []
    for number in numbers:
        talk = talks[number % len(talks)]
        author = talk.people[number // len(talks) % 2]
        ids.append(messages.insert(tx, talk.channel_id, author.id, text(number), None, None, None))
    return ids


async def create(folder: Path) -> World:
    """Register everybody and open the talks through the API of a server of our own."""
    async with serving(folder) as server:
        line = Connection(server.address)
        people = [await register(line, name) for name in (*WRITERS, *VISITORS)]
        pairs = zip(people[: len(WRITERS) : 2], people[1 : len(WRITERS) : 2], strict=True)
        talks = [Talk(await open_talk(line, one, other), (one, other)) for one, other in pairs]
        line.close()
    return World(folder, tuple(talks))


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[Child]:
    """The real server on `folder`, with its limits raised and every engine on."""
    arguments = ["serve", "--port", "0", "--data", str(folder / DATA)]
    for setting in [f"gateway.max_sockets_per_user={SOCKETS_PER_USER}", *raised_limits()]:
        arguments += ["--set", setting]
    async with started("plexichat.cli", arguments, folder) as child:
        yield child


def raised_limits() -> list[str]:
    """Every rate far out of reach, as many rates a bucket as it has: the engine still counts."""
    buckets = [(bucket.name, bucket.default) for bucket in fields(RateLimits)]
    return [
        f"rate_limits.{name}={', '.join([PLENTY] * len(rates))}"
        for name, rates in buckets
        if isinstance(rates, tuple)
    ]


async def register(line: Connection, name: str) -> Person:
    account = {"username": name, "email": f"{name}@example.org", "password": PASSWORD}
    ready = request("POST", f"{API}/auth/register", body=account)
    made = json.loads(await line.expect(ready, 201))
    return Person(int(made["user"]["id"]), name, made["token"])


async def open_talk(line: Connection, one: Person, other: Person) -> int:
    wanted = {"recipient_id": str(other.id)}
    made = await line.expect(request("POST", f"{API}/users/@me/channels", one.token, wanted))
    return int(json.loads(made)["id"])


def login(name: str) -> bytes:
    return request("POST", f"{API}/auth/login", body={"username": name, "password": PASSWORD})
