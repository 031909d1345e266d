"""The one room that knows every other: opens the house, wires it, and makes the web application."""

import asyncio
import logging
import os
import time
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Literal, ParamSpec, TypeVar

from quart import Quart

from plexichat import cores, wryft
from plexichat.api import forms, gateway, reference
from plexichat.api.dialect import DIALECT
from plexichat.api.frames import AUTHENTICATION_FAILED
from plexichat.api.groups import GROUPS
from plexichat.api.shapes import Shapes
from plexichat.attendance import Attendance, Typing
from plexichat.config import Config
from plexichat.core import blocked_addresses, links, members, passwords, sessions, versions
from plexichat.core import presence as presence_rules
from plexichat.core.audiences import Audiences
from plexichat.core.blocked_addresses import LiveBlocks
from plexichat.core.events import Event, Members, PresenceChanged, ServerJoined, SessionsClosed
from plexichat.core.links import Links
from plexichat.core.notice import RUNNING
from plexichat.core.presence import LivePresence
from plexichat.core.receipts import Online
from plexichat.core.sessions import LiveSessions
from plexichat.core.versions import Version
from plexichat.core.voice import Voice
from plexichat.gateway.hub import Hub
from plexichat.pulse import Pulse
from plexichat.safekeeping import Safekeeping
from plexichat.shelf import Shelf
from plexichat.store.db import Database
from plexichat.store.errors import StoreError
from plexichat.store.files import UPLOADS
from plexichat.tally import Tally
from plexichat.upkeep import Upkeep
from plexichat.web import sockets
from plexichat.web.answer import Connection, Site
from plexichat.web.limits import Limits
from plexichat.web.lockouts import Lockouts
from plexichat.web.proxies import Proxies
from plexichat.web.refusals import Problem, Refused
from plexichat.web.windows import Windows

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)



