"""What the server says of itself (contract conventions 7)."""

import time

from msgspec import Struct

from plexichat import __version__
from plexichat.api import shapes
from plexichat.api.shapes import VersionInfo
from plexichat.core import avatars, versions
from plexichat.web.refusals import Problem, Refused
from plexichat.web.requests import house
from plexichat.web.routes import Routes

routes = Routes("System")


class Root(Struct):
    name: str
    version: str
    docs: str | None
    api: str
    api_docs: str | None


class Versions(Struct):
    version: VersionInfo
    min_supported_version: VersionInfo | None
    api_version: str


class Negotiation(Struct):
    client_version: str


class Negotiated(Struct):
    compatible: bool
    server_version: VersionInfo
    client_version: VersionInfo
    min_supported_version: VersionInfo | None
    update_required: bool
    update_recommended: bool
    message: str
    update_url: str | None


class Health(Struct):
    status: str
    version: str


class Ready(Struct):
    status: str


class Status(Struct):
    state: str
    version: VersionInfo
    uptime_seconds: int
    maintenance_message: str | None
    estimated_downtime_seconds: int | None
    restart_at: int | None


class AvatarRules(Struct):
    default_colors: list[str]
    max_size: int
    max_file_size: int
    allowed_types: list[str]


class Capabilities(Struct):
    avatars: AvatarRules
    access_token_required: bool


AVATARS = AvatarRules(
    list(avatars.COLOURS),
    avatars.SIDE,
    avatars.MAX_BYTES,
    ["image/jpeg", "image/png", "image/gif", "image/webp"],
)


@routes.get("/", public=True)
async def root() -> Root:
    """Where things are."""
    origin = house().shapes.origin
    docs, described = None, None
    if house().config.docs.enabled:
        docs, described = f"{origin}/docs", f"{origin}/openapi.json"
    return Root("Plexichat", __version__, docs, f"{origin}/api/v1", described)


@routes.get("/version", public=True)
async def version() -> Versions:
    """The server's version and the oldest client it takes."""
    return Versions(shapes.version(versions.SERVER), _minimum(), "v1")


@routes.post(
    "/version/negotiate",
    public=True,
    errors=("400 Invalid version format", "426 Client version is too old"),
)
async def negotiate(body: Negotiation) -> Negotiated:
    """Whether a client of this version can talk to this server."""
    client = versions.parse(body.client_version)
    here = house()
    here.refuse_outdated(body.client_version)
    older = client < versions.SERVER
    return Negotiated(
        True, shapes.version(versions.SERVER), shapes.version(client), _minimum(), False, older,
        "A newer version is available" if older else "Up to date",
        here.config.versioning.update_url or None,
    )  # fmt: skip


@routes.get("/health", public=True)
async def health() -> Health:
    """Whether the server answers."""
    return Health("healthy", __version__)


@routes.get("/ready", public=True, errors=("503 Not ready",))
async def ready() -> Ready:
    """Whether the server does its work: it can read and write, and is not about to stop.

    A refusal says in `reasons` what is amiss.
    """
    here = house()
    stopping = ("the server is shutting down",) if here.state == "shutting_down" else ()
    if reasons := (*stopping, *await here.pulse.ailments()):
        raise Refused(Problem(503, "Not ready", {"reasons": reasons}))
    return Ready("ready")


@routes.get("/status", public=True)
async def status() -> Status:
    """The server's state and for how long it has run."""
    here = house()
    uptime = int(time.monotonic() - here.started_at)
    notice = here.notice
    return Status(
        notice.state if here.state == "running" else here.state,
        shapes.version(versions.SERVER), uptime, notice.message, notice.downtime_seconds,
        shapes.seconds(notice.restart_at),
    )  # fmt: skip


@routes.get("/capabilities", public=True)
async def capabilities() -> Capabilities:
    """What a client may need to know before anybody logs in."""
    return Capabilities(AVATARS, access_token_required=False)


def _minimum() -> VersionInfo | None:
    minimum = house().minimum
    return None if minimum is None else shapes.version(minimum)
