"""A server of 10,000 people with 100 roles and 200 channels, and what it costs to live in one.

It is put into a copy of the world by the product's own store, before the server starts.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from bench.client import request
from bench.process import Child
from bench.scenarios import VARIETY, Bench, Fields, asking, delivered, fields
from bench.sockets import Tally, connect
from bench.world import API, DATA, World, sentence, serving
from plexichat import config
from plexichat.core import permissions, servers, sessions
from plexichat.core.sessions import Client
from plexichat.store import channels, messages, roles
from plexichat.store.db import Database, Tx

PEOPLE = 10_000
ROLES = 100
CHANNELS = 200
WORN = 5  # roles by each member
LISTENERS = 500
LISTED = 1_000
SAID = 400
ROWS_PER_CALL = 500


@dataclass(frozen=True)
class Town:
    """A server, the channel that everybody reads, and the tokens of some members."""

    id: int
    channel_id: int
    middle: int  # one of the messages there
    tokens: tuple[str, ...]

    def asked(self, path: str, member: int = 0) -> bytes:
        return request("GET", f"{API}/servers/{self.id}{path}", self.tokens[member])

    def written(self) -> list[bytes]:
        path = f"{API}/channels/{self.channel_id}/messages"
        return [
            request("POST", path, self.tokens[0], {"content": sentence(number)})
            for number in range(VARIETY)
        ]


async def members(bench: Bench) -> Fields:
    """The first 1,000 of 10,000 members."""
    async with living(bench.world) as (child, town):
        with asking(child, [[town.asked(f"/members?limit={LISTED}")]]) as workers:
            size = await workers[0]()
            found = await bench.figures(child, workers)
        return fields(child, found, await bench.floors.answer(size))


async def history(bench: Bench) -> Fields:
    """A page of 50 messages, somewhere in a channel that 10,000 members have read somewhere."""
    async with living(bench.world) as (child, town):
        page = f"{API}/channels/{town.channel_id}/messages?limit=50&before={town.middle}"
        with asking(child, [[request("GET", page, town.tokens[1])]]) as workers:
            size = await workers[0]()
            found = await bench.figures(child, workers)
        return fields(child, found, await bench.floors.answer(size))


async def first_request(bench: Bench) -> Fields:
    """Each of 500 members asks once for the channels they see; then one of them again and again."""
    async with living(bench.world) as (child, town):
        with asking(child, [[town.asked("/channels", n) for n in range(LISTENERS)]]) as (ask,):
            await ask()
            cpu = child.cpu_seconds()
            for _ in range(LISTENERS - 1):
                size = await ask()
            each = (child.cpu_seconds() - cpu) / (LISTENERS - 1)
        with asking(child, [[town.asked("/permissions")]]) as workers:
            found = await bench.figures(child, workers)
        return fields(child, found, await bench.floors.answer(size)) | {"first_us": each * 1e6}


async def fanout(bench: Bench) -> Fields:
    """One message after the other to a channel that 500 connected members read."""
    tally = Tally(b'"MESSAGE_CREATE"')
    async with living(bench.world) as (child, town):
        with asking(child, [town.written()]) as (say,):
            await say()
            unheard = await bench.figures(child, [say])
            cpu = child.cpu_seconds()
            sockets = await connect(child.address, islice(town.tokens, LISTENERS), tally)
            arrived = (child.cpu_seconds() - cpu) / LISTENERS
            told = await delivered(bench, child, say, LISTENERS, tally, unheard)
            for socket in sockets:
                socket.close()
        return told | {"arrival_us": arrived * 1e6}


@asynccontextmanager
async def living(world: World) -> AsyncIterator[tuple[Child, Town]]:
    """A server process with the big server in it."""
    with world.copied() as folder:
        town = await build(folder / DATA, world.writers[0].id)
        async with serving(folder) as child:
            yield child, town


async def build(data: Path, owner_id: int) -> Town:
    database = await Database.open(data, lambda event, commit: None)
    try:
        made = await database.write(servers.create, owner_id, "Maple Street", None)
        assert made.default_channel_id is not None
        place = made.default_channel_id
        await database.write(furnish, made.id)
        said = await database.write(talk, place, owner_id)
        tokens: list[str] = []
        for first in range(1, PEOPLE, ROWS_PER_CALL):
            tokens += await database.write(settle, made.id, first)
            await database.write(read, place, said, first)
        return Town(made.id, place, said[SAID // 2], tuple(tokens))
    finally:
        await database.close()


def furnish(tx: Tx, server_id: int) -> None:
    """Roles, and channels of which every second one is hidden from all but one role."""
    for number in range(1, ROLES):
        roles.insert(tx, server_id, f"role {number}", permissions.DEFAULT, number)
    everyone, *others = reversed(roles.of_server(tx, server_id))
    for number in range(1, CHANNELS):
        channel_id = channels.insert_in_server(
            tx, server_id, "text", name=f"room-{number}", position=number
        )
        if number % 2:
            shown = others[number % len(others)]
            for role_id, allow, deny in (
                (everyone.id, 0, permissions.VIEW),
                (shown.id, permissions.VIEW, 0),
            ):
                tx.execute(
                    "INSERT INTO override VALUES (?, 'role', ?, ?, ?)",
                    (channel_id, role_id, allow, deny),
                )


def talk(tx: Tx, channel_id: int, author_id: int) -> list[int]:
    """What was said before; return the messages."""
    return [
        messages.insert(tx, channel_id, author_id, sentence(number), None, None, None)
        for number in range(SAID)
    ]


def read(tx: Tx, channel_id: int, said: list[int], first: int) -> None:
    """Let those people have read up to somewhere."""
    tx.connection.executemany(
        """INSERT INTO reading (user_id, channel_id, read_id, receipt_id, delivered_id)
           VALUES (?1, ?2, ?3, ?3, ?3)""",
        [
            (number, channel_id, said[number * number % SAID])
            for number in range(first, first + ROWS_PER_CALL)
        ],
    )


def settle(tx: Tx, server_id: int, first: int) -> list[str]:
    """Some hundred people who are members, with roles; return the tokens of the first of all."""
    worn = [role.id for role in roles.of_server(tx, server_id) if not role.is_default]
    tokens = []
    for number in range(first, first + ROWS_PER_CALL):
        tx.execute(
            "INSERT INTO user (id, username, password_hash) VALUES (?, ?, x'00')",
            (number, f"neighbour{number}"),
        )
        tx.execute(
            "INSERT INTO member (server_id, user_id, joined_at, joined_id) VALUES (?, ?, ?, ?)",
            (server_id, number, tx.now, tx.id()),
        )
        for step in range(WORN):
            role_id = worn[(number + step * step) % len(worn)]
            tx.execute("INSERT INTO member_role VALUES (?, ?, ?)", (server_id, number, role_id))
        if number <= LISTENERS:
            tokens.append(sessions.open(tx, number, False, Client(None, None), config.Sessions()))
    tx.execute(
        "UPDATE server SET member_count = member_count + ? WHERE id = ?",
        (ROWS_PER_CALL, server_id),
    )
    return tokens