class House:
    """What is alive while the server runs: the database, the memory beside it, and who listens."""

    db: Database
    shelf: Shelf
    backups: Safekeeping
    shapes: Shapes
    attendance: Attendance
    gateway: gateway.Gateway
    sockets: wryft.Sockets
    pulse: Pulse

    def __init__(self, config: Config) -> None:
        self.config = config
        self.directory = Path(config.storage.directory).resolve()
        self.state: Literal["running", "shutting_down"] = "running"
        self.started_at = time.monotonic()
        self.listening: tuple[str, ...] = ()  # where, while it is a server that runs
        self.answered = Tally[tuple[str, int]]()  # by bucket and first digit of the status
        self.live = LiveSessions()
        self.limits = Limits(config.rate_limits, time.monotonic)
        self.lockouts = Lockouts(time.monotonic)
        self.notice = RUNNING
        self.blocked = LiveBlocks()
        self.windows = Windows(config.rate_limits.enabled, time.monotonic)
        self.proxies = Proxies(config.server.trusted_proxies)
        self.minimum: Version | None = None
        if config.versioning.min_supported_version:
            self.minimum = versions.parse(config.versioning.min_supported_version)
        self.presence = LivePresence()
        self.hub = Hub(config.gateway, self._arrived, self._left, self._forgotten)
        self.audiences = Audiences(self.hub.followed)
        self.voice = Voice()
        self.typing = Typing(self._tell, config.presence)
        self._slow = ThreadPoolExecutor(1, "slow", cores.give_way)
        self._decoy: bytes | None = None
        self.upkeep = Upkeep(self)

    @classmethod
    async def open(cls, config: Config) -> "House":
        """Take the data folder, load what lives in memory, start the jobs."""
        house = cls(config)
        reserve = config.storage.reserve_bytes
        house.db = await Database.open(house.directory, house._publish, reserve)
        house.pulse = Pulse(house.db)
        try:
            for session, is_admin in await house.db.read(sessions.load):
                house.live.add(session, is_admin)
            house.blocked.load(await house.db.read(blocked_addresses.load))
            key = await house.db.write(links.key)
            passing = await house.db.read(members.temporary)
            house.shelf = Shelf(house.directory / UPLOADS, house.db.room)
            await house.shelf.run(house.shelf.files.sweep)
            house.backups = Safekeeping(config, house.db, house.shelf)
            house.attendance = Attendance(house.db, house.hub, house.live, config.presence)
            await house.attendance.start()
        except BaseException:
            await house.db.close()
            raise
        origin = config.server.public_url or _listening(config)
        house.shapes = Shapes(origin, Links(key, time.time, config.uploads.link_seconds))
        house.gateway = gateway.Gateway(house)
        house.attendance.expect(passing)
        house.sockets = wryft.Sockets(house)
        house.upkeep.start()
        return house

    async def close(self) -> None:
        """Finish what is being written and give the data folder back."""
        await self.upkeep.stop()
        try:
            await self.attendance.close()
            await self.db.write(sessions.save_use, self.live.used(), self.config.sessions)
        except StoreError:
            log.exception("who was here last was not saved")
        finally:
            self._slow.shutdown(wait=True, cancel_futures=True)
            await self.shelf.close()
            await self.db.close()

    def _publish(self, event: object, commit: int) -> None:
        """Let an event take effect: memory first, then whoever hears of it, then dead tokens."""
        assert isinstance(event, Event)
        self.live.apply(event)
        self.blocked.apply(event)
        self.presence.apply(event)
        self.typing.apply(event)
        self.shelf.apply(event)
        self.upkeep.apply(event)
        consequences = self.audiences.apply(event)
        if isinstance(event, ServerJoined):
            present = self.audiences.resolve(Members(event.world.server.id))
            event = presence_rules.completed(event, present, self.presence)
        self._tell(event, commit)
        for consequence in (*consequences, *presence_rules.introductions(event, self.presence)):
            self._tell(consequence, commit)
        if isinstance(event, SessionsClosed):
            reason = event.reason or AUTHENTICATION_FAILED.reason
            self.hub.close_sessions(
                event.user_id, event.session_ids, AUTHENTICATION_FAILED.code, reason
            )

    def _tell(self, event: Event, commit: int | None) -> None:
        if isinstance(event, PresenceChanged):
            commit = None  # READY shows presence from memory, which may be behind its commit
        self.hub.publish(event, commit, self.audiences.resolve(event.audience))

    def _forgotten(self, user_id: int) -> None:
        self.audiences.forget(user_id)

    def _arrived(self, user_id: int) -> None:
        self.attendance.arrived(user_id)

    def _left(self, user_id: int) -> None:
        self.attendance.left(user_id)

    async def slow(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run something that takes its time on the one niced thread kept for it."""
        return await asyncio.get_running_loop().run_in_executor(
            self._slow, partial(fn, *args, **kwargs)
        )

    def online(self, channel_id: int) -> Online:
        """Who has an open socket, and so receives what is said in a channel at once."""
        connected: Collection[int] = self.hub.online()
        if self.attendance.leaving:
            connected = self.attendance.leaving.union(connected)
        readers = self.audiences.readers(channel_id)
        return Online(connected, frozenset(filter(connected.__contains__, readers)))

    async def decoy(self) -> bytes:
        """A hash that no password matches, to spend the same time on names nobody has."""
        if self._decoy is None:
            cost = self.config.passwords.bcrypt_cost
            self._decoy = await self.slow(passwords.digest, os.urandom(16).hex(), cost)
        return self._decoy

    def refuse_outdated(self, client_version: str | None) -> None:
        """426 for a client that says it is older than the admin allows."""
        if self.minimum is None or client_version is None:
            return
        if versions.parse(client_version) < self.minimum:
            told = {
                "code": "VERSION_OUTDATED",
                "client_version": client_version,
                "min_version": str(self.minimum),
                "server_version": str(versions.SERVER),
                "update_url": self.config.versioning.update_url or None,
            }
            raise Refused(Problem(426, "Client version is too old", told))


def create_app(house: House) -> Quart:
    """The web application of an open house; any ASGI server can run it."""
    app = Quart(__name__, static_folder=None)
    site = Site(house)
    described = house.config.docs.enabled
    site.mount(DIALECT, (*GROUPS, reference.routes(GROUPS)) if described else GROUPS)
    site.mount(forms.DIALECT, forms.GROUPS)
    site.mount(wryft.DIALECT, wryft.GROUPS)

    class Http(Connection):
        pass

    Http.site = site
    app.asgi_http_class = Http
    served = {gateway.PATH: house.gateway.serve, wryft.PATH: house.sockets.serve}
    app.asgi_websocket_class = sockets.connection(house, served)
    app.extensions["house"] = house
    app.extensions["site"] = site
    return app


def _listening(config: Config) -> str:
    host = config.server.host
    return f"http://{f'[{host}]' if ':' in host else host}:{config.server.port}"
