"""What somebody holds in their hand: a line to the gateway, and the picture it makes."""

import asyncio
import contextlib
import json
from contextlib import AsyncExitStack

from tests.api.line import Line, dial
from tests.cast import Person
from tests.evening.picture import Picture


class Device:
    """One client of a person; it may lose its connection and resume, or begin anew."""

    picture: Picture
    line: Line

    def __init__(self, url: str, person: Person) -> None:
        self.url = url
        self.person = person
        self.there = False
        self._stack = AsyncExitStack()
        self._ears: asyncio.Task[None] | None = None
        self._acknowledged = asyncio.Event()
        self._session_id = ""
        self._seq = 0

    async def begin(self) -> None:
        """Connect and start with a new picture."""
        await self._dial()
        await self._identify()

    async def resume(self) -> bool:
        """Connect and hear what was missed; False when that is lost and the picture is new."""
        await self._dial()
        answer = await self.line.resume(self.person, self._session_id, self._seq)
        if answer["op"] == 9:
            await self._identify()
            return False
        assert answer["t"] == "RESUMED", answer
        self._listen()
        for id in list(self.picture.asked):  # the answer was on its way to the old socket
            await self.line.say(8, guild_id=id)
        return True

    async def lose(self) -> None:
        """The connection breaks."""
        if self.there:
            self.line.socket.transport.abort()
        await self.close()

    async def close(self) -> None:
        self.there = False
        if self._ears is not None:
            self._ears.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._ears
            self._ears = None
        await self._stack.aclose()

    async def beat(self) -> None:
        """Take in everything that has been said until now, and what it asks for."""
        assert self._ears is not None
        while True:
            self._acknowledged.clear()
            before = self._seq
            await self.line.say(1)
            waiting = asyncio.create_task(self._acknowledged.wait())
            done, _ = await asyncio.wait(
                (waiting, self._ears), return_when=asyncio.FIRST_COMPLETED
            )
            if self._ears in done:
                waiting.cancel()
                self._ears.result()
                raise AssertionError(f"{self.person.username} was hung up on")
            if self._seq == before:
                return

    async def _dial(self) -> None:
        self.line = await self._stack.enter_async_context(dial(self.url, max_size=None))
        self.there = True

    async def _identify(self) -> None:
        await self.line.identify(self.person)
        self._session_id, self._seq = self.line.ready["session_id"], 1
        self.picture = Picture(self.person.id, self.line.ready, self._say)
        await self.picture.begin(self.line.ready)
        self._listen()

    async def _say(self, op: int, **d: object) -> None:
        await self.line.say(op, **d)

    def _listen(self) -> None:
        self._ears = asyncio.create_task(self._hear())

    async def _hear(self) -> None:
        async for said in self.line.socket:
            frame = json.loads(said)
            if frame["op"] == 11:
                self._acknowledged.set()
                continue
            assert (frame["op"], frame["s"]) == (0, self._seq + 1), frame
            self._seq += 1
            await self.picture.take(frame["t"], frame["d"])
