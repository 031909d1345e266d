"""The state of the server: at a glance, and as everybody is told (contract 15, section 5)."""

import time
from typing import Annotated

from msgspec import Meta, Struct

from plexichat import __version__
from plexichat.api.shapes import SUCCESS, Seconds, Success
from plexichat.core import admin_sessions, overview, tickets
from plexichat.core.deeds import Deed
from plexichat.core.notice import Notice, State
from plexichat.web import machine, panel
from plexichat.web.bodies import moment
from plexichat.web.requests import house, see
from plexichat.web.routes import Routes

routes = Routes("Admin: operations", guard=panel.INSIDE)


class System(Struct):
    """Of the processor, the share that the server took since its start."""

    cpu_percent: float
    memory_total_mb: int | None
    memory_available_mb: int | None
    memory_percent: float | None
    disk_percent: float
    process_memory_mb: float
    thread_count: int
    uptime_seconds: int


class Tickets(Struct):
    open: int
    in_progress: int
    resolved: int
    closed: int
    total: int


class FeatureStats(Struct):
    """`messages_sent` are all there ever were in what channels there are."""

    servers: int
    channels: int
    messages_sent: int
    pending_reports: int


class Dashboard(Struct):
    """Active is who was here within a day, online who has a socket open."""

    tickets: Tickets
    telemetry: list[str]
    active_users: int
    online_users: int
    total_users: int
    scheduled_deletions: int
    db_status: str
    system: System
    server_version: str
    feature_stats: FeatureStats
    worker_health: None


class BackupMade(Struct):
    """`lost` are uploads that the database names and the disk has not."""

    success: bool
    filename: str
    bytes: int
    uploads: int
    lost: int
    created_at: Seconds


class Announcement(Struct):
    state: State
    message: Annotated[str, Meta(max_length=500)] | None = None
    estimated_downtime_seconds: Annotated[int, Meta(ge=0, le=10**9)] | None = None
    restart_at: Annotated[int, Meta(ge=0, le=10**15)] | None = None


@routes.get("/admin/dashboard")
async def dashboard() -> Dashboard:
    """How the server is, at a glance."""
    here = house()
    numbers, waiting = await see(overview.look), await see(tickets.counted)
    ailments = await here.pulse.ailments()
    found = machine.look(here.directory, here.started_at)
    system = System(
        found.cpu_percent, found.memory_total_mb, found.memory_available_mb, found.memory_percent,
        found.disk_percent, found.process_memory_mb, found.thread_count,
        int(time.monotonic() - here.started_at),
    )  # fmt: skip
    return Dashboard(
        Tickets(
            waiting["open"], waiting["in_progress"], waiting["resolved"], waiting["closed"],
            sum(waiting.values()),
        ),
        [], numbers.active, len(here.hub.online()), numbers.people,
        numbers.deletions, "; ".join(ailments) or "healthy", system, __version__,
        FeatureStats(numbers.servers, numbers.channels, numbers.messages, numbers.pending_reports),
        None,
    )  # fmt: skip


@routes.post("/admin/maintenance", errors=("400 Invalid input", panel.FRESH))
async def announce(body: Announcement) -> Success:
    """Set what /status says until the next start, and tell every socket with op 12."""
    at = None if body.restart_at is None else moment(body.restart_at)
    notice = Notice(body.state, body.message, body.estimated_downtime_seconds, at)
    details = {"state": body.state, "message": body.message}
    await panel.act_freshly(
        Deed("operations.maintenance", None, None, details), admin_sessions.nothing
    )
    here = house()
    here.notice = notice
    here.gateway.announce(notice)
    return SUCCESS


@routes.post("/admin/backup", errors=(panel.FRESH, "409 No backup was made"))
async def back_up() -> BackupMade:
    """Put everything into one file in the server's folder for backups, while it goes on."""
    made = await panel.back_up()
    return BackupMade(
        True, made.path.name, made.bytes, made.uploads, made.lost, made.made_at // 1000
    )
