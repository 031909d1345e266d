"""Retention as the house does it: found on a reader, done in small transactions of the writer."""

import time
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from plexichat import config
from plexichat.core import retention
from plexichat.core.retention import Kind, Sum
from plexichat.ids import LARGEST
from plexichat.store.db import Database

if TYPE_CHECKING:
    from plexichat.app import House

@dataclass(frozen=True, slots=True)
class Due:
    """What is to go: all below these ids, and how much that is."""

    messages_below: int
    files_below: int
    messages: Sum
    files: Sum


async def due(db: Database, rules: config.Retention, now: int | None = None) -> Due:
    """What the rules want gone, at a time in Unix milliseconds."""
    now = time.time_ns() // 1_000_000 if now is None else now
    messages = await _below(db, "messages", now, rules.messages_days, rules.messages_max_bytes)
    files = await _below(db, "files", now, rules.files_days, rules.files_max_bytes)
    return Due(
        messages, files,
        await db.read(retention.total, "messages", messages),
        await db.read(retention.total, "files", files),
    )  # fmt: skip


async def _below(db: Database, kind: Kind, now: int, days: int, max_bytes: int) -> int:
    oldest = retention.by_age(now, days)
    below, left, done = LARGEST, max_bytes, not max_bytes
    while not done:
        below, left, done = await db.read(retention.weigh, kind, below, left)
    return max(oldest, below) if left < 0 else oldest


async def run(house: "House", due: Due) -> None:
    """Let it go, a little at a time."""
    after = 0
    while found := await house.db.read(retention.old, "messages", after, due.messages_below):
        await house.db.write(retention.lose_messages, found)
        after = found[-1].id
    for channel_id, upto in await house.db.read(retention.graves, due.messages_below):
        await house.db.write(retention.begin_clearing, channel_id, upto)
        while await house.db.write(retention.clear, channel_id):
            pass
    after = 0
    while found := await house.db.read(retention.old, "files", after, due.files_below):
        after = found[-1].id
        by_channel = groupby(sorted(found, key=retention.channel_of), retention.channel_of)
        for channel_id, each in by_channel:
            online = house.online(channel_id)
            await house.db.write(retention.lose_files, channel_id, list(each), online)
