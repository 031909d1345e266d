"""The plug is pulled: a real server, killed under load, keeps every message it acknowledged."""

import asyncio
import random
import signal
import sqlite3
from pathlib import Path

import httpx

from tests.running import Server, serving

KILLS = 20
WRITERS = 6
UNLIMITED = ("--set", "rate_limits.enabled=false")


def move_in(server: Server) -> tuple[list[str], str]:
    """Two people and the conversation they share: their tokens, and its id."""
    ann, bob = server.register("ann"), server.register("bob")
    opened = httpx.post(
        f"{server.url}/users/@me/channels",
        json={"recipient_id": bob["user"]["id"]},
        headers={"Authorization": f"Bearer {ann['token']}"},
    )
    return [ann["token"], bob["token"]], opened.json()["id"]


async def talk(
    server: Server,
    token: str,
    channel_id: str,
    acknowledged: dict[str, str],
    started: asyncio.Event,
) -> None:
    """Say one thing after the other until nobody answers."""
    headers = {"Authorization": f"Bearer {token}"}
    path = f"{server.url}/channels/{channel_id}/messages"
    async with httpx.AsyncClient(headers=headers, timeout=10) as client:
        while True:
            text = f"{random.getrandbits(64):x}"
            try:
                answer = await client.post(path, json={"content": text})
            except httpx.HTTPError:
                return
            assert answer.status_code == 200
            acknowledged[answer.json()["id"]] = text
            started.set()


async def kill_under_load(
    server: Server, tokens: list[str], channel_id: str, acknowledged: dict[str, str]
) -> None:
    """Let everybody talk, and pull the plug at a moment of its own choosing."""
    started = asyncio.Event()
    async with asyncio.TaskGroup() as talking:
        for n in range(WRITERS):
            token = tokens[n % len(tokens)]
            talking.create_task(talk(server, token, channel_id, acknowledged, started))
        await started.wait()
        await asyncio.sleep(random.uniform(0, 0.15))
        server.process.send_signal(signal.SIGKILL)
    server.process.wait()


def kept(data: Path) -> dict[str, str]:
    """What is in the database, which must be whole."""
    connection = sqlite3.connect(data / "plexichat.db")
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        rows = connection.execute("SELECT id, content FROM message").fetchall()
    finally:
        connection.close()
    return {str(id): content for id, content in rows}


def test_no_acknowledged_message_is_lost_in_twenty_crashes(tmp_path: Path) -> None:
    acknowledged: dict[str, str] = {}
    tokens: list[str] = []
    channel_id = ""
    for _ in range(KILLS):
        before = len(acknowledged)
        with serving(*UNLIMITED, cwd=tmp_path) as server:
            if not tokens:
                tokens, channel_id = move_in(server)
            asyncio.run(kill_under_load(server, tokens, channel_id, acknowledged))
        assert len(acknowledged) > before
        found = kept(tmp_path / "data")
        assert {id: found.get(id) for id in acknowledged} == acknowledged
