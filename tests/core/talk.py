"""People who write to each other, without a server around them."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from plexichat import config
from plexichat.core import accounts, channels, messages, search
from plexichat.core.messages import Draft
from plexichat.core.receipts import Online
from plexichat.core.views import MessageView
from plexichat.store.db import Database, Snapshot, Tx
from tests.building import build

P = ParamSpec("P")
T = TypeVar("T")

RULES = config.Messages()
NOBODY = Online(frozenset())


class Talk:
    """A database with ann, bob and cem. Ann and bob have a DM; `told` are the events of it all."""

    def __init__(self) -> None:
        self.db: Database
        self.told: list[Any] = []
        self.ann = self.bob = self.cem = self.dm = 0

    def hear(self, event: object, commit: int) -> None:
        self.told.append(event)

    def heard(self, kind: type[T]) -> list[T]:
        """What was told of this kind since somebody last asked for anything."""
        told, self.told = self.told, []
        return [event for event in told if isinstance(event, kind)]

    async def write(
        self, fn: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        return await self.db.write(fn, *args, **kwargs)

    async def read(
        self, fn: Callable[Concatenate[Snapshot, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        return await self.db.read(fn, *args, **kwargs)

    async def say(self, author: int, text: str, channel: int | None = None) -> int:
        """Send a message, to the DM of ann and bob unless another is named; return its id."""
        place = self.dm if channel is None else channel
        sent = await self.write(messages.send, author, place, Draft(text), RULES, NOBODY)
        return sent.message.id

    async def delete(self, author: int, message_id: int) -> None:
        await self.write(messages.delete, author, self.dm, message_id)

    async def find(self, text: str, limit: int = 100, channel: int | None = None) -> list[str]:
        """What ann finds, in the DM with bob unless another is named."""
        place = self.dm if channel is None else channel
        found = await self.read(search.messages, self.ann, place, text, limit, NOBODY)
        return [view.message.content or "" for view in found]

    async def see(self, viewer: int, message_id: int) -> MessageView:
        return await self.read(messages.get, viewer, self.dm, message_id, NOBODY)


@asynccontextmanager
async def talking(folder: Path) -> AsyncIterator[Talk]:
    talk = Talk()
    build(folder)
    talk.db = await Database.open(folder, talk.hear)

    def move_in(tx: Tx) -> tuple[int, ...]:
        return tuple(accounts.create(tx, name, None, b"").id for name in ("ann", "bob", "cem"))

    talk.ann, talk.bob, talk.cem = await talk.write(move_in)
    talk.dm = (await talk.write(channels.open_dm, talk.ann, talk.bob)).id
    talk.told.clear()
    yield talk
    await talk.db.close()
